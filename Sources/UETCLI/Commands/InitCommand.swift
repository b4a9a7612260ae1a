import ArgumentParser
import UETEngine
import UETModel

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "prepare a repository: configuration, an example, ignore rules",
    discussion: """
      Files that exist are kept as they are, so that running it again changes nothing. With --share, a \
      plain 'git fetch' brings the records of other clones and a plain 'git push' takes yours along; \
      --unshare takes exactly that back.
      """)

  @Flag(help: "Let plain git fetch and push carry the records.") var share = false
  @Flag(help: "Take back what --share set, and do nothing else.") var unshare = false
  @Option(
    help: ArgumentHelp(
      "The remote for --share and --unshare (default: origin).", valueName: "name"),
    completion: Offer.remote)
  var remote: String?

  func validate() throws {
    if share && unshare { throw ValidationError("'--share' and '--unshare' exclude each other") }
    if remote != nil, !share && !unshare {
      throw ValidationError("'--remote' goes with '--share' or '--unshare'")
    }
  }

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    if unshare {
      try await settle(context, project)
      return
    }
    guard let workTree = project.repository.workTree else {
      throw Refusal(
        .usage, "this operation must be run in a work tree",
        hint: "clone the repository and run 'git uet init' there")
    }
    let setup = ProjectSetup(workTree: workTree, environment: context.environment)
    let (changes, gates) = (try setup.apply(), try setup.proposals())
    for change in changes {
      switch change {
      case .created(let name): context.output.line("created  \(name)")
      case .extended(let name): context.output.line("extended \(name)")
      case .kept(let name): context.output.line("kept     \(name)")
      }
    }
    propose(gates, isNew: changes.contains(.created(Project.configurationPath)), context, project)
    if share { try await settle(context, project) }
    if !changes.contains(.kept(Project.configurationPath)),
      !changes.contains(.kept("workstreams"))
    {
      // Its commands are those that are shown here.
      try context.project().trustOwn()
    }
    context.output.line()
    if case .unborn? = try? project.repository.head() {
      context.output.line(
        "first: git commit --allow-empty -m 'first commit'    (runs start from one)")
    }
    context.output.line("next: git uet plan    (see what would run, and why)")
    context.output.line("      git uet run     (run it)")
  }

  /// Says which gates the repository shows: those of a new configuration, or what an old one lacks.
  private func propose(
    _ gates: [ProposedGate], isNew: Bool, _ context: CommandContext, _ project: Project
  ) {
    let missing = isNew || project.configuration.gates.isEmpty ? gates : []
    guard !missing.isEmpty else { return }
    context.output.line()
    let place = isNew ? "proposed in" : "no gates are configured; you could add to"
    context.output.line("\(place) \(Project.configurationPath):")
    for gate in missing {
      context.output.line("  \(gate.entry)".terminalSafe)
      context.output.line("    because \(gate.reason)".terminalSafe)
    }
  }

  /// Sets or takes back the refspecs, and says each line.
  private func settle(_ context: CommandContext, _ project: Project) async throws {
    let settings = try ShareSettings(project, remote: remote)
    let changes = unshare ? try await settings.remove() : try await settings.apply()
    for change in changes {
      switch change {
      case .set(let key, let value): context.output.line("set      \(key) = \(value)")
      case .unset(let key, let value): context.output.line("unset    \(key) = \(value)")
      case .kept(let key, let value): context.output.line("kept     \(key) = \(value)")
      }
    }
    if changes.isEmpty { context.output.line("nothing was set") }
  }
}
