import ArgumentParser
import UETEngine
import UETModel

struct MonitorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "monitor", abstract: "watch a run on the whole screen, and steer it by keys",
    discussion: """
      Shows who works on what, what each printed last, tokens and cost, the queue, and how long it may still \
      take. Enter opens the log, the diff and the attempts of a workstream; '?' lists the keys. What changes \
      something is asked first. To leave the monitor does nothing to the run. Where there is no terminal, a \
      line for each event is printed until nobody works on the run any more, as 'git uet status --watch' does.
      """)

  @OptionGroup var subject: RunArgument<RunAtWork>

  func run() async throws {
    let context = CommandContext()
    let project = try context.project(reading: true)
    let id = try Steering(project).run(named: subject.run)
    guard FullScreen.isThere(context.output, context.environment) else {
      return try await RunWatch(project, id, context).follow()
    }
    // A remark would be written over what is drawn.
    context.notices.redirect { _ in }
    try await MonitorLoop(project, id, context).follow()
  }
}
