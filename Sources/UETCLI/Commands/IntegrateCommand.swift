import ArgumentParser
import UETEngine
import UETModel

struct IntegrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "integrate",
    abstract: "merge finished branches, each combination tested, and land",
    discussion: """
      Merges into the branch uet/RUN/integration, in an order that respects dependencies. A candidate \
      that conflicts or whose gate is red is set aside with its reason, and the rest goes on. --land \
      then moves a branch to the very commit that was tested. One that is checked out is moved only with \
      --update-checkout, and only where nothing there is changed. On a conflict 'integration.repair' says \
      what is tried: recorded resolutions, a replay of the candidate's own commits, a tool, a person, \
      quarantine. What --branch and --patch name becomes a run of its own.
      """)

  @OptionGroup var subject: RunArgument<NewestRun>
  @Option(
    help: ArgumentHelp("The branch to land in.", valueName: "branch"), completion: Offer.branch)
  var land: String?
  @Flag(help: "Move a clean checkout of that branch along.") var updateCheckout = false
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Queue these branches, which no run made.", valueName: "branch"),
    completion: Offer.branch)
  var branch: [String] = []
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Queue patches, as git format-patch writes them: those numbered as a series as one.",
      valueName: "file"),
    completion: .file())
  var patch: [String] = []
  @Option(
    help: ArgumentHelp(
      "Merge a workstream that asks for a review: you have looked at it.", valueName: "workstream"),
    completion: Offer.workstream)
  var reviewed: [String] = []
  @Flag(help: "With --branch or --patch: run gates that nobody has trusted, as in CI.")
  var trust = false
  @Flag(help: "Print the end state as one JSON object.") var json = false

  func validate() throws {
    if !branch.isEmpty || !patch.isEmpty, subject.run != nil || !reviewed.isEmpty {
      throw ValidationError("--branch and --patch make a run of their own: name no other")
    }
    if updateCheckout, land == nil {
      throw ValidationError("--update-checkout says how to land: name the branch with --land")
    }
  }

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    try project.requirePerson(to: "merge or land results")
    let integration = try await context.showingUntrusted { try await prepare(context, project) }
    let now = context.clock.now
    let (result, signalled) = try await LiveDrive(context: context, project: project, json: json)
      .perform(
        showing: { ProgressView(queueOn: $0, now: now) },
        drain: { .timed("the gate that runs", integration.drain, $0.drain, $1) },
        running: { try await integration.perform(observer: $0, control: $1) })
    if json {
      context.print(result.state.report())
    } else {
      for line in IntegrationView(result: result, terminal: context.output).lines {
        context.output.line(line)
      }
    }
    if let signalled, result.outcome.pause != nil { throw signalled }
    switch result.rollbacks.last?.end {
    case .needsPerson?, .checkedOut?: throw ExitStatus.decision
    case .interrupted?: throw signalled ?? .failed
    case nil: if result.aftermath != nil { throw ExitStatus.failed }
    default: throw ExitStatus.failed
    }
    let waits =
      !result.unreviewed.isEmpty || !result.rejected.isEmpty || !result.waves.holds.isEmpty
    if waits, result.outcome.ejected.isEmpty {
      throw ExitStatus.decision
    }
    if !result.outcome.ejected.isEmpty || !result.outcome.held.isEmpty || result.lost != nil
      || result.outcome.pause != nil
    {
      throw ExitStatus.failed
    }
  }

  private func prepare(
    _ context: CommandContext, _ project: Project
  ) async throws -> Integration {
    if branch.isEmpty, patch.isEmpty {
      return try await Integration.prepare(
        IntegrationRequest(
          run: subject.run, land: land, updatesCheckout: updateCheckout, reviewed: reviewed),
        in: project)
    }
    let files = patch.map { $0.hasPrefix("/") ? $0 : context.directory + "/" + $0 }
    let integration = try await Integration.prepare(
      BranchRequest(
        branches: branch, patches: files, land: land, updatesCheckout: updateCheckout),
      in: project.trustingAll(trust))
    if !json { context.output.line("queued as run \(integration.run)") }
    return integration
  }
}
