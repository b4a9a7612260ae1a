import ArgumentParser
import UETEngine
import UETModel
import UETWorkers

struct ResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "continue a run that was paused, interrupted or crashed",
    discussion: """
      A run that is going on and was paused goes on in the process that holds it. Otherwise this \
      process works on it. \
      Work that was under way is kept under refs/uet/salvage and started anew; nothing that finished \
      runs again. Gates, tools and bundles are those recorded when the run started.
      """)

  @OptionGroup var subject: RunArgument<NewestRun>
  @Option(
    name: [.short, .long],
    help: ArgumentHelp("How many workstreams run at once, or 'auto'.", valueName: "count|auto"))
  var workers: WorkerCount?
  @Option(
    help: ArgumentHelp(
      "What may be spent from now on: of the run, or NAME=... of a phase or workstream.",
      discussion: """
        Dollars in all (50), so much more than now (+20), or 'none' for no limit. May be given \
        several times.
        """, valueName: "[name=]amount"))
  var budget: [BudgetArgument] = []

  @Flag(help: "Print the run's end state as one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    try project.requirePerson(to: "continue a run")
    if try await unpause() { return }
    let resumable = try await ResumableRun.find(
      subject.run, workers: workers, budgets: budget.map(\.change), in: project)
    try await RunDriver(context: context, project: project, json: json).drive(
      plan: resumable.plan, drain: resumable.drain
    ) { observer, control throws in
      try await resumable.start(observer: observer, control: control)
    }
  }

  /// True when a live process had the run paused and goes on with it.
  private func unpause() async throws -> Bool {
    let desk = try SteeringDesk(json: json)
    guard let id = try? desk.run(named: subject.run), try desk.isLive(id) else { return false }
    if let workers { _ = try await desk.answer(.workers(workers), of: id) }
    var change: SteeringAnswer?
    if !budget.isEmpty { change = try await desk.answer(.budget(budget.map(\.change)), of: id) }
    let answer = try await desk.answer(.resume, of: id)
    if answer.outcome != .done, let change {
      desk.show(change, of: id)
      return true
    }
    guard answer.outcome == .done else { return false }
    desk.show(answer, of: id)
    return true
  }
}
