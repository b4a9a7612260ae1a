/// Where a workstream stands in a run.
package enum WorkstreamState: String, CaseIterable, Hashable, Sendable {
  /// Waits for dependencies. Next: READY, CANCELLED.
  case pending = "PENDING"
  /// Could start. Next: RUNNING, CANCELLED, PENDING (a new dependency).
  case ready = "READY"
  /// An attempt is under way. Next: SUCCEEDED, FAILED, CANCELLED.
  case running = "RUNNING"
  /// Its branch holds the result. Next: QUEUED, READY (replayed), LANDED (by others), ROLLED_BACK.
  case succeeded = "SUCCEEDED"
  /// The last attempt failed. Next: READY (retry), QUARANTINED.
  case failed = "FAILED"
  /// Will not run. Next: READY (by a person).
  case cancelled = "CANCELLED"
  /// Given up after its last attempt. Next: READY (by a person).
  case quarantined = "QUARANTINED"
  /// A candidate in the queue. Next: INTEGRATED, EJECTED, SUCCEEDED (dequeued), LANDED (by others).
  case queued = "QUEUED"
  /// Set aside by the queue. Next: QUEUED (something changed), READY (rework), QUARANTINED, LANDED
  /// (by others).
  case ejected = "EJECTED"
  /// In the integration branch. Next: LANDED, EJECTED.
  case integrated = "INTEGRATED"
  /// In the target branch. Next: ROLLED_BACK.
  case landed = "LANDED"
  /// Taken out of the target again. Next: READY, LANDED (brought back by others).
  case rolledBack = "ROLLED_BACK"

  /// The states that may follow this one.
  package var successors: Set<WorkstreamState> {
    switch self {
    case .pending: [.ready, .cancelled]
    case .ready: [.running, .cancelled, .pending]
    case .running: [.succeeded, .failed, .cancelled]
    case .succeeded: [.queued, .ready, .landed, .rolledBack]
    case .failed: [.ready, .quarantined]
    case .cancelled, .quarantined: [.ready]
    case .queued: [.integrated, .ejected, .succeeded, .landed]
    case .ejected: [.queued, .ready, .quarantined, .landed]
    case .integrated: [.landed, .ejected]
    case .landed: [.rolledBack]
    case .rolledBack: [.ready, .landed]
    }
  }

  /// Whether its result is there to build on.
  package var isFinished: Bool {
    switch self {
    case .succeeded, .queued, .integrated, .landed: true
    default: false
    }
  }

  /// Whether the run waits for nothing more from it: finished, given up, or ejected.
  package var isSettled: Bool {
    switch self {
    case .pending, .ready, .running, .failed: false
    default: true
    }
  }
}
