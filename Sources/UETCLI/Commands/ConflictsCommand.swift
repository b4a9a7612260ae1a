import ArgumentParser
import UETEngine
import UETModel

struct ConflictsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conflicts", abstract: "list what could not be merged, and what became of it",
    discussion: """
      A candidate that conflicts with the target, or with what was integrated before it, is set aside \
      with the paths, both sides and who made them. A conflict that was resolved once is resolved \
      alike by itself when it comes again.
      """)

  @OptionGroup var subject: RunArgument<NewestRun>
  @Flag(help: "Those that are resolved as well.") var all = false
  @Flag(help: "Print one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try await context.projectWithFetched(reading: true)
    let list = try ConflictList(of: subject.run, in: project)
    let view = ConflictsView(list: list, showsAll: all, terminal: context.output)
    if json { context.print(view.json) } else { view.lines.forEach(context.output.line) }
  }
}
