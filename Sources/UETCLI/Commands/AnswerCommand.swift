import ArgumentParser
import UETEngine
import UETModel

struct AnswerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "answer", abstract: "answer what a worker asks",
    discussion: """
      A worker asks with 'git uet signal ask', or the tool 'ask' of 'git uet mcp'; 'git uet status' shows \
      what is asked. The answer is recorded, and given to the attempt that asked; should that fail, the next one \
      is told of it.
      """)

  @Argument(help: "The workstream.", completion: Offer.workstream) var workstream: String
  @Argument(help: "The answer.") var text: String
  @Option(help: "The question's number; without it the last one that is open.") var number: Int?
  @Option(help: "The run; without it the one that is going on.", completion: Offer.run)
  var run: String?
  @Flag(help: "Print the answer as one JSON object.") var json = false

  func run() async throws {
    let desk = try SteeringDesk(json: json)
    let run = try desk.run(named: run)
    let record = try desk.state(of: run).record(named: workstream)
    try await desk.ask(.answer(record.id, number: number, text: text), of: run)
  }
}
