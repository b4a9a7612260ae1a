import ArgumentParser
import UETEngine
import UETModel

struct GatesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gates", abstract: "list the gates of a run, and why they ran or did not",
    discussion: """
      For each gate its command, what its verdicts count for (every commit of a tree, the very commit, or \
      the paths that it declares to read), how often it ran, how often a verdict of before counted \
      instead, and how long it took. --explain says for one workstream which verdict counts for the tree \
      that was judged last, and what the gate reads that differs from what it judged before.
      """)

  @OptionGroup var subject: RunArgument<NewestRun>
  @Option(
    help: ArgumentHelp("Say why each gate ran or did not for this one.", valueName: "workstream"),
    completion: Offer.workstream)
  var explain: String?
  @Flag(help: "Print one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try await context.projectWithFetched(reading: true)
    let list = try GateList(of: subject.run, in: project)
    let view = GatesView(
      list: list, explained: try explain.map { ($0, try list.explain($0)) },
      terminal: context.output)
    if json { context.print(view.json) } else { view.lines.forEach(context.output.line) }
  }
}
