import ArgumentParser
import UETEngine
import UETModel

struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "continue a run that was interrupted or crashed",
    discussion: """
      Work that was under way is kept under refs/uet/salvage and started anew; nothing that finished \
      runs again. Gates, tools and bundles are those recorded when the run started.
      """)

  @Argument(help: "The run (default: the newest).") var run: String?
  @Option(name: [.short, .long], help: "How many workstreams run at once.") var workers: Int?
  @Flag(help: "Print the run's end state as one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    let resumable = try await context.reportingLater {
      try await ResumableRun.find(run, workers: workers, in: project)
    }
    try await RunDriver(context: context, project: project, json: json).drive(
      plan: resumable.plan
    ) { observer, control throws(EngineError) in
      try await resumable.start(observer: observer, control: control)
    }
  }
}
