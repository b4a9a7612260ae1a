import ArgumentParser
import UETEngine
import UETModel

struct WorktreesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worktrees", abstract: "list the worktrees git-uet made, and what holds each",
    discussion: """
      Shows those of all runs, slots, test checkouts and what a crash left, with what each takes on \
      the disk, how its workstream stands, and why it stays. 'git uet clean' removes those that can go.
      """)

  @OptionGroup var subject: RunArgument<EveryRun>
  @Flag(help: "Print one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try context.project()
    let only = try subject.run.map { try project.run(named: $0) }
    let survey = WorktreeSurvey(project)
    let all = try await context.untilSignalled("what is being looked at", in: project) {
      let facts = try await survey.facts(of: only)
      // What could not be looked at for that reason is no fact.
      try Task.checkCancellation()
      return facts
    }
    let rows = all.map { facts in
      (facts: facts, verdict: WorktreeVerdict(facts), size: FolderSize(of: facts.path))
    }
    let total = rows.map(\.size).reduce(FolderSize(), +)
    if json {
      context.print([
        "version": 1, "root": .string(survey.root), "count": .integer(Int64(rows.count)),
        "bytes": .integer(total.bytes),
        "worktrees": .array(rows.map { .object($0.facts.json($0.verdict, $0.size)) }),
      ])
      return
    }
    guard !rows.isEmpty else {
      context.output.line("no worktrees")
      return
    }
    var table = Table()
    for row in rows {
      table.add([
        .init(PathText.short(row.facts.path, below: survey.root)),
        .init(row.facts.stateName, Self.style(row.facts)), .init(ByteCount.text(row.size.bytes)),
        .init(row.verdict.reason + (row.verdict.isHeld && row.facts.isDirty ? "; changed" : "")),
      ])
    }
    let width = context.output.isInteractive ? context.output.width : nil
    for line in table.lines(on: context.output, width: width) { context.output.line(line) }
    let free = rows.filter { !$0.verdict.isHeld }
    let size = ByteCount.text(total.bytes)
    context.output.line(
      "\(rows.count) worktree\(rows.count == 1 ? "" : "s"), \(size), below \(survey.root.terminalSafe)"
    )
    if !free.isEmpty {
      let gain = ByteCount.text(free.map(\.size).reduce(FolderSize(), +).bytes)
      context.errors.line("hint: \(free.count) can go (\(gain)): git uet clean")
    }
  }

  private static func style(_ facts: WorktreeFacts) -> Terminal.Style? {
    switch facts.stateName {
    case "crashed", "vanished", "failed", "unknown": .red
    case "running", "live": .cyan
    case "landed": .green
    default: nil
    }
  }
}
