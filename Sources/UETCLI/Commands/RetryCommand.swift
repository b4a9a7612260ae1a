import ArgumentParser
import UETEngine
import UETModel
import UETScheduling

struct RetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "try again what was given up, or do anew what was done",
    discussion: """
      Brings back workstreams that were given up, cancelled, set aside by the queue or rolled back; one that \
      succeeded is done anew. Earlier attempts no longer count against limits. Each starts from a new \
      base; its prompt tells of the last attempt unless --fresh is given. What was cancelled because of it \
      comes back by itself once it has succeeded, and at once with --dependents. On a run that nobody works \
      on, 'git uet resume' starts it.
      """)

  @OptionGroup var subject: WorkstreamsArguments
  @Flag(help: "Do not tell the next attempt of the earlier ones.") var fresh = false
  @Flag(help: "With what was cancelled because of it.") var dependents = false
  @Option(help: "Why, for those who look at the run.") var reason: String?
  @Flag(help: "Print the answer as one JSON object.") var json = false

  func run() async throws {
    let desk = try SteeringDesk(json: json)
    let (run, workstreams) = try desk.workstreams(named: subject)
    if workstreams.isEmpty {
      throw Refusal(
        .usage, "no workstream is named", hint: "see what there is: git uet status \(run)")
    }
    let request = RetryRequest(
      workstreams, withDependents: dependents, isFresh: fresh, because: reason)
    try await desk.ask(.retry(request), of: run)
  }
}
