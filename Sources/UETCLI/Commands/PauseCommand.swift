import ArgumentParser
import UETEngine
import UETModel

struct PauseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "let a run that is going on start nothing more",
    discussion: """
      What is under way finishes. The process stays and waits: 'git uet resume' lets it go on. To end \
      the process instead, press Ctrl-C in its terminal.
      """)

  @OptionGroup var subject: RunArgument<RunAtWork>
  @Option(help: "Why, for those who look at the run.") var reason: String?
  @Flag(help: "Print the answer as one JSON object.") var json = false

  func run() async throws {
    let desk = try SteeringDesk(json: json)
    let id = try desk.run(named: subject.run)
    try await desk.ask(.pause(reason: reason), of: id)
  }
}
