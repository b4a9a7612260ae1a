extension Fact {
  /// Reads what an event of the type holds.
  package init(_ type: EventType, _ members: JSONObject) {
    self = Self.makers[type]?(members) ?? .unknown(type, members)
  }

  /// The name in the record.
  package var type: EventType {
    switch self {
    case .runStarted: "run_started"
    case .runPaused: "run_paused"
    case .runResumed: "run_resumed"
    case .runFinished: "run_finished"
    case .planChanged: "plan_changed"
    case .recoveryStarted: "recovery_started"
    case .recoveryFinished: "recovery_finished"
    case .workerSpawned: "worker_spawned"
    case .workerDraining: "worker_draining"
    case .workerTerminated: "worker_terminated"
    case .heartbeat: "heartbeat"
    case .taskReady: "task_ready"
    case .taskAssigned: "task_assigned"
    case .taskStarted: "task_started"
    case .taskProgress: "task_progress"
    case .taskStopping: "task_stopping"
    case .taskCompleted: "task_completed"
    case .taskFailed: "task_failed"
    case .taskRetried: "task_retried"
    case .taskCancelled: "task_cancelled"
    case .taskQuarantined: "task_quarantined"
    case .scopeViolation: "scope_violation"
    case .dependencyFound: "dynamic_dependency_discovered"
    case .questionAsked: "question_asked"
    case .questionAnswered: "question_answered"
    case .gateStarted: "gate_started"
    case .gatePassed: "gate_passed"
    case .gateFailed: "gate_failed"
    case .waveReleased: "wave_released"
    case .candidateQueued: "candidate_queued"
    case .mergeStarted: "merge_started"
    case .mergePrepared: "merge_prepared"
    case .mergeSucceeded: "merge_succeeded"
    case .mergeConflict: "merge_conflict"
    case .conflictResolved: "conflict_resolved"
    case .repairStarted: "repair_started"
    case .repairFailed: "repair_failed"
    case .candidateEjected: "candidate_ejected"
    case .candidateHeld: "candidate_held"
    case .candidateDequeued: "candidate_dequeued"
    case .candidatePromoted: "candidate_promoted"
    case .probeStarted: "probe_started"
    case .probePrepared: "probe_prepared"
    case .integrationFaulted: "integration_faulted"
    case .integrationPaused: "integration_paused"
    case .integrationResumed: "integration_resumed"
    case .integrationRestarted: "integration_restarted"
    case .integrationFrozen: "integration_frozen"
    case .integrationUnfrozen: "integration_unfrozen"
    case .strategyChosen: "strategy_chosen"
    case .landingStarted: "landing_started"
    case .landingRefused: "landing_refused"
    case .landed: "landed"
    case .compensationStarted: "compensation_started"
    case .compensationStep: "compensation_step"
    case .compensationFailed: "compensation_failed"
    case .compensationFinished: "compensation_finished"
    case .reviewRequested: "review_requested"
    case .reviewDecided: "review_decided"
    case .inboxRefused: "inbox_refused"
    case .usageRecorded: "usage_recorded"
    case .budgetReserved: "budget_reserved"
    case .budgetSettled: "budget_settled"
    case .budgetWarning: "budget_warning"
    case .budgetExceeded: "budget_exceeded"
    case .budgetOverridden: "budget_overridden"
    case .rateLimited: "rate_limited"
    case .breakerOpened: "breaker_opened"
    case .breakerClosed: "breaker_closed"
    case .modeChanged: "os_mode_changed"
    case .protectedChangeFound: "protected_change_found"
    case .unknown(let type, _): type
    }
  }

  /// All that is recorded with it, known or not.
  package var members: JSONObject {
    switch self {
    case .runStarted(let body): body.members
    case .runPaused(let body), .workerTerminated(let body), .taskReady(let body),
      .taskQuarantined(let body), .candidateHeld(let body), .integrationFrozen(let body),
      .landingRefused(let body):
      body.members
    case .runResumed(let body), .recoveryStarted(let body), .recoveryFinished(let body),
      .heartbeat(let body), .candidatePromoted(let body), .integrationResumed(let body),
      .integrationUnfrozen(let body):
      body.members
    case .runFinished(let body): body.members
    case .planChanged(let body): body.members
    case .workerSpawned(let body): body.members
    case .workerDraining(let body): body.members
    case .taskAssigned(let body): body.members
    case .taskStarted(let body): body.members
    case .taskProgress(let body): body.members
    case .taskStopping(let body): body.members
    case .taskCompleted(let body), .taskFailed(let body), .taskCancelled(let body): body.members
    case .taskRetried(let body): body.members
    case .scopeViolation(let body): body.members
    case .dependencyFound(let body): body.members
    case .questionAsked(let body), .questionAnswered(let body): body.members
    case .gateStarted(let body), .gatePassed(let body), .gateFailed(let body): body.members
    case .waveReleased(let body): body.members
    case .candidateQueued(let body): body.members
    case .mergeStarted(let body), .mergePrepared(let body): body.members
    case .mergeSucceeded(let body): body.members
    case .mergeConflict(let body): body.members
    case .conflictResolved(let body), .repairStarted(let body), .repairFailed(let body):
      body.members
    case .candidateEjected(let body): body.members
    case .candidateDequeued(let body): body.members
    case .probeStarted(let body), .probePrepared(let body): body.members
    case .integrationFaulted(let body): body.members
    case .integrationPaused(let body): body.members
    case .integrationRestarted(let body): body.members
    case .strategyChosen(let body): body.members
    case .landingStarted(let body), .landed(let body): body.members
    case .compensationStarted(let body), .compensationFinished(let body): body.members
    case .compensationStep(let body): body.members
    case .compensationFailed(let body): body.members
    case .reviewRequested(let body): body.members
    case .reviewDecided(let body): body.members
    case .inboxRefused(let body): body.members
    case .usageRecorded(let body): body.members
    case .budgetReserved(let body): body.members
    case .budgetSettled(let body): body.members
    case .budgetWarning(let body), .budgetExceeded(let body): body.members
    case .budgetOverridden(let body): body.members
    case .rateLimited(let body): body.members
    case .breakerOpened(let body), .breakerClosed(let body): body.members
    case .modeChanged(let body): body.members
    case .protectedChangeFound(let body): body.members
    case .unknown(_, let members): members
    }
  }

  package typealias Maker = @Sendable (JSONObject) -> Fact

  /// Every type that this version knows.
  package static let known = Set(makers.keys)

  private static let makers: [EventType: Maker] = Dictionary(
    uniqueKeysWithValues: [
      maker(Fact.runStarted), maker(Fact.runPaused), maker(Fact.runResumed),
      maker(Fact.runFinished), maker(Fact.planChanged), maker(Fact.recoveryStarted),
      maker(Fact.recoveryFinished), maker(Fact.workerSpawned), maker(Fact.workerDraining),
      maker(Fact.workerTerminated), maker(Fact.heartbeat), maker(Fact.taskReady),
      maker(Fact.taskAssigned), maker(Fact.taskStarted), maker(Fact.taskProgress),
      maker(Fact.taskStopping), maker(Fact.taskCompleted), maker(Fact.taskFailed),
      maker(Fact.taskRetried), maker(Fact.taskCancelled), maker(Fact.taskQuarantined),
      maker(Fact.scopeViolation), maker(Fact.dependencyFound),
      maker(Fact.questionAsked), maker(Fact.questionAnswered), maker(Fact.gateStarted),
      maker(Fact.gatePassed), maker(Fact.gateFailed), maker(Fact.waveReleased),
      maker(Fact.candidateQueued), maker(Fact.mergeStarted), maker(Fact.mergePrepared),
      maker(Fact.mergeSucceeded), maker(Fact.mergeConflict), maker(Fact.conflictResolved),
      maker(Fact.repairStarted), maker(Fact.repairFailed), maker(Fact.candidateEjected),
      maker(Fact.candidateHeld), maker(Fact.candidateDequeued), maker(Fact.candidatePromoted),
      maker(Fact.probeStarted), maker(Fact.probePrepared), maker(Fact.integrationFaulted),
      maker(Fact.integrationPaused), maker(Fact.integrationResumed),
      maker(Fact.integrationRestarted), maker(Fact.integrationFrozen),
      maker(Fact.integrationUnfrozen), maker(Fact.strategyChosen), maker(Fact.landingStarted),
      maker(Fact.landingRefused), maker(Fact.landed), maker(Fact.compensationStarted),
      maker(Fact.compensationStep), maker(Fact.compensationFailed),
      maker(Fact.compensationFinished), maker(Fact.reviewRequested), maker(Fact.reviewDecided),
      maker(Fact.inboxRefused), maker(Fact.usageRecorded), maker(Fact.budgetReserved),
      maker(Fact.budgetSettled), maker(Fact.budgetWarning), maker(Fact.budgetExceeded),
      maker(Fact.budgetOverridden), maker(Fact.rateLimited),
      maker(Fact.breakerOpened), maker(Fact.breakerClosed), maker(Fact.modeChanged),
      maker(Fact.protectedChangeFound),
    ])

  private static func maker<Names>(
    _ make: @escaping @Sendable (Told<Names>) -> Fact
  ) -> (EventType, Maker) {
    (make(Told()).type, { make(Told(members: $0)) })
  }
}
