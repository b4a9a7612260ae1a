import ArgumentParser
import UETEngine
import UETLedger
import UETModel

struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "show a run as it was at any moment of its past",
    discussion: "Folds the recorded events anew, up to the moment asked for; changes nothing.")

  @OptionGroup var subject: RunArgument<NewestRun>
  @Option(help: ArgumentHelp("Up to the event of this number.", valueName: "sequence"))
  var until: Int?
  @Option(
    help: ArgumentHelp("Up to then: a UTC time, a day, or a span such as 2h.", valueName: "time"),
    transform: PointInTime.init(typed:))
  var at: PointInTime?
  @Flag(help: "Print each event, and what it changed, on the way.") var step = false
  @Flag(help: "Print the state as one JSON object.") var json = false

  func validate() throws {
    if step, json {
      throw ValidationError(
        "'--step' and '--json' exclude each other; the events are in 'git uet events --json'")
    }
    if until != nil, at != nil { throw ValidationError("'--until' and '--at' exclude each other") }
  }

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try await context.projectWithFetched(reading: true)
    let id = try project.run(named: subject.run)
    if step { try printSteps(of: id, in: project, on: context.output) }
    let state = try project.reader.state(of: id, at: moment)
    if json {
      context.print(state.report())
      return
    }
    if until != nil || at != nil { printMoment(of: state, on: context.output) }
    if state.sequence == 0 { return }
    let view = RunStateView(
      state: state, now: state.updatedAt ?? context.clock.now(), terminal: context.output,
      isHeld: true)
    for line in view.lines { context.output.line(line) }
  }

  /// Says which moment it is that was asked for.
  private func printMoment(of state: RunState, on terminal: Terminal) {
    guard let time = state.updatedAt else {
      terminal.line("run \(state.run) had no event yet")
      return
    }
    let isEnd = until.map { $0 > state.sequence } ?? false
    terminal.line(
      "after event \(state.sequence)\(isEnd ? ", the last" : ""), \(time.plain) UTC")
  }

  private var moment: LedgerReader.Moment {
    if let at { return .time(at.moment(now: Clock.system.now())) }
    return .sequence(until ?? .max)
  }

  private func printSteps(of id: RunID, in project: Project, on terminal: Terminal) throws {
    let view = EventsView(terminal: terminal, showsRun: false)
    var before: [WorkstreamID: WorkstreamState] = [:]
    try project.reader.replay(id, until: moment) { event, state in
      terminal.line(view.line(event, run: id))
      guard let name = event.workstream, let now = state[name]?.state else { return }
      let old = before.updateValue(now, forKey: name) ?? .pending
      if old != now {
        terminal.line("      \(name): \(old.rawValue) -> \(now.rawValue)")
      }
    }
    terminal.line()
  }
}
