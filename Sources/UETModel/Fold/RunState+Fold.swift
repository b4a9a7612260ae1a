extension RunState {
  /// Why an event cannot follow what was folded before it.
  package struct FoldError: Error, Hashable, Sendable {
    package let seq: Int
    package let message: String
  }

  /// Folds one event. On an error the state is that before the event.
  ///
  /// Folding is total on what a correct writer records: an illegal transition means that the record
  /// was tampered with or that a writer has a defect.
  package mutating func apply(_ event: Event) throws(FoldError) {
    guard event.seq == sequence + 1 else {
      throw FoldError(seq: event.seq, message: "expected sequence number \(sequence + 1)")
    }
    do {
      try fold(event)
    } catch {
      throw FoldError(seq: event.seq, message: error.message)
    }
    sequence = event.seq
    updatedAt = event.at
  }

  struct Illegal: Error { let message: String }

  private mutating func fold(_ event: Event) throws(Illegal) {
    let origin = event.origin
    if let origin { try checkOrigin(origin) }
    try foldFact(event)
    if let origin { foldOrigin(origin, isRefused: event.isRefusal) }
  }

  private mutating func foldFact(_ event: Event) throws(Illegal) {
    let id = event.workstream
    switch event.fact {
    case .runStarted(let fact): foldRunStarted(fact, event)
    case .planChanged(let fact): try foldPlan(fact)
    case .runPaused(let fact): (status, reason) = (.paused, fact.reason)
    case .recoveryStarted:
      (status, reason, endedAt) = (.running, nil, nil)
      (spending.halt, mode) = (nil, nil)
      forgetUnendedWaveGates()
    case .runResumed: (status, reason, endedAt) = (.running, nil, nil)
    case .runFinished(let fact):
      (status, reason, endedAt) = (fact.status ?? .failed, fact.reason, event.at)
      (spending.halt, mode) = (fact.budget, nil)

    case .workerSpawned(let fact): try foldSpawned(fact, event)
    case .workerDraining: try moveWorker(event.worker, to: .draining, at: event.at)
    case .workerTerminated: try moveWorker(event.worker, to: .terminated, at: event.at)
    case .heartbeat:
      // Only the first sign of life changes anything.
      guard pool[event.worker]?.state == .spawning else { return }
      try moveWorker(event.worker, to: .idle, at: event.at)
    case .rateLimited(let fact): foldRateLimit(fact, event)
    case .modeChanged(let fact): foldMode(fact, event)
    case .breakerOpened(let fact): try foldOpened(fact)
    case .breakerClosed(let fact): try foldClosed(fact)

    case .taskReady(let fact): if let id { try move(id, to: .ready, reason: fact.reason) }
    case .taskAssigned(let fact): if let id { try foldAssigned(fact, id, event) }
    case .taskStarted(let fact): if let id { foldStarted(fact, id, event) }
    case .taskProgress(let fact): if let id { foldProgress(fact, id) }
    case .taskStopping(let fact): if let id { foldStopping(fact, id) }
    case .taskCompleted(let fact): if let id { try foldCompleted(fact, id, event) }
    case .taskFailed(let fact): if let id { try foldFailed(fact, id, event) }
    case .taskCancelled(let fact): if let id { try foldCancelled(fact, id, event) }
    case .taskRetried(let fact): if let id { try foldRetried(fact, id) }
    case .taskQuarantined(let fact):
      if let id { try move(id, to: .quarantined, reason: fact.reason) }
    case .questionAsked(let fact): if let id { foldQuestion(fact, id, event) }
    case .questionAnswered(let fact): if let id { foldAnswer(fact, id, event) }
    case .dependencyFound(let fact): if let id { try foldDependency(fact, id) }

    case .gateStarted(let fact): foldGate(fact, .running, event)
    case .gatePassed(let fact): foldGate(fact, .passed, event)
    case .gateFailed(let fact):
      foldGate(fact, .failed, event)
      note(LandedFinding(fact, event, after: integration))
    case .waveReleased(let fact): foldWaveRelease(fact)

    case .candidateQueued(let fact): if let id { try foldQueued(fact, id, event) }
    case .mergeStarted: if let id { foldMergeStarted(id, event) }
    case .mergePrepared(let fact): if let id { foldPrepared(fact, id) }
    case .mergeSucceeded(let fact): if let id { try foldIntegrated(fact, id) }
    case .mergeConflict(let fact): if let id { foldTorn(fact, id, event) }
    case .conflictResolved(let fact): if let id { try foldResolved(fact, id) }
    case .repairStarted(let fact): if let id { update(id) { $0.conflict?.underWay = fact.method } }
    case .repairFailed(let fact): if let id { foldRepairFailed(fact, id) }
    case .candidateEjected(let fact): if let id { try foldEjected(fact, id) }
    case .candidateHeld(let fact): if let id { update(id) { $0.reason = fact.reason } }
    case .candidateDequeued(let fact): if let id { try foldDequeued(fact, id) }
    case .candidatePromoted: if let id { update(id) { $0.candidate?.promotedAt = event.seq } }
    case .probePrepared(let fact): foldProbePrepared(fact)

    case .integrationFaulted(let fact): foldFaulted(fact, event)
    case .integrationPaused(let fact):
      integration.pause = IntegrationRecord.Pause(
        intent: fact.intent ?? .person, reason: fact.reason, redGate: fact.gateKey)
    case .integrationResumed: foldQueueResumed()
    case .integrationRestarted(let fact): try foldRestart(fact)
    case .integrationFrozen(let fact): integration.freeze = fact.reason ?? "no reason given"
    case .integrationUnfrozen: integration.freeze = nil
    case .strategyChosen(let fact): integration.strategy = fact.strategy
    case .landingStarted(let fact): foldLandingStarted(fact)
    case .landingRefused: integration.landing = nil
    case .landed(let fact): try foldLanded(fact, event)

    case .compensationStarted(let fact): try foldRollbackStart(fact)
    case .compensationStep(let fact): if let id { try foldRollbackStep(fact, id) }
    case .compensationFailed(let fact):
      guard let id else { return }
      rollback?.failure = RollbackRecord.Failure(
        workstream: id, gate: fact.gate, reason: fact.reason ?? "")
    case .compensationFinished(let fact): try foldRollbackEnd(fact)

    case .reviewRequested(let fact): try foldReviewRequest(fact, event)
    case .reviewDecided(let fact): try foldReview(fact, event)
    case .inboxRefused(let fact): foldRefusedInbox(fact, event)
    case .protectedChangeFound(let fact): foldSharedChange(fact)
    case .usageRecorded(let fact): foldUsage(fact, event)
    case .budgetReserved(let fact): try foldReserved(fact, event)
    case .budgetSettled(let fact): try foldSettled(fact, event)
    case .budgetWarning(let fact):
      foldBudget(fact, fact.reduces == true ? .reduced : .warned, event)
    case .budgetExceeded(let fact):
      foldBudget(fact, .exceeded, event)
      note(LandedFinding(fact, event))
    case .budgetOverridden(let fact): foldOverride(fact, event)
    // What they say is kept in the events alone.
    case .recoveryFinished, .scopeViolation, .probeStarted: break
    case .unknown(let type, _): unknownEvents[type.rawValue, default: 0] += 1
    }
  }

  private mutating func foldRunStarted(_ fact: Told<Fact.RunStarted>, _ event: Event) {
    (status, startedAt) = (.running, event.at)
    (base, target, workers) = (fact.base, fact.target, fact.workers ?? 0)
    imported = fact.imported
    leastWorkers = fact.leastWorkers
    for entry in fact.workstreams ?? [] {
      guard let id = entry.id else { continue }
      var record = WorkstreamRecord(id: id, dependsOn: entry.after ?? [])
      // A branch that no run made is finished from the start.
      if let tip = entry.tip {
        (record.state, record.tip, record.finishedAt) = (.succeeded, tip, event.seq)
        (record.source, record.inputs) = (entry.source, entry.inputs ?? [])
      }
      add(record)
    }
  }

  /// What is not listed any more stays on record, behind the rest.
  private mutating func foldPlan(_ fact: Told<Fact.PlanChanged>) throws(Illegal) {
    guard let entries = fact.workstreams else { return }
    plan = fact.plan ?? plan
    // Other groups may be put to the gates; what was said of a tree is kept as a verdict.
    waves = []
    var listed: [WorkstreamRecord] = []
    for entry in entries {
      guard let id = entry.id else { continue }
      var record = self[id] ?? WorkstreamRecord(id: id)
      record.dependsOn = entry.after ?? []
      listed.append(record)
    }
    let known = Set(listed.map(\.id))
    replace(listed + workstreams.filter { !known.contains($0.id) })
    for record in listed where record.state == .ready {
      let waits = record.dependsOn.contains { self[$0]?.state.isFinished != true }
      if waits { try move(record.id, to: .pending, reason: fact.reason) }
    }
  }

  /// The one place where a workstream changes its state.
  mutating func move(
    _ id: WorkstreamID, to state: WorkstreamState, reason: String? = nil
  ) throws(Illegal) {
    guard let old = self[id]?.state else { throw Illegal(message: "unknown workstream '\(id)'") }
    guard old.successors.contains(state) else {
      throw Illegal(message: "'\(id)' cannot go from \(old.rawValue) to \(state.rawValue)")
    }
    update(id) { record in
      record.state = state
      record.reason = reason
      record.culprit = nil
    }
    settleProbes(id, from: old, to: state)
  }
}

extension RunState.FoldError: Refusing {
  /// The record and the program disagree on what may follow.
  package var refusal: Refusal {
    Refusal(
      .internalError, "the record does not fit: event \(seq): \(message)",
      hint: "find what is wrong: git uet verify")
  }
}
