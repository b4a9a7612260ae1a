import UETModel
import UETPlanning
import UETTools

/// Looks at what workers get of the user's environment: names, never values.
struct EnvironmentCheck: Sendable {
  let project: Project

  func findings() -> [DoctorFinding] {
    let names = WorkerEnvironment.base(from: project.environment).keys.sorted()
    let text = "workers get of yours: \(names.joined(separator: " "))"
    return [DoctorFinding("environment", .ok, text)] + tools.compactMap { finding($0, $1) }
  }

  /// The tools that today's bundles name, and those that are to get more than others.
  private var tools: [(String, Configuration.Tool)] {
    let loaded = (try? project.bundleFiles()).map { BundleLoader.load($0) }
    let used = Set(loaded?.workstreams.flatMap { project.configuration.tools(for: $0) } ?? [])
    return project.configuration.tools.filter { name, tool in
      used.contains(name) || !tool.passedVariables.isEmpty
    }.sorted { $0.key < $1.key }
  }

  private func finding(_ name: String, _ tool: Configuration.Tool) -> DoctorFinding? {
    let subject = "tool \(name.terminalSafe)"
    if project.configuration.runsHere(name), let program = tool.call?.searchedProgram,
      !ProgramSearch(project.environment).finds(program)
    {
      return DoctorFinding(
        subject, .note, "the program \(program.quoted(limit: 60)) is not found on the PATH",
        fix: "install it, or name another as tools.\(name.terminalSafe).command")
    }
    let variables = WorkerVariables(tool, user: project.environment)
    if !variables.missing.isEmpty {
      return DoctorFinding(
        subject, .note,
        "'pass_env' names what is not set: \(variables.missing.joined(separator: " "))",
        fix: "set it where you start runs, or take it out of tools.\(name.terminalSafe).pass_env")
    }
    let adapter = AgentPrograms.named(tool.adapter.rawValue)
    let login = adapter?.loginVariables(of: tool.call?.argv ?? []) ?? []
    guard !login.isEmpty, login.allSatisfy({ project.environment[$0] == nil }) else {
      return variables.tool.isEmpty
        ? nil : DoctorFinding(subject, .ok, "also gets \(variables.tool.joined(separator: " "))")
    }
    return DoctorFinding(
      subject, .ok, "logs in by its own files: none of \(login.joined(separator: " ")) is set")
  }
}
