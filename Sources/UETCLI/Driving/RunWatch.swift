import Synchronization
import UETEngine
import UETLedger
import UETModel
import UETReporting

/// Shows what happens in a run that another process drives, until nobody works on it any more.
final class RunWatch: Sendable {
  private let project: Project
  private let run: RunID
  private let view: ProgressView
  private let state: Mutex<RunState>
  /// Events up to this one happened before somebody watched.
  private let past: Int

  init(_ project: Project, _ run: RunID, _ context: CommandContext) throws {
    (self.project, self.run) = (project, run)
    let clock = context.clock
    let timeLeft = project.plan(of: run).map { TimeLeft($0) } ?? TimeLeft(planned: [:])
    view = ProgressView(context.output, timeLeft: timeLeft, now: clock.now)
    past = try project.state(of: run).sequence
    state = Mutex(RunState(run: run))
  }

  func follow() async throws {
    // Who reads no more has it end.
    Outlet.standard.endWithReader()
    let ticker = view.ticking()
    defer {
      ticker?.cancel()
      view.finish()
    }
    var query = EventQuery()
    query.run = run
    try await project.follow(query) { [self] entry in
      let event = entry.event
      let now = state.withLock { state in
        // What other writers told counts for nothing here.
        try? state.apply(event)
        return state
      }
      if now.sequence >= past { view.show(now.sequence > past ? [event] : [], now) }
    }
  }
}
