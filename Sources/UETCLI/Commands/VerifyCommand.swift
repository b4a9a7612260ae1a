import ArgumentParser
import UETEngine
import UETLedger
import UETModel

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "check the record of runs, as fsck checks objects",
    discussion: """
      Reads each chain from its first commit: hashes, sequence, parents, legal changes of state, \
      checkpoints, and that every commit it names is there. With --landed, each landing is proven again: \
      that its tree passed its gates, that all of every candidate is in it, that nothing else is, and that \
      the target still contains it.
      """)

  @Argument(help: "The run (default: all).") var run: String?

  @Flag(help: "Prove each landing again, from the repository alone.") var landed = false
  @Flag(help: "With --landed, print one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext()
    let project = try await context.projectWithFetched()
    if landed { return try proveLandings(project, context) }
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

  private func proveLandings(_ project: Project, _ context: CommandContext) throws {
    let findings = try context.reporting { () throws -> [LandingAudit.Finding] in
      let runs = try run.map { [try project.run(named: $0)] } ?? project.reader.runs()
      return try runs.flatMap { try LandingAudit.findings(of: $0, in: project) }
    }
    let view = LandingAuditView(findings: findings, terminal: context.output)
    if json {
      context.print(view.json)
    } else {
      for line in view.lines { context.output.line(line) }
    }
    if findings.contains(where: { !$0.problems.isEmpty }) { throw ExitStatus.failed }
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
