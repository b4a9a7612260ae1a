import ArgumentParser
import UETEngine
import UETModel

struct LogsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "print what an attempt printed",
    discussion: """
      Shows the last attempt unless another is named; terminal escapes are made harmless. The output \
      is part of the record, so that it is there in a clone as well.
      """)

  @Argument(help: "The run.") var run: String
  @Argument(help: "The workstream.") var workstream: String
  @Option(help: "The number of the attempt.") var attempt: Int?
  @Flag(help: "Print the bytes as they are.") var raw = false

  func run() async throws {
    let context = CommandContext()
    let project = try await context.projectWithFetched()
    let logs = try context.reporting {
      let id = try project.run(named: run)
      let record = try project.state(of: id).record(named: workstream)
      return try project.logs(of: record, in: id, attempt: attempt)
    }
    guard !logs.isEmpty else {
      context.note("no output of '\(workstream.terminalSafe)' is recorded")
      return
    }
    for log in logs {
      if logs.count > 1 { context.output.line("==> \(log.name) <==") }
      let text = String(decoding: log.bytes, as: UTF8.self)
      context.output.write(raw ? text : text.terminalSafeLines)
      if !text.hasSuffix("\n") { context.output.line() }
    }
  }
}
