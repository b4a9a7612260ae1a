import UETMergeQueue
import UETModel
import UETPlanning

/// What decisions that come while a queue works mean for it.
struct IntegrationReviews: Sendable {
  let plan: Plan
  let waves: WavePlan
  /// Where the integration branch starts.
  let start: ObjectID
  /// A commit's tree, where it is there.
  let tree: @Sendable (ObjectID) -> ObjectID?

  /// Takes out what was rejected before it was merged, and adds what was approved, of the
  /// workstreams that were decided on.
  ///
  /// What is merged already stays: it is kept from landing, and taken out when integrating begins
  /// anew.
  func consequences(_ state: RunState, decided: Set<WorkstreamID>) -> [QueueInput] {
    let holds = ReviewHolds(plan: plan, waves: waves)
    let held = WaveHolds(waves, state)
    var inputs: [QueueInput] = state.workstreams.compactMap { record in
      guard record.state == .queued, let reason = record.rejection else { return nil }
      return .dequeue(record.id, reason: reason)
    }
    let free = Candidate.finished(in: state, plan, tree: tree).filter { candidate in
      decided.contains(candidate.id) && held[candidate.id] == nil
        && (state[candidate.id].map(holds.isFree) ?? false)
    }
    if !free.isEmpty { inputs.append(.enqueue(free, start: start)) }
    return inputs
  }
}
