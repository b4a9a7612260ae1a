import ArgumentParser
import UETEngine
import UETModel
import UETPlanning

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "run the plan: a worktree and a branch for each workstream",
    discussion: """
      Starts from a commit (HEAD unless --base says otherwise), never from uncommitted changes, and \
      leaves your work tree, index and branch as they are. Ctrl-C drains: what runs may finish; a \
      second one stops it. Both leave a record that 'git uet resume' continues.
      """)

  @Argument(
    help: "Workstreams to run, with all they depend on (default: all).",
    completion: Offer.declared)
  var workstreams: [String] = []

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("How many workstreams run at once, or 'auto'.", valueName: "count|auto"))
  var workers: WorkerCount?

  @Option(help: "The commit to start from.", completion: Offer.branch)
  var base: String?

  @Option(help: "What the run may cost, in dollars.", transform: Self.dollars)
  var budget: Double?

  @Flag(name: [.customShort("n"), .long], help: "Say what would be done, and do nothing.")
  var dryRun = false

  @Flag(help: "Run what nobody has trusted, as in CI; the record says so.")
  var trust = false

  @Flag(help: "Run workstreams whose proposed scope nobody has confirmed.")
  var acceptProposed = false

  @Flag(help: "Print the run's end state as one JSON object.")
  var json = false

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    try project.requirePerson(to: "start runs of the repository it works in")
    let request = RunRequest(
      workstreams: workstreams, workers: workers, base: base, budget: budget, trustsAll: trust,
      acceptsProposed: acceptProposed)
    let prepared = try await PreparedRun.prepare(request, in: project)
    for warning in prepared.warnings { context.errors.line(warning) }
    for note in prepared.notes { context.note(note) }
    if dryRun {
      context.output.write(DryRunView(prepared: prepared, style: context.style).text)
      return
    }
    try await context.showingUntrusted {
      try await RunDriver(context: context, project: project, json: json).drive(
        plan: prepared.plan, drain: prepared.drain
      ) { observer, control throws in
        try await prepared.start(observer: observer, control: control)
      }
    }
  }

  private static func dollars(_ text: String) throws -> Double {
    guard case .set(let amount)? = BudgetArgument(argument: text)?.change.amount,
      BudgetArgument(argument: text)?.change.name == nil
    else { throw ValidationError("'\(text.terminalSafe)' is not an amount of dollars") }
    return amount.dollars
  }
}
