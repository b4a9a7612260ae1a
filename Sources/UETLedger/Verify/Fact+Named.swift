import UETModel

extension Fact {
  /// The commits that stand for what it says: they must be there, and the chain keeps them.
  var named: [ObjectID] {
    let (commits, results): ([ObjectID?], [AttemptRecord.Input]?) =
      switch self {
      case .runStarted(let fact): ([fact.base], nil)
      case .taskAssigned(let fact): ([], fact.inputs)
      case .taskStarted(let fact): ([fact.base], fact.inputs)
      case .taskCompleted(let fact), .taskFailed(let fact), .taskCancelled(let fact):
        ([fact.base, fact.tip], nil)
      case .scopeViolation(let fact): ([fact.tip], nil)
      case .gateStarted(let fact), .gatePassed(let fact), .gateFailed(let fact):
        ([fact.commit], fact.inputs)
      case .waveReleased(let fact): ([], fact.inputs)
      case .candidateQueued(let fact): ([fact.base, fact.tip, fact.start], fact.inputs)
      case .mergeStarted(let fact), .mergePrepared(let fact):
        ([fact.tip, fact.commit, fact.onto], nil)
      case .mergeSucceeded(let fact): ([fact.tip, fact.commit, fact.onto], fact.batch)
      case .mergeConflict(let fact): ([fact.base, fact.tip, fact.onto], nil)
      case .conflictResolved(let fact), .repairStarted(let fact), .repairFailed(let fact):
        ([fact.tip, fact.commit, fact.onto], nil)
      case .candidateEjected(let fact): ([fact.tip, fact.commit, fact.onto], nil)
      case .probeStarted(let fact), .probePrepared(let fact): ([fact.commit, fact.onto], nil)
      case .integrationFaulted(let fact): ([fact.tip, fact.commit, fact.onto], nil)
      case .integrationRestarted(let fact): ([fact.start], nil)
      case .landingStarted(let fact), .landed(let fact): ([fact.commit, fact.start], nil)
      case .compensationStarted(let fact), .compensationFinished(let fact): ([fact.commit], nil)
      case .compensationStep(let fact): ([fact.commit, fact.onto], nil)
      case .reviewRequested(let fact): ([fact.tip], nil)
      case .reviewDecided(let fact): ([fact.tip], nil)
      // A plan is kept as the root of the chain is, and what a newer version names is its own
      // affair.
      case .planChanged, .unknown, .runPaused, .runResumed, .runFinished, .recoveryStarted,
        .recoveryFinished, .workerSpawned, .workerDraining, .workerTerminated, .heartbeat,
        .taskReady, .taskProgress, .taskStopping, .taskRetried, .taskQuarantined, .dependencyFound,
        .candidateHeld, .candidateDequeued, .candidatePromoted, .integrationPaused,
        .integrationResumed, .integrationFrozen, .integrationUnfrozen, .strategyChosen,
        .landingRefused, .compensationFailed, .inboxRefused, .usageRecorded, .budgetReserved,
        .budgetSettled, .budgetWarning,
        .budgetExceeded, .budgetOverridden,
        .questionAsked, .questionAnswered, .rateLimited, .breakerOpened, .breakerClosed,
        .modeChanged,
        .protectedChangeFound:
        ([], nil)
      }
    return commits.compactMap { $0 } + (results ?? []).map(\.commit)
  }
}
