import ArgumentParser
import UETEngine
import UETLedger
import UETModel

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "check the record of runs, as fsck checks objects",
    discussion: """
      Reads each chain from its first commit: hashes, sequence, parents, epochs, legal changes of state, \
      checkpoints; that every commit it names is there and is kept alive; that the trailers of commits \
      and the notes on them say the same; that inboxes hold what was admitted from them. Names the first \
      bad commit and what is still safe. Changes nothing, unless --repair makes the notes anew. With \
      --landed, each landing is proven again: that its tree passed its gates, that all of every candidate \
      is in it, that nothing else is, and that the target still contains it. What others put there by \
      hand is proven where a tree with it was tested; what was taken out since, or is not on record yet, \
      is told.
      """)

  @OptionGroup var subject: RunArgument<EveryRun>
  @Flag(help: "Make anew what is derived from a sound record: the notes.") var repair = false
  @Flag(help: "Prove each landing again, from the repository alone.") var landed = false
  @Option(
    help: ArgumentHelp(
      "Take the run's chain, which ends with this commit, for this clone's own: you have looked at it.",
      valueName: "commit"))
  var adopt: String?
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    if adopt != nil, subject.run == nil { throw ValidationError("--adopt needs the run") }
    if adopt != nil, repair || landed {
      throw ValidationError("--adopt goes with neither --repair nor --landed")
    }
  }

  func run() async throws {
    let context = CommandContext(repair ? .working : .printing)
    let project = try await context.projectWithFetched(reading: true)
    if let adopt, let run = subject.run {
      try project.requirePerson(to: "take a record over")
      let id = try project.run(named: run)
      try await project.adopt(id, at: adopt)
      context.output.line("run \(id) goes on from \(adopt.terminalSafe) in this clone")
      context.output.line("hint: see how it stands: git uet status \(id)")
      return
    }
    if landed { return try await proveLandings(project, context) }
    let live = try subject.run.map { [try project.run(named: $0)] } ?? project.reader.runs()
    let archived = subject.run == nil ? try project.reader.archive.runs() : []
    let runs = live + archived.filter { !live.contains($0) }
    let examination = try RunExamination(project)
    var isSound = true
    var documents: [JSONValue] = []
    for id in runs {
      let (report, isRepaired) = try examination.examine(id, repairing: repair)
      isSound = isSound && (report.isSound || isRepaired)
      let view = RunReportView(report: report, isRepaired: isRepaired, names: project.ledgerNames)
      if json { documents.append(view.json) } else { view.lines.forEach(context.output.line) }
    }
    let diverged = try project.divergedEnds()
    isSound = isSound && diverged.isEmpty
    if !json {
      for end in diverged {
        context.output.line("two clones wrote to one chain: an end is \(end.name.terminalSafe)")
      }
    }
    if json {
      context.print([
        "version": 1, "sound": .bool(isSound), "runs": .array(documents),
        "diverged": .array(diverged.map { .string($0.name) }),
      ])
    } else if runs.isEmpty {
      context.output.line("no runs to check")
    }
    if !isSound { throw ExitStatus.failed }
  }

  private func proveLandings(_ project: Project, _ context: CommandContext) async throws {
    let id = try subject.run.map { try project.run(named: $0) }
    let findings = try await LandingAudit.findings(of: id, in: project)
    let view = LandingAuditView(findings: findings, terminal: context.output)
    if json {
      context.print(view.json)
    } else {
      for line in view.lines { context.output.line(line) }
    }
    if findings.contains(where: { !$0.problems.isEmpty }) { throw ExitStatus.failed }
  }
}
