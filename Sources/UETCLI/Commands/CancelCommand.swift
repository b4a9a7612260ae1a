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

  @Argument(
    help: ArgumentHelp(
      "A run (default: the one that is going on), then workstreams of it (default: all).",
      valueName: "run-or-workstream"))
  var names: [String] = []
  @Option(help: "Why, for those who look at the run.") var reason: String?
  @Flag(help: "Print the answer as one JSON object.") var json = false

  func run() async throws {
    let desk = try SteeringDesk(json: json)
    var rest = names[...]
    // The ids of workstreams begin with 'ws-', names of runs with a digit.
    let first = rest.first.flatMap { WorkstreamID($0) == nil ? rest.popFirst() : nil }
    let id = try desk.run(named: first)
    let state = try desk.state(of: id)
    var workstreams: [WorkstreamID] = []
    for name in rest {
      guard let workstream = WorkstreamID(name), state[workstream] != nil else {
        throw CommandFailure(
          EngineError.unknownWorkstream(name, known: state.workstreams.map(\.id)))
      }
      workstreams.append(workstream)
    }
    try await desk.cancel(workstreams, reason: reason, of: id)
  }
}
