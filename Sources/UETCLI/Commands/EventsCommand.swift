import ArgumentParser
import UETEngine
import UETLedger
import UETModel
import UETPlanning

struct EventsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "events", abstract: "print what was recorded, oldest first",
    discussion: "With --json, one event a line, as it stands in the ledger with its run added.")

  @OptionGroup var subject: RunArgument<EveryRun>
  @Option(
    help: ArgumentHelp("Only these types; may be given several times.", valueName: "type"),
    completion: Offer.eventType)
  var type: [String] = []
  @Option(help: "Only this workstream's.", completion: Offer.workstream) var workstream: String?
  @Option(
    help: ArgumentHelp(
      "Only since then: a UTC time, a day, or a span such as 2h.", valueName: "time"),
    transform: PointInTime.init(typed:))
  var since: PointInTime?
  @Option(help: ArgumentHelp("Only the last of them.", valueName: "count")) var tail: Int?
  @Flag(help: "Wait for new events and print them, until the run is over.") var follow = false
  @Flag(help: "Print JSON lines.") var json = false

  func validate() throws {
    if let tail, tail < 0 { throw ValidationError("'--tail' takes a number from 0 on") }
    // A type that this version does not know may be a newer one's; one letter off is a mistake.
    for name in type where !EventType(rawValue: name).isKnown {
      var nearby = Nearest()
      guard let nearest = nearby.name(for: name, among: Fact.known.map(\.rawValue).sorted())
      else { continue }
      throw ValidationError(
        "no event type '\(name.terminalSafe)'; did you mean '\(nearest)'?")
    }
  }

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try await context.projectWithFetched(reading: true)
    var filter = EventQuery()
    filter.run = try subject.run.map { try project.run(named: $0) }
    filter.types = Set(type.map { EventType(rawValue: $0) })
    filter.workstream = try workstream.map { name in
      guard let id = WorkstreamID(name) else {
        throw Refusal.notAWorkstream(name)
      }
      return id
    }
    filter.since = since?.moment(now: context.clock.now())
    filter.tail = tail
    if follow { Outlet.standard.endWithReader() }
    if follow, filter.run == nil {
      filter.run = try project.run(named: nil)
    }
    let view = EventsView(terminal: context.output, showsRun: filter.run == nil)
    let json = json
    let query = filter
    let print: @Sendable (RunEvent) -> Void = { entry in
      context.output.line(
        json ? entry.event.jsonLine(run: entry.run) : view.line(entry.event, run: entry.run))
    }
    if follow {
      try await project.follow(query, each: print)
    } else {
      try project.events(query).forEach(print)
    }
  }
}

extension Event {
  /// The ledger's line with the run in front.
  func jsonLine(run: RunID) -> String {
    let line = String(decoding: self.line, as: UTF8.self)
    return "{\"run\":\"\(run)\"," + line.dropFirst()
  }
}
