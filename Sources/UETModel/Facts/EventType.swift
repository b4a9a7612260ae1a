/// What happened. The set is open: a type from a newer version is kept and shown.
package struct EventType: RawRepresentable, ExpressibleByStringLiteral, Hashable, Sendable {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  package init(stringLiteral name: String) { rawValue = name }

  private init(_ text: String) { rawValue = text }

  package static let runStarted = EventType("run_started")
  package static let runPaused = EventType("run_paused")
  package static let runResumed = EventType("run_resumed")
  package static let runFinished = EventType("run_finished")
  package static let planChanged = EventType("plan_changed")
  package static let recoveryStarted = EventType("recovery_started")
  package static let recoveryFinished = EventType("recovery_finished")

  package static let workerSpawned = EventType("worker_spawned")
  package static let workerDraining = EventType("worker_draining")
  package static let workerTerminated = EventType("worker_terminated")
  package static let heartbeat = EventType("heartbeat")

  package static let taskReady = EventType("task_ready")
  package static let taskAssigned = EventType("task_assigned")
  package static let taskStarted = EventType("task_started")
  package static let taskProgress = EventType("task_progress")
  /// An attempt under way was told to stop; its end is recorded when it has ended.
  package static let taskStopping = EventType("task_stopping")
  package static let taskCompleted = EventType("task_completed")
  package static let taskFailed = EventType("task_failed")
  package static let taskRetried = EventType("task_retried")
  package static let taskCancelled = EventType("task_cancelled")
  package static let taskQuarantined = EventType("task_quarantined")
  package static let scopeViolation = EventType("scope_violation")
  package static let dynamicDependencyDiscovered = EventType("dynamic_dependency_discovered")

  package static let gateStarted = EventType("gate_started")
  package static let gatePassed = EventType("gate_passed")
  package static let gateFailed = EventType("gate_failed")

  /// A person lets the results of a wave be merged, whatever its gates said.
  package static let waveReleased = EventType("wave_released")

  package static let usageRecorded = EventType("usage_recorded")
  /// Something moved in what workers share or in what is the user's own, while they were at work.
  package static let protectedChangeFound = EventType("protected_change_found")

  /// Money is set aside for an attempt, and settled when it has ended.
  package static let budgetReserved = EventType("budget_reserved")
  package static let budgetSettled = EventType("budget_settled")
  package static let budgetWarning = EventType("budget_warning")
  package static let budgetExceeded = EventType("budget_exceeded")
  package static let budgetOverridden = EventType("budget_overridden")

  package static let candidateQueued = EventType("candidate_queued")
  package static let mergeStarted = EventType("merge_started")
  package static let mergeSucceeded = EventType("merge_succeeded")
  package static let mergeConflict = EventType("merge_conflict")
  package static let conflictResolved = EventType("conflict_resolved")
  /// A repair that takes its time has begun on a conflict.
  package static let repairStarted = EventType("repair_started")
  /// It did not resolve the conflict; the next way is tried.
  package static let repairFailed = EventType("repair_failed")
  package static let candidateEjected = EventType("candidate_ejected")
  /// A candidate waits for something that will not come by itself.
  package static let candidateHeld = EventType("candidate_held")
  package static let candidateDequeued = EventType("candidate_dequeued")
  /// A candidate was merged onto its predecessors; the result is not tested yet.
  package static let mergePrepared = EventType("merge_prepared")
  /// A merge, gate or landing could not be carried out; says nothing about a candidate.
  package static let integrationFaulted = EventType("integration_faulted")
  package static let integrationPaused = EventType("integration_paused")
  package static let integrationResumed = EventType("integration_resumed")
  /// Everything integrated is merged anew, because the target moved.
  package static let integrationRestarted = EventType("integration_restarted")
  /// Nothing lands until `integration_unfrozen`; merging and testing go on.
  package static let integrationFrozen = EventType("integration_frozen")
  package static let integrationUnfrozen = EventType("integration_unfrozen")
  /// A person moved a candidate to the head of those that wait.
  package static let candidatePromoted = EventType("candidate_promoted")
  /// Some candidates are merged onto the tip by themselves, to learn who is to blame.
  package static let probeStarted = EventType("probe_started")
  /// They are merged; without a commit where they conflict.
  package static let probePrepared = EventType("probe_prepared")
  /// Which strategy `auto` works by from now on, and why.
  package static let strategyChosen = EventType("strategy_chosen")
  package static let landingStarted = EventType("landing_started")
  package static let landingRefused = EventType("landing_refused")
  package static let landed = EventType("landed")

  package static let reviewRequested = EventType("review_requested")
  package static let reviewDecided = EventType("review_decided")
  /// An event of an inbox, or what is new in a whole one, does not count; says why.
  package static let inboxRefused = EventType("inbox_refused")

  package static let rateLimited = EventType("rate_limited")
  package static let breakerOpened = EventType("breaker_opened")
  package static let breakerClosed = EventType("breaker_closed")

  package static let compensationStarted = EventType("compensation_started")
  /// The commit that undoes one workstream is made; it is not in the target yet.
  package static let compensationStep = EventType("compensation_step")
  /// A step of a rollback, or a gate on its result, failed: a person is needed.
  package static let compensationFailed = EventType("compensation_failed")
  package static let compensationFinished = EventType("compensation_finished")

  package var isKnown: Bool { Fact.known.contains(self) }
}

extension EventType: CustomStringConvertible {
  package var description: String { rawValue }
}
