import ArgumentParser
import UETEngine
import UETModel

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "show how a run stands, and why",
    discussion: """
      Shows the newest run unless one is named; a part of its name is enough. With --watch it goes on to show \
      what happens until nobody works on the run any more: who works on what on a terminal, else a line for each \
      event.
      """)

  @OptionGroup var subject: RunArgument<NewestRun>
  @Flag(help: "Print one JSON object.") var json = false
  @Flag(name: .shortAndLong, help: "Go on to show what happens.") var watch = false

  func validate() throws {
    if watch, json { throw ValidationError("--watch and --json do not go together") }
  }

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try await context.projectWithFetched(reading: true)
    let id = try project.run(named: subject.run)
    if watch { try await RunWatch(project, id, context).follow() }
    let state = try project.state(of: id)
    let (isHeld, isForeign) = (try project.liveHolder(of: id) != nil, try !project.isOwn(id))
    // Others land by hand, squash, revert: what the target holds now counts.
    let shown = isHeld ? state : await project.asItStands(state)
    let waits = isHeld ? Steering(project).waits(of: id) : [:]
    if json {
      context.print(shown.report(waits))
      return
    }
    let view = RunStateView(
      state: shown, now: context.clock.now(), terminal: context.output, isHeld: isHeld,
      isForeign: isForeign, waits: waits)
    for line in view.lines { context.output.line(line) }
    let goesOn = !state.status.isOver || [.interrupted, .halted].contains(state.status)
    if goesOn, !isForeign, project.hasOtherBundles(than: state) {
      context.output.line("note: the bundles were edited since the run was planned")
      context.output.line("hint: see what that would change: git uet replan \(state.run) --dry-run")
    }
  }
}
