import UETModel
import UETPlanning

extension Project {
  /// The tool that is named; else the one agent that the configuration says something of, else the
  /// one that all bundles with an agent name.
  func agent(named name: String?, besides known: LoadedBundles, for command: String) throws
    -> String
  {
    if let name { return try agent(named: name) }
    let configured = ownAgents
    if configured.count == 1 { return configured[0] }
    let used = Set(known.workstreams.map(\.tool)).filter { isPrompted($0) }
    if used.count == 1, let tool = used.first { return tool }
    let choice = configured.first ?? used.min() ?? "claude"
    throw Refusal(
      .usage, "which agent is meant is not plain",
      hint: "name it: git uet \(command) --tool \(choice.shellQuoted) ...")
  }

  private func agent(named name: String) throws -> String {
    if isPrompted(name) { return name }
    let agents = (ownAgents.nonEmpty ?? configuration.tools.keys.filter(isPrompted).sorted())
      .map(\.terminalSafe).listed(8)
    throw Refusal(
      .usage,
      configuration.tools[name] == nil
        ? "there is no tool \(name.quoted(limit: 40))"
        : "'\(name)' runs commands and reads no prompt", hint: "name an agent: \(agents)")
  }

  /// Those that the configuration names, sorted.
  var ownAgents: [String] {
    configuration.tools.filter { name, tool in
      isPrompted(name) && Configuration.Tool.builtIn[name] != tool
    }.keys.sorted()
  }

  private func isPrompted(_ tool: String) -> Bool {
    configuration.tools[tool].map { $0.adapter != .shell } ?? false
  }

  /// All of it as a plan; throws all that is wrong at once.
  func judged(
    _ files: [BundleFile]
  ) throws -> (loaded: LoadedBundles, plan: Plan, warnings: [Diagnostic]) {
    let loaded = BundleLoader.load(files).placed(in: baseTree)
    let found =
      loaded.diagnostics + loaded.check(configuration, severity: .error)
      + loaded.checkWork(configuration, severity: .error)
    if found.hasErrors { throw InvalidDocuments(found.inFileOrder) }
    let plan = Planner.plan(loaded, selecting: [], workers: configuration.run.workers)
    return (loaded, plan, (found + loaded.caseTwins()).inFileOrder)
  }
}
