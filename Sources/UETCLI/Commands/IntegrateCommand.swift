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
      --update-checkout, and only where nothing there is changed.
      """)

  @Argument(help: "The run (default: the newest).") var run: String?
  @Option(help: ArgumentHelp("The branch to land in.", valueName: "branch")) var land: String?
  @Flag(help: "Move a clean checkout of that branch along.") var updateCheckout = false
  @Option(
    help: ArgumentHelp(
      "Merge a workstream that asks for a review: you have looked at it.", valueName: "workstream"))
  var reviewed: [String] = []
  @Flag(help: "Print the end state as one JSON object.") var json = false

  func validate() throws {
    if updateCheckout, land == nil {
      throw ValidationError("--update-checkout says how to land: name the branch with --land")
    }
  }

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    let integration = try await context.reportingLater {
      try await Integration.prepare(
        IntegrationRequest(
          run: run, land: land, updatesCheckout: updateCheckout, reviewed: reviewed), in: project)
    }
    let control = IntegrationControl()
    let watch = SignalWatch { request in
      switch request {
      case .drain: control.drain()
      case .stop: control.stop()
      }
    }
    let live = json ? context.errors : context.output
    let result = try await context.reportingLater {
      try await integration.perform(
        observer: { events, state in
          for event in events {
            if let text = FactLine(event: event, state: state).text { live.line(text) }
          }
        }, control: control)
    }
    if json {
      context.print(result.state.report)
    } else {
      for line in IntegrationView(result: result, terminal: context.output).lines {
        context.output.line(line)
      }
    }
    if let status = watch.exitStatus, result.outcome.pause != nil { throw status }
    if !result.unreviewed.isEmpty || !result.rejected.isEmpty, result.outcome.ejected.isEmpty {
      throw ExitStatus.decision
    }
    if !result.outcome.ejected.isEmpty || !result.outcome.held.isEmpty
      || result.outcome.pause != nil
    {
      throw ExitStatus.failed
    }
  }
}
