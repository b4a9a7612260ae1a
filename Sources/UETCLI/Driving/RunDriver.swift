import UETEngine
import UETModel
import UETPlanning
import UETReporting

/// Runs or resumes a run in the foreground: progress, signals, the end state and the exit status.
struct RunDriver {
  let context: CommandContext
  let project: Project
  let json: Bool

  typealias Start =
    @Sendable (@escaping RunObserver, RunControl) async throws -> RunState

  func drive(plan: Plan, drain: Double, _ start: Start) async throws {
    let clock = context.clock
    let (state, signalled) = try await LiveDrive(context: context, project: project, json: json)
      .perform(
        showing: { ProgressView($0, timeLeft: TimeLeft(plan), now: clock.now) },
        drain: { control, end in
          .init(subject: "what runs", limit: drain, begin: control.drain, end: end)
        }, running: start)
    report(state)
    if state.status == .interrupted, let signalled { throw signalled }
    // All is done but what the gates of a wave could not say.
    if state.status == .interrupted, state.workstreams.allSatisfy({ $0.state.isSettled }) {
      throw ExitStatus.decision
    }
    if state.status != .succeeded { throw ExitStatus(state.status) }
  }

  private func report(_ state: RunState) {
    if json {
      context.print(state.report())
      return
    }
    context.output.line()
    let view = RunStateView(
      state: state, now: context.clock.now(), terminal: context.output, isHeld: false)
    for line in view.lines { context.output.line(line) }
  }
}

extension ExitStatus {
  init(_ status: RunState.Status) {
    switch status {
    case .succeeded, .running, .paused: self = .done
    case .failed: self = .failed
    case .interrupted: self = .interrupted
    case .halted: self = .halted
    }
  }
}
