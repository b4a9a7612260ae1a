import UETModel

/// Estimates how long a run still takes, from the plan's durations and the pace so far.
struct TimeLeft: Sendable {
  /// Planned duration of each workstream and of the longest chain that starts with it, in the
  /// plan's unit.
  struct Planned: Sendable {
    var duration: Double
    var chain: Double
  }

  var planned: [WorkstreamID: Planned]

  /// Seconds left; nil until a workstream has finished, since before that there is no pace.
  func seconds(_ state: RunState, now: Timestamp) -> Double? {
    var actual = 0.0
    var expected = 0.0
    var open = 0.0
    var chain = 0.0
    for record in state.workstreams {
      guard let plan = planned[record.id] else { continue }
      if let attempt = record.lastAttempt, attempt.outcome == .succeeded, let end = attempt.endedAt
      {
        actual += end.seconds(since: attempt.assignedAt)
        expected += plan.duration
      }
      if !record.state.isSettled {
        open += plan.duration
        chain = max(chain, plan.chain)
      }
    }
    guard expected > 0 else { return nil }
    let pace = actual / expected
    let running = state.workstreams.filter { $0.state == .running }
    let spent = running.compactMap { $0.lastAttempt.map { now.seconds(since: $0.assignedAt) } }
    let work = max(0, open * pace - spent.reduce(0, +)) / Double(max(1, state.workers))
    return max(work, chain * pace - (spent.max() ?? 0), 0)
  }
}
