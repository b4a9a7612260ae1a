import ArgumentParser
import UETEngine
import UETModel

struct CancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "give up workstreams of a run, or all that is not done yet",
    discussion: """
      What is under way is ended and its work kept under refs/uet/salvage. What depends on a cancelled \
      workstream is cancelled too; what has finished stays. Works on a run that is going on and on one \
      that was interrupted.
      """)

  @OptionGroup var subject: WorkstreamsArguments
  @Option(help: "Why, for those who look at the run.") var reason: String?
  @Flag(help: "Print the answer as one JSON object.") var json = false

  func run() async throws {
    let desk = try SteeringDesk(json: json)
    let (id, workstreams) = try desk.workstreams(named: subject)
    try await desk.ask(.cancel(workstreams, reason: reason), of: id)
  }
}
