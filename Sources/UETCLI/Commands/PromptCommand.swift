import ArgumentParser
import UETEngine
import UETModel

struct PromptCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prompt", abstract: "show what an agent is asked, word for word",
    discussion: """
      Without a run, what the first attempt would get of a run that is started now. With one, what its \
      next attempt will get: after a failure with the reason and the end of the log, or what the attempt \
      that runs or has succeeded got. The rules of the house come from the file that 'prompt.preamble' names.
      """)

  @Argument(help: "A workstream.", completion: Offer.declared) var workstream: String
  @Option(help: "A run; '@' is the newest.", completion: Offer.run) var run: String?
  @Flag(help: "Print one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try await context.projectWithFetched()
    let id = try run.map { try project.run(named: $0) }
    let prompt =
      try id.map { try project.prompt(for: workstream, in: $0) } ?? project.prompt(for: workstream)
    if json {
      var object = JSONObject([("version", 1)])
      object.append("run", id.map { .string($0.rawValue) })
      object.append("workstream", .string(prompt.workstream.rawValue))
      object.append("attempt", .integer(Int64(prompt.attempt)))
      object.append("text", .string(prompt.text))
      return context.print(.object(object))
    }
    if context.output.isInteractive {
      for line in prompt.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
        context.output.line(line.terminalSafe)
      }
    } else {
      context.output.writeResult(prompt.text)
    }
    if !prompt.pending.isEmpty {
      context.note(
        "what \(prompt.pending.listed(5)) changed will stand in it, too, once that is done")
    }
  }
}
