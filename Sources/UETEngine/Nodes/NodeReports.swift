import Synchronization
import UETModel
import UETScheduling
import UETWorkers

/// What is reported on a node, where no driver takes it: kept for the result, and the progress and
/// the usage of it for the next sign of life.
final class NodeReports: Sendable {
  private struct State {
    var facts: [EventDraft] = []
    var progress: Lease.Progress?
  }

  private let state = Mutex(State())
  let mailbox = Mailbox<RunMessage>()
  private let listener: Mutex<Task<Void, Never>?>

  init() {
    listener = Mutex(nil)
    let task = Task { [self] in
      while !Task.isCancelled {
        for message in await mailbox.receive() {
          let answer = take(message.content)
          message.answer?(answer)
        }
      }
    }
    listener.withLock { $0 = task }
  }

  /// Notes a fact; nothing is to be waited for.
  func note(_ draft: EventDraft) -> AsyncStream<Void> {
    state.withLock { state in
      state.facts.append(draft)
      if case .taskProgress(let fact) = draft.fact {
        state.progress = Lease.Progress(
          percent: fact.percent ?? state.progress?.percent,
          message: fact.message ?? state.progress?.message)
      }
    }
    return AsyncStream { $0.finish() }
  }

  var facts: [EventDraft] { state.withLock { $0.facts } }

  /// What was said last, and all that was used.
  func progress() -> Lease.Progress? {
    state.withLock { state in
      let usage = state.facts.filter { if case .usageRecorded = $0.fact { true } else { false } }
      if usage.isEmpty { return state.progress }
      var progress = state.progress ?? Lease.Progress(percent: nil, message: nil)
      progress.usage = NodeFacts.json(usage)
      return progress
    }
  }

  private func take(_ content: RunMessage.Content) -> SteeringAnswer {
    switch content {
    case .input(.fact(let draft)):
      _ = note(draft)
      return SteeringAnswer(.done, "noted")
    case .input, .wish:
      return .refused(
        "this worker is on another machine than its run, which hears of it at its end alone",
        hint: "say it in what the worker leaves, or run this workstream on the run's own machine")
    }
  }

  /// Ends the listening.
  func close() {
    listener.withLock { $0?.cancel() }
    mailbox.send(.timerFired)
  }
}
