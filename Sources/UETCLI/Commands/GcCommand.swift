import ArgumentParser
import Synchronization
import UETEngine
import UETModel
import UETPlanning

struct GcCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract: "archive old runs, remove what is merged or archived",
    discussion: """
      Puts finished runs that nothing happened to for a while into one reference, in which they can \
      still be looked at, then removes the worktrees and branches whose work is merged or archived. A run \
      with work that has not landed is put away only with --unlanded. \
      Many small packs are put together (gc.autoPackLimit). \
      Whatever stays is named with its reason. It can be interrupted at any moment and done again.
      """)

  @Option(
    help: ArgumentHelp(
      "Archive finished runs without an event for this long, as 90d or 12h.", valueName: "age"))
  var olderThan = "90d"
  @Option(
    help: ArgumentHelp(
      "The archive: 'archive', or a name that begins with 'archive-'.", valueName: "ref"))
  var archive: String?
  @Flag(help: "Also archive runs with work that has not landed.") var unlanded = false
  @Flag(name: [.customShort("n"), .long], help: "Say what would be done, and do nothing.")
  var dryRun = false
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    guard DurationText.seconds(olderThan) != nil else {
      throw ValidationError(
        "'--older-than' takes a span such as 90d, 12h or 30m, not '\(olderThan.terminalSafe)'")
    }
  }

  func run() async throws {
    let context = CommandContext()
    let project = try await context.projectWithFetched()
    try project.requirePerson(to: "put records away")
    var request = GarbageCollection.Request()
    request.age = DurationText.seconds(olderThan) ?? request.age
    request.archive = archive
    request.isDry = dryRun
    request.takesUnlanded = unlanded
    let collection = try GarbageCollection(request, in: project)
    let view = GcView(archive: collection.archive, isDry: dryRun, terminal: context.output)
    let items = Mutex<[GarbageCollection.Item]>([])
    let json = json
    try await context.untilSignalled("what is being put away", in: project) {
      try await collection.perform { item in
        items.withLock { $0.append(item) }
        if !json { for line in view.lines(item) { context.output.line(line) } }
      }
    }
    let all = items.withLock { $0 }
    if json {
      context.print(view.json(all))
    } else {
      context.output.line(view.summary(all))
    }
    if all.contains(where: \.hasFailed) { throw ExitStatus.failed }
  }
}

extension GarbageCollection.Item {
  var hasFailed: Bool { if case .failed = outcome { true } else { false } }

  var isDone: Bool { if case .done = outcome { true } else { false } }
}
