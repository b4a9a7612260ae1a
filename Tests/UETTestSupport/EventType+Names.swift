import UETModel

/// Types by name, for tests that write and read records by hand.
extension EventType {
  package static let runStarted = EventType(rawValue: "run_started")
  package static let runPaused = EventType(rawValue: "run_paused")
  package static let runResumed = EventType(rawValue: "run_resumed")
  package static let runFinished = EventType(rawValue: "run_finished")
  package static let planChanged = EventType(rawValue: "plan_changed")
  package static let recoveryStarted = EventType(rawValue: "recovery_started")
  package static let recoveryFinished = EventType(rawValue: "recovery_finished")

  package static let workerSpawned = EventType(rawValue: "worker_spawned")
  package static let workerDraining = EventType(rawValue: "worker_draining")
  package static let workerTerminated = EventType(rawValue: "worker_terminated")
  package static let heartbeat = EventType(rawValue: "heartbeat")

  package static let taskReady = EventType(rawValue: "task_ready")
  package static let taskAssigned = EventType(rawValue: "task_assigned")
  package static let taskStarted = EventType(rawValue: "task_started")
  package static let taskProgress = EventType(rawValue: "task_progress")
  /// An attempt under way was told to stop; its end is recorded when it has ended.
  package static let taskStopping = EventType(rawValue: "task_stopping")
  package static let taskCompleted = EventType(rawValue: "task_completed")
  package static let taskFailed = EventType(rawValue: "task_failed")
  package static let taskRetried = EventType(rawValue: "task_retried")
  package static let taskCancelled = EventType(rawValue: "task_cancelled")
  package static let taskQuarantined = EventType(rawValue: "task_quarantined")
  package static let scopeViolation = EventType(rawValue: "scope_violation")
  package static let dynamicDependencyDiscovered = EventType(
    rawValue: "dynamic_dependency_discovered")

  package static let gateStarted = EventType(rawValue: "gate_started")
  package static let gatePassed = EventType(rawValue: "gate_passed")
  package static let gateFailed = EventType(rawValue: "gate_failed")

  /// A person lets the results of a wave be merged, whatever its gates said.
  package static let waveReleased = EventType(rawValue: "wave_released")

  package static let usageRecorded = EventType(rawValue: "usage_recorded")
  /// Something moved in what workers share or in what is the user's own, while they were at work.
  package static let protectedChangeFound = EventType(rawValue: "protected_change_found")

  /// Money is set aside for an attempt, and settled when it has ended.
  package static let budgetReserved = EventType(rawValue: "budget_reserved")
  package static let budgetSettled = EventType(rawValue: "budget_settled")
  package static let budgetWarning = EventType(rawValue: "budget_warning")
  package static let budgetExceeded = EventType(rawValue: "budget_exceeded")
  package static let budgetOverridden = EventType(rawValue: "budget_overridden")

  package static let candidateQueued = EventType(rawValue: "candidate_queued")
  package static let mergeStarted = EventType(rawValue: "merge_started")
  package static let mergeSucceeded = EventType(rawValue: "merge_succeeded")
  package static let mergeConflict = EventType(rawValue: "merge_conflict")
  package static let conflictResolved = EventType(rawValue: "conflict_resolved")
  /// A repair that takes its time has begun on a conflict.
  package static let repairStarted = EventType(rawValue: "repair_started")
  /// It did not resolve the conflict; the next way is tried.
  package static let repairFailed = EventType(rawValue: "repair_failed")
  package static let candidateEjected = EventType(rawValue: "candidate_ejected")
  /// A candidate waits for something that will not come by itself.
  package static let candidateHeld = EventType(rawValue: "candidate_held")
  package static let candidateDequeued = EventType(rawValue: "candidate_dequeued")
  /// A candidate was merged onto its predecessors; the result is not tested yet.
  package static let mergePrepared = EventType(rawValue: "merge_prepared")
  /// A merge, gate or landing could not be carried out; says nothing about a candidate.
  package static let integrationFaulted = EventType(rawValue: "integration_faulted")
  package static let integrationPaused = EventType(rawValue: "integration_paused")
  package static let integrationResumed = EventType(rawValue: "integration_resumed")
  /// Everything integrated is merged anew, because the target moved.
  package static let integrationRestarted = EventType(rawValue: "integration_restarted")
  /// Nothing lands until `integration_unfrozen`; merging and testing go on.
  package static let integrationFrozen = EventType(rawValue: "integration_frozen")
  package static let integrationUnfrozen = EventType(rawValue: "integration_unfrozen")
  /// A person moved a candidate to the head of those that wait.
  package static let candidatePromoted = EventType(rawValue: "candidate_promoted")
  /// Some candidates are merged onto the tip by themselves, to learn who is to blame.
  package static let probeStarted = EventType(rawValue: "probe_started")
  /// They are merged; without a commit where they conflict.
  package static let probePrepared = EventType(rawValue: "probe_prepared")
  /// Which strategy `auto` works by from now on, and why.
  package static let strategyChosen = EventType(rawValue: "strategy_chosen")
  package static let landingStarted = EventType(rawValue: "landing_started")
  package static let landingRefused = EventType(rawValue: "landing_refused")
  package static let landed = EventType(rawValue: "landed")

  package static let reviewRequested = EventType(rawValue: "review_requested")
  package static let reviewDecided = EventType(rawValue: "review_decided")
  /// An event of an inbox, or what is new in a whole one, does not count; says why.
  package static let inboxRefused = EventType(rawValue: "inbox_refused")

  package static let breakerOpened = EventType(rawValue: "breaker_opened")
  package static let breakerClosed = EventType(rawValue: "breaker_closed")

  package static let compensationStarted = EventType(rawValue: "compensation_started")
  /// The commit that undoes one workstream is made; it is not in the target yet.
  package static let compensationStep = EventType(rawValue: "compensation_step")
  /// A step of a rollback, or a gate on its result, failed: a person is needed.
  package static let compensationFailed = EventType(rawValue: "compensation_failed")
  package static let compensationFinished = EventType(rawValue: "compensation_finished")
}
