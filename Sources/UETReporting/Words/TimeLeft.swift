import UETModel
import UETPlanning

/// Estimates how long a run still takes, from the plan's durations and the pace so far.
package struct TimeLeft: Sendable {
  /// Planned duration of each workstream and of the longest chain that starts with it, in the
  /// plan's unit.
  package struct Planned: Sendable {
    package var duration: Double
    package var chain: Double

    package init(duration: Double, chain: Double) {
      (self.duration, self.chain) = (duration, chain)
    }
  }

  package let planned: [WorkstreamID: Planned]

  package init(planned: [WorkstreamID: Planned]) { self.planned = planned }

  /// Durations and longest chains as the plan has them.
  package init(_ plan: Plan) {
    let tails = plan.dependencies.tails(plan.durations.ticks)
    var planned: [WorkstreamID: Planned] = [:]
    for index in plan.workstreams.indices {
      planned[plan.id(index)] = Planned(
        duration: Double(plan.durations.ticks[index]), chain: Double(tails[index]))
    }
    self.init(planned: planned)
  }

  /// How long it still takes, and what that rests on.
  package struct Estimate: Hashable, Sendable {
    package let seconds: Double
    /// The same by the pace of the faster and the slower ones: the middle half, of fewer than four
    /// all.
    package let low: Double
    package let high: Double
    /// How many have finished.
    package let finished: Int
  }

  /// Seconds left; nil until a workstream has finished, since before that there is no pace.
  package func seconds(_ state: RunState, now: Timestamp) -> Double? {
    estimate(state, now: now)?.seconds
  }

  package func estimate(_ state: RunState, now: Timestamp) -> Estimate? {
    var actual = 0.0
    var expected = 0.0
    var paces: [Double] = []
    for record in state.workstreams {
      guard let plan = planned[record.id], plan.duration > 0, let attempt = record.lastAttempt,
        attempt.outcome == .succeeded, let end = attempt.endedAt
      else { continue }
      let seconds = end.seconds(since: attempt.assignedAt)
      actual += seconds
      expected += plan.duration
      paces.append(seconds / plan.duration)
    }
    guard expected > 0 else { return nil }
    let pace = actual / expected
    paces.sort()
    let (first, last) =
      paces.count < 4 ? (0, paces.count - 1) : (paces.count / 4, paces.count * 3 / 4)
    return Estimate(
      seconds: left(state, pace, now), low: left(state, min(pace, paces[first]), now),
      high: left(state, max(pace, paces[last]), now), finished: paces.count)
  }

  /// Seconds left where a unit of the plan takes `pace` seconds.
  private func left(_ state: RunState, _ pace: Double, _ now: Timestamp) -> Double {
    var open = 0.0
    var chain = 0.0
    for record in state.workstreams where !record.state.isSettled {
      guard let plan = planned[record.id] else { continue }
      open += plan.duration
      chain = max(chain, plan.chain)
    }
    let running = state.workstreams.filter { $0.state == .running }
    let spent = running.compactMap { $0.lastAttempt.map { now.seconds(since: $0.assignedAt) } }
    let workers = state.leastWorkers == nil ? state.workers : state.liveWorkers
    let work = max(0, open * pace - spent.reduce(0, +)) / Double(max(1, workers))
    return max(work, chain * pace - (spent.max() ?? 0), 0)
  }
}
