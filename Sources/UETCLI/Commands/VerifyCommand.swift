import ArgumentParser
import UETEngine
import UETLedger
import UETModel

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "check the record of runs, as fsck checks objects",
    discussion: """
      Reads each chain from its first commit: hashes, sequence, parents, legal changes of state, \
      checkpoints, and that every commit it names is there.
      """)

  @Argument(help: "The run (default: all).") var run: String?

  func run() async throws {
    let context = CommandContext()
    let project = try await context.projectWithFetched()
    let runs = try context.reporting { () throws -> [RunID] in
      if let run { return [try project.run(named: run)] }
      return try project.reader.runs()
    }
    var isSound = true
    for id in runs {
      let report = try context.reporting { try project.reader.verify(id) }
      isSound = isSound && report.isSound
      for line in lines(of: report) { context.output.line(line) }
    }
    if runs.isEmpty { context.output.line("no runs to check") }
    if !isSound { throw ExitStatus.failed }
  }

  private func lines(of report: LedgerReport) -> [String] {
    if report.isSound {
      return [
        "run \(report.run): sound (\(report.events) events in \(report.commits) commits, "
          + "\(report.checkpoints) checkpoints)"
      ]
    }
    return ["run \(report.run): damaged"]
      + report.problems.prefix(10).map { "  \($0.commit): \($0.reason)".terminalSafe }
      + [safe(report)]
  }

  /// What can still be relied on.
  private func safe(_ report: LedgerReport) -> String {
    if let commit = report.soundUpTo {
      return "  safe: the first \(report.soundEvents) events, up to commit \(commit.short)"
    }
    if let sequence = report.lastCheckpoint { return "  safe: the checkpoint at event \(sequence)" }
    return "  safe: nothing"
  }
}
