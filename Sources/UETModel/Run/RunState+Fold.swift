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
    settleFaults(event)
    foldFinding(event)
    if let origin { foldOrigin(origin, isRefused: event.type == .inboxRefused) }
  }

  private mutating func foldFact(_ event: Event) throws(Illegal) {
    switch event.type {
    case .reviewRequested, .reviewDecided: try foldReview(event)
    case .inboxRefused: foldRefusedInbox(event)
    case .runStarted: foldRunStarted(event)
    case .planChanged: try foldPlan(event)
    case .runPaused: (status, reason) = (.paused, event.text(.reason))
    case .recoveryStarted:
      (status, reason, endedAt) = (.running, nil, nil)
      forgetUnendedWaveGates()
    case .runResumed: (status, reason, endedAt) = (.running, nil, nil)
    case .runFinished: foldRunFinished(event)
    case .workerSpawned, .workerDraining, .workerTerminated, .heartbeat: try foldWorker(event)
    case .breakerOpened, .breakerClosed: try foldBreaker(event)
    case .landed, .landingStarted, .landingRefused, .integrationFaulted, .integrationPaused,
      .integrationResumed, .integrationRestarted, .integrationFrozen, .integrationUnfrozen,
      .strategyChosen:
      try foldIntegration(event)
    case .gateStarted, .gatePassed, .gateFailed:
      if let wave = event.integer(.wave) { foldWaveGate(event, wave) } else { try foldGate(event) }
    case .waveReleased: foldWaveRelease(event)
    case .taskReady, .taskAssigned, .taskStarted, .taskProgress, .taskStopping, .taskCompleted,
      .taskFailed, .taskRetried, .taskCancelled, .taskQuarantined, .scopeViolation,
      .dynamicDependencyDiscovered:
      try foldTask(event)
    case .candidateQueued, .mergeStarted, .mergeSucceeded, .mergeConflict, .conflictResolved,
      .candidateEjected, .candidateHeld, .candidateDequeued, .candidatePromoted, .mergePrepared,
      .repairStarted, .repairFailed:
      try foldCandidate(event)
    case .probePrepared: foldProbePrepared(event)
    case .protectedChangeFound: foldSharedChange(event)
    case .compensationStarted, .compensationStep, .compensationFailed, .compensationFinished:
      try foldCompensation(event)
    default:
      if !event.type.isKnown { unknownEvents[event.type.rawValue, default: 0] += 1 }
    }
  }

  private mutating func foldRunStarted(_ event: Event) {
    status = .running
    startedAt = event.at
    base = event.commit(.base)
    target = event.text(.target)
    workers = event.integer(.workers) ?? 0
    for entry in event.data[.workstreams]?.array ?? [] {
      guard let id = entry["id"]?.string.flatMap({ WorkstreamID($0) }) else { continue }
      let after = entry["after"]?.array ?? []
      var record = WorkstreamRecord(
        id: id, dependsOn: after.compactMap { $0.string.flatMap { WorkstreamID($0) } })
      // A branch that no run made is finished from the start.
      if let tip = entry["tip"]?.objectID {
        (record.state, record.tip, record.finishedAt) = (.succeeded, tip, event.seq)
        record.source = entry["source"]?.string
        record.inputs = (entry["inputs"]?.array ?? []).compactMap(\.attemptInput)
      }
      add(record)
    }
  }

  /// What is not listed any more stays on record, behind the rest.
  private mutating func foldPlan(_ event: Event) throws(Illegal) {
    guard let entries = event.data[.workstreams]?.array else { return }
    plan = event.commit(.plan) ?? plan
    // Other groups may be put to the gates; what was said of a tree is kept as a verdict.
    waves = []
    var listed: [WorkstreamRecord] = []
    for entry in entries {
      guard let id = entry["id"]?.string.flatMap({ WorkstreamID($0) }) else { continue }
      var record = self[id] ?? WorkstreamRecord(id: id)
      record.dependsOn = (entry["after"]?.array ?? []).compactMap {
        $0.string.flatMap { WorkstreamID($0) }
      }
      listed.append(record)
    }
    let known = Set(listed.map(\.id))
    replace(listed + workstreams.filter { !known.contains($0.id) })
    for record in listed where record.state == .ready {
      let waits = record.dependsOn.contains { self[$0]?.state.isFinished != true }
      if waits { try move(record.id, to: .pending, reason: event.text(.reason)) }
    }
  }

  private mutating func foldRunFinished(_ event: Event) {
    status = event.text(.status).flatMap(Status.init) ?? .failed
    reason = event.text(.reason)
    endedAt = event.at
  }

  private mutating func foldWorker(_ event: Event) throws(Illegal) {
    guard let name = event.worker else { return }
    let old = pool.first { $0.name == name }?.state
    // Only the first sign of life changes anything.
    if event.type == .heartbeat, old != .spawning { return }
    let state: WorkerRecord.State
    switch event.type {
    // A record that says no more was made by a version that had no time of preparation.
    case .workerSpawned:
      state = event.text(.status).flatMap(WorkerRecord.State.init) ?? .idle
    case .workerDraining: state = .draining
    case .heartbeat: state = .idle
    default: state = .terminated
    }
    if old == nil {
      guard event.type == .workerSpawned else { return }
      pool.append(WorkerRecord(name: name, state: .terminated))
    }
    if event.type == .workerSpawned, let old, old != .terminated {
      throw Illegal(message: "worker '\(name)' is \(old.rawValue) already")
    }
    try moveWorker(name, to: state)
    guard let index = pool.firstIndex(where: { $0.name == name }) else { return }
    pool[index].since = state == .spawning ? event.at : nil
  }

  /// The one place where a worker changes its state.
  private mutating func moveWorker(
    _ name: String, to state: WorkerRecord.State
  ) throws(Illegal) {
    guard let index = pool.firstIndex(where: { $0.name == name }) else { return }
    let old = pool[index].state
    guard old.successors.contains(state), state != .terminated || pool[index].workstream == nil
    else {
      throw Illegal(
        message: "worker '\(name)' cannot go from \(old.rawValue) to \(state.rawValue)")
    }
    pool[index].state = state
  }

  private mutating func setWorker(_ name: String?, _ work: WorkstreamID?) throws(Illegal) {
    guard let name, let index = pool.firstIndex(where: { $0.name == name }) else { return }
    if work != nil { try moveWorker(name, to: .busy) }
    pool[index].workstream = work
    pool[index].last = work ?? pool[index].last
    if work == nil, pool[index].state == .busy { try moveWorker(name, to: .idle) }
  }

  private mutating func foldGate(_ event: Event) throws(Illegal) {
    guard let id = event.workstream, let name = event.text(.gate) else { return }
    let stage = event.text(.stage).flatMap(GateRecord.Stage.init) ?? .attempt
    let result: GateRecord.Result =
      switch event.type {
      case .gateStarted: .running
      case .gatePassed: .passed
      default: .failed
      }
    var gate = GateRecord(
      name: name, stage: stage, result: result, required: event.data[.required]?.bool ?? true)
    gate.tree = event.commit(.tree)
    gate.seconds = event.data[.seconds]?.double
    gate.message = event.text(.message)
    gate.isFlaky = event.data["flaky"]?.bool ?? false
    gate.reused = event.integer(.reused)
    let key = event.text(.gateKey) ?? name
    if stage == .integration || stage == .target, result != .running, let seconds = gate.seconds {
      let mean = integration.gateSeconds ?? seconds
      integration.gateSeconds = (mean * 0.8 + seconds * 0.2).roundedToThousandths
    }
    if stage == .target { return foldTargetGate(event, id, gate, key) }
    update(id) { record in
      if let tree = gate.tree, result != .running, event.data[.fault]?.bool != true {
        record.verdicts.append(
          VerdictRecord(
            tree: tree, gate: name, key: key, passed: result == .passed, event: event.seq,
            isFlaky: gate.isFlaky, isConfirmed: event.data[.again]?.bool ?? false))
      }
      if let index = record.gates.firstIndex(where: { $0.name == name && $0.stage == stage }) {
        record.gates[index] = gate
      } else {
        record.gates.append(gate)
      }
    }
  }

  /// What was said of a tree first stands: here it is asked only whether the gate can be carried out.
  private mutating func foldTargetGate(
    _ event: Event, _ id: WorkstreamID, _ gate: GateRecord, _ key: String
  ) {
    guard let tree = gate.tree, gate.result != .running,
      !allVerdicts.contains(where: { $0.tree == tree && $0.key == key })
    else { return }
    update(id) { record in
      record.verdicts.append(
        VerdictRecord(
          tree: tree, gate: gate.name, key: key, passed: gate.result == .passed, event: event.seq,
          isFlaky: gate.isFlaky))
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

extension RunState {
  private mutating func foldTask(_ event: Event) throws(Illegal) {
    guard let id = event.workstream else { return }
    switch event.type {
    case .taskReady:
      try move(id, to: .ready, reason: event.text(.reason))
    case .taskAssigned:
      try move(id, to: .running)
      let number = event.attempt ?? (self[id]?.attempts.count ?? 0) + 1
      var attempt = AttemptRecord(number: number, worker: event.worker, assignedAt: event.at)
      attempt.inputs = event.inputs
      update(id) { record in
        record.notBefore = nil
        record.gates.removeAll { $0.stage == .attempt }
        record.attempts.append(attempt)
      }
      try setWorker(event.worker, id)
      foldProbe(event)
    case .taskStarted:
      updateAttempt(id) { attempt in
        attempt.startedAt = event.at
        attempt.base = event.commit(.base)
        if event.data[.inputs] != nil { attempt.inputs = event.inputs }
      }
    case .taskStopping:
      updateAttempt(id) { attempt in
        attempt.stop = AttemptRecord.Stop(
          intent: event.text(.intent).flatMap(AttemptRecord.Stop.Intent.init) ?? .interrupt,
          graceful: event.data[.graceful]?.bool ?? true, reason: event.text(.reason))
      }
    case .taskProgress:
      updateAttempt(id) { attempt in
        attempt.progress = event.integer(.percent) ?? attempt.progress
        attempt.note = event.text(.message) ?? attempt.note
      }
    case .taskRetried:
      let isAfterFailure = self[id]?.state == .failed
      try move(id, to: .ready, reason: event.text(.reason))
      update(id) { record in
        record.notBefore = event.text(.notBefore).flatMap { Timestamp($0) }
        guard !isAfterFailure else { return }
        record.forgiven = record.attempts.count
        record.isFresh = event.data[.fresh]?.bool ?? false
      }
    case .taskQuarantined: try move(id, to: .quarantined, reason: event.text(.reason))
    case .dynamicDependencyDiscovered: try foldDependency(event, id)
    case .taskCompleted, .taskFailed, .taskCancelled: try foldEnd(event, id)
    default: break
    }
  }

  private mutating func foldDependency(_ event: Event, _ id: WorkstreamID) throws(Illegal) {
    guard let other = event.text(.dependsOn).flatMap({ WorkstreamID($0) }) else { return }
    update(id) { record in
      if !record.dependsOn.contains(other) { record.dependsOn.append(other) }
    }
    if self[id]?.state == .ready { try move(id, to: .pending, reason: event.text(.reason)) }
  }

  private mutating func foldEnd(_ event: Event, _ id: WorkstreamID) throws(Illegal) {
    let wasRunning = self[id]?.state == .running
    let outcome: AttemptRecord.Outcome
    switch event.type {
    case .taskCompleted:
      try move(id, to: .succeeded)
      outcome = .succeeded
      update(id) { record in
        record.tip = event.commit(.tip)
        record.finishedAt = event.seq
      }
    case .taskFailed:
      try move(id, to: .failed, reason: event.text(.message))
      outcome = .failed
    default:
      try move(id, to: .cancelled, reason: event.text(.reason))
      outcome = .cancelled
      update(id) { $0.culprit = event.text(.culprit).flatMap { WorkstreamID($0) } }
    }
    guard wasRunning else { return }
    try setWorker(self[id]?.lastAttempt?.worker, nil)
    foldToolEnd(event)
    updateAttempt(id) { attempt in
      attempt.outcome = outcome
      attempt.endedAt = event.at
      attempt.base = event.commit(.base) ?? attempt.base
      attempt.tip = event.commit(.tip)
      attempt.error = event.text(.kind).flatMap(ErrorKind.init)
      attempt.message = event.text(.message)
      attempt.isTransient = event.data[.transient]?.bool ?? false
      attempt.salvage = event.text(.salvage)
      attempt.tree = event.commit(.tree)
      attempt.files = event.integer(.files)
      attempt.missing = (event.data[.missing]?.array ?? []).compactMap(\.string)
    }
  }

  private mutating func updateAttempt(
    _ id: WorkstreamID, _ body: (inout AttemptRecord) -> Void
  ) {
    update(id) { record in
      guard !record.attempts.isEmpty else { return }
      body(&record.attempts[record.attempts.count - 1])
    }
  }
}
