import ArgumentParser
import Synchronization
import UETEngine
import UETModel

struct CleanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean", abstract: "remove worktrees and scratch files that nobody needs any more",
    discussion: """
      Removes what is provably landed or kept elsewhere, and the scratch files of finished runs; names \
      what stays, why, and the command that releases it. Changes that are in no commit are first kept \
      under refs/uet/salvage. Ignored files, such as build folders, go with their worktree. Branches \
      and the record are not touched.
      """)

  @OptionGroup var subject: RunArgument<EveryRun>
  @Flag(name: [.customShort("n"), .long], help: "Say what would be done, and do nothing.")
  var dryRun = false
  @Flag(
    name: [.customShort("f"), .long],
    help: "Results that have not landed, too: their branches stay.")
  var force = false
  @Flag(help: "Print one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    try project.requirePerson(to: "remove worktrees")
    let only = try subject.run.map { try project.run(named: $0) }
    let cleaning = Cleaning(project, policy: force ? .force : .clean)
    let view = CleaningView(
      root: WorktreeSurvey(project).root, isDry: dryRun, terminal: context.output)
    let done = Mutex<[Cleaning.Item]>([])
    try await context.untilSignalled("the worktree at hand", in: project) { [dryRun, json] in
      try await cleaning.perform(run: only, isDry: dryRun) { item in
        done.withLock { $0.append(item) }
        if !json { for line in view.lines(item) { context.output.line(line) } }
      }
    }
    let items = done.withLock { $0 }
    if json {
      context.print(view.json(items))
    } else {
      context.output.line(view.summary(items))
      if !force, items.contains(where: { $0.isHeld(.unlanded) }) {
        context.errors.line(
          "hint: to keep only the branches of unlanded results: git uet clean --force")
      }
    }
    if items.contains(where: \.hasFailed) { throw ExitStatus.failed }
  }
}

extension Cleaning.Item {
  func isHeld(_ kind: WorktreeVerdict.Hold.Kind) -> Bool {
    if case .held(let hold) = outcome { hold.kind == kind } else { false }
  }

  var hasFailed: Bool { if case .failed = outcome { true } else { false } }

  var isRemoved: Bool { if case .removed = outcome { true } else { false } }
}
