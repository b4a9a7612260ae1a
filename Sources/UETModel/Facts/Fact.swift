/// What happened, as an event records it. The set is open: a type from a newer version is kept and
/// shown.
///
/// Whatever draws consequences from events switches over all cases, so that a new fact does not
/// compile until everybody has answered it.
package enum Fact: Hashable, Sendable {
  case runStarted(Told<RunStarted>)
  /// Nothing more is begun until it goes on.
  case runPaused(Told<Reason>)
  /// It goes on.
  case runResumed(Told<Bare>)
  case runFinished(Told<RunFinished>)
  case planChanged(Told<PlanChanged>)
  /// A process takes up what another one left.
  case recoveryStarted(Told<Bare>)
  /// What was left is taken up.
  case recoveryFinished(Told<Bare>)

  case workerSpawned(Told<WorkerSpawned>)
  case workerDraining(Told<WorkerDraining>)
  /// A worker is gone.
  case workerTerminated(Told<Reason>)
  /// A worker is ready.
  case heartbeat(Told<Bare>)

  /// Nothing stands in its way but a free worker.
  case taskReady(Told<Reason>)
  case taskAssigned(Told<TaskAssigned>)
  case taskStarted(Told<TaskStarted>)
  case taskProgress(Told<TaskProgress>)
  /// An attempt under way was told to stop; its end is recorded when it has ended.
  case taskStopping(Told<TaskStopping>)
  /// An attempt ended well.
  case taskCompleted(Told<TaskEnd>)
  /// An attempt failed.
  case taskFailed(Told<TaskEnd>)
  case taskRetried(Told<TaskRetried>)
  /// A workstream, or its attempt, is not wanted any more.
  case taskCancelled(Told<TaskEnd>)
  /// Nothing more is tried by itself.
  case taskQuarantined(Told<Reason>)
  case scopeViolation(Told<ScopeViolation>)
  case dependencyFound(Told<DependencyFound>)
  case questionAsked(Told<Question>)
  case questionAnswered(Told<Question>)

  /// A gate begins.
  case gateStarted(Told<GateRun>)
  /// A gate is green.
  case gatePassed(Told<GateRun>)
  /// A gate is red, or could not be carried out.
  case gateFailed(Told<GateRun>)
  /// A person lets the results of a wave be merged, whatever its gates said.
  case waveReleased(Told<WaveReleased>)

  case candidateQueued(Told<CandidateQueued>)
  /// A candidate is about to be merged onto its predecessors.
  case mergeStarted(Told<MergeStep>)
  /// A candidate was merged onto its predecessors; the result is not tested yet.
  case mergePrepared(Told<MergeStep>)
  case mergeSucceeded(Told<MergeSucceeded>)
  case mergeConflict(Told<MergeConflict>)
  /// A conflict is settled: by a repair, a person, or by giving up.
  case conflictResolved(Told<ConflictRepair>)
  /// A repair that takes its time has begun on a conflict.
  case repairStarted(Told<ConflictRepair>)
  /// It did not resolve the conflict; the next way is tried.
  case repairFailed(Told<ConflictRepair>)
  case candidateEjected(Told<CandidateEjected>)
  /// A candidate waits for something that will not come by itself.
  case candidateHeld(Told<Reason>)
  case candidateDequeued(Told<CandidateDequeued>)
  /// A person moved a candidate to the head of those that wait.
  case candidatePromoted(Told<Bare>)
  /// Some candidates are merged onto the tip by themselves, to learn who is to blame.
  case probeStarted(Told<ProbeStep>)
  /// They are merged, or conflict.
  case probePrepared(Told<ProbeStep>)

  /// A merge, gate or landing could not be carried out; says nothing about a candidate.
  case integrationFaulted(Told<QueueFault>)
  case integrationPaused(Told<QueuePaused>)
  /// The queue goes on; what gave no verdict is asked anew.
  case integrationResumed(Told<Bare>)
  /// Everything integrated is merged anew, because the target moved.
  case integrationRestarted(Told<QueueRestarted>)
  /// Nothing lands until `integration_unfrozen`; merging and testing go on.
  case integrationFrozen(Told<Reason>)
  /// What is integrated may land again.
  case integrationUnfrozen(Told<Bare>)
  /// Which strategy `auto` works by from now on, and why.
  case strategyChosen(Told<StrategyChosen>)

  /// The target is about to be moved.
  case landingStarted(Told<Landing>)
  /// The target was not moved.
  case landingRefused(Told<Reason>)
  /// The target was moved.
  case landed(Told<Landing>)

  /// A rollback begins.
  case compensationStarted(Told<Rollback>)
  /// The commit that undoes one workstream is made; it is not in the target yet.
  case compensationStep(Told<RollbackStep>)
  /// A step of a rollback, or a gate on its result, failed: a person is needed.
  case compensationFailed(Told<RollbackFailed>)
  /// A rollback is in the target, or was given up.
  case compensationFinished(Told<Rollback>)

  case reviewRequested(Told<ReviewRequested>)
  case reviewDecided(Told<ReviewDecided>)
  /// An event of an inbox, or what is new in a whole one, does not count.
  case inboxRefused(Told<InboxRefused>)

  case usageRecorded(Told<Usage>)
  case budgetReserved(Told<Reservation>)
  case budgetSettled(Told<Settlement>)
  /// A budget is nearly used up.
  case budgetWarning(Told<BudgetLevel>)
  /// A budget is used up.
  case budgetExceeded(Told<BudgetLevel>)
  /// A person sets another limit.
  case budgetOverridden(Told<BudgetOverride>)
  /// A provider told an attempt to wait: nothing that asks it starts until then.
  case rateLimited(Told<RateLimit>)
  /// A tool is left alone.
  case breakerOpened(Told<Breaker>)
  /// A tool is used again.
  case breakerClosed(Told<Breaker>)
  /// The machine is spared more, or less, than before.
  case modeChanged(Told<ModeChanged>)
  /// Something moved in what workers share or in what is the user's own, while they were at work.
  case protectedChangeFound(Told<SharedChanges>)

  case unknown(EventType, JSONObject)

  /// Nothing but that it happened.
  package struct Bare: FactNames {
    package static let names = Self()
  }

  /// That it happened, and why.
  package struct Reason: FactNames {
    package static let names = Self()
    package let reason = Member<String>("reason")
  }
}

extension Told<Fact.Reason> {
  package static func because(_ reason: String?) -> Self { .init { $0.reason = reason } }
}

extension Fact {
  /// What a gate said; nil for anything else than its end.
  package var gateEnd: (run: Told<GateRun>, result: GateRecord.Result)? {
    if case .gatePassed(let run) = self { return (run, .passed) }
    if case .gateFailed(let run) = self { return (run, .failed) }
    return nil
  }
}
