import ArgumentParser
import UETEngine
import UETModel

struct WorkersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "workers", abstract: "change how many workstreams a live run works on at once",
    discussion: """
      Surplus workers end when what they work on is done. A run that was started with 'auto' workers \
      has as many as is said here until it is told 'auto' again.
      """)

  @Argument(help: "How many, or 'auto'.") var count: WorkerCount
  @OptionGroup var subject: RunArgument<RunAtWork>
  @Flag(help: "Print the answer as one JSON object.") var json = false

  func validate() throws {
    guard count.isPossible else {
      throw ValidationError("a run has 1 to \(RunSteering.mostWorkers) workers, not \(count)")
    }
  }

  func run() async throws {
    let desk = try SteeringDesk(json: json)
    let id = try desk.run(named: subject.run)
    do {
      try await desk.ask(.workers(count), of: id)
    } catch {
      var failure = Refusal(error)
      if case .usage = failure.status, try !desk.isLive(id) {
        failure.hints = ["continue it like that: git uet resume \(id) --workers \(count)"]
      }
      throw failure
    }
  }
}
