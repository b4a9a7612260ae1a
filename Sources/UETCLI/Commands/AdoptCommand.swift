import ArgumentParser
import UETEngine
import UETModel

struct AdoptCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "adopt", abstract: "take a run from a machine that is gone",
    discussion: """
      A run belongs to the process that drives it. Where that process was on another machine of a \
      shared file system, or in another container, nobody here can see whether it lives, and 'git uet \
      resume' refuses. This takes the run over once its holder has given no sign of life for \
      'run.stale' (5 minutes), or at once with --now. If the old holder lives after all, its next \
      write is refused and it ends; what it handed to a batch system goes on, and 'git uet resume' \
      takes that up.
      """)

  @Argument(
    help: "The run: its id, or the beginning or end of one; '@' is the newest.",
    completion: Offer.run)
  var run: String
  @Flag(help: "Take it even if its holder gave a sign of life of late: you know that it is gone.")
  var now = false
  @Flag(help: "Print one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    try project.requirePerson(to: "take over runs")
    let run = try project.run(named: run)
    let takeOver = try TakeOver(run, in: project)
    try await takeOver.perform(knowingBetter: now)
    if json {
      context.print(["version": 1, "run": .string(run.rawValue), "holder": takeOver.holder.json])
      return
    }
    context.output.line(
      "run '\(run)' is free; it was held by \(takeOver.holder)".terminalSafe)
    context.output.line("hint: go on with it: git uet resume \(run)")
  }
}
