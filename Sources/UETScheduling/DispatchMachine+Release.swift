import UETModel

extension DispatchMachine {
  /// Ends what the record has under way and every worker, so that what follows by itself is the end
  /// of the run as an interrupted one, with each workstream where its retry rule puts it.
  func release(_ ended: [AttemptName: AttemptOutcome]) -> [EventDraft] {
    guard !state.status.isOver else { return [] }
    let crash = AttemptFailure(.orchestratorCrash, "the orchestrator ended while it ran")
    let ends = underWay.map { end($0, ended[$0] ?? .failed(crash), JSONObject()) }
    let workers = state.pool.filter { $0.state != .terminated }
      .map { EventDraft(.workerTerminated(.init()), worker: $0.name) }
    var drafts = [EventDraft(.recoveryStarted(.init()))] + ends + workers
    drafts.append(EventDraft(.recoveryFinished(.init())))
    // Without any worker nothing follows by itself: the crash came before the first one.
    if state.pool.isEmpty {
      drafts.append(
        EventDraft(
          .runFinished(
            .init { ($0.status, $0.reason) = (.interrupted, "stopped before its first worker") })))
    }
    return drafts
  }
}
