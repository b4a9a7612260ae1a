extension RunState {
  mutating func foldAssigned(
    _ fact: Told<Fact.TaskAssigned>, _ id: WorkstreamID, _ event: Event
  ) throws(Illegal) {
    try move(id, to: .running)
    let number = event.attempt ?? (self[id]?.attempts.count ?? 0) + 1
    var attempt = AttemptRecord(number: number, worker: event.worker, assignedAt: event.at)
    attempt.inputs = fact.inputs ?? []
    (attempt.tool, attempt.executor) = (fact.tool, fact.executor)
    update(id) { record in
      record.notBefore = nil
      record.gates.removeAll { $0.stage == .attempt }
      record.attempts.append(attempt)
    }
    try setWorker(event.worker, id)
    foldProbe(fact, id)
  }

  mutating func foldStarted(_ fact: Told<Fact.TaskStarted>, _ id: WorkstreamID, _ event: Event) {
    updateAttempt(id) { attempt in
      attempt.startedAt = event.at
      attempt.base = fact.base
      attempt.executor = fact.executor ?? attempt.executor
      if fact.has(\.inputs) { attempt.inputs = fact.inputs ?? [] }
    }
  }

  mutating func foldProgress(_ fact: Told<Fact.TaskProgress>, _ id: WorkstreamID) {
    updateAttempt(id) { attempt in
      attempt.progress = fact.percent ?? attempt.progress
      attempt.note = fact.message ?? attempt.note
    }
  }

  mutating func foldQuestion(_ fact: Told<Fact.Question>, _ id: WorkstreamID, _ event: Event) {
    guard let attempt = event.attempt, let number = fact.number, let question = fact.question
    else { return }
    updateAttempt(id, attempt) { attempt in
      if attempt.questions.contains(where: { $0.number == number }) { return }
      var record = QuestionRecord(number: number, question: question, askedAt: event.at)
      (record.options, record.isOptional) = (fact.options ?? [], fact.optional ?? false)
      attempt.questions.append(record)
    }
  }

  mutating func foldAnswer(_ fact: Told<Fact.Question>, _ id: WorkstreamID, _ event: Event) {
    guard let attempt = event.attempt else { return }
    updateAttempt(id, attempt) { attempt in
      guard let index = attempt.questions.firstIndex(where: { $0.number == fact.number }) else {
        return
      }
      (attempt.questions[index].answer, attempt.questions[index].by) = (fact.answer, fact.by)
    }
  }

  mutating func foldStopping(_ fact: Told<Fact.TaskStopping>, _ id: WorkstreamID) {
    updateAttempt(id) { attempt in
      attempt.stop = AttemptRecord.Stop(
        intent: fact.intent ?? .interrupt, graceful: fact.graceful ?? true, reason: fact.reason)
    }
  }

  mutating func foldRetried(
    _ fact: Told<Fact.TaskRetried>, _ id: WorkstreamID
  ) throws(Illegal) {
    let isAfterFailure = self[id]?.state == .failed
    try move(id, to: .ready, reason: fact.reason)
    update(id) { record in
      record.notBefore = fact.notBefore
      guard !isAfterFailure else { return }
      record.forgiven = record.attempts.count
      record.isFresh = fact.fresh ?? false
      if record.isFresh { record.notes = [] }
      if let note = fact.note { record.notes.append(note) }
    }
  }

  mutating func foldDependency(
    _ fact: Told<Fact.DependencyFound>, _ id: WorkstreamID
  ) throws(Illegal) {
    guard let other = fact.dependsOn else { return }
    update(id) { record in
      if !record.dependsOn.contains(other) { record.dependsOn.append(other) }
    }
    if self[id]?.state == .ready { try move(id, to: .pending, reason: fact.reason) }
  }

  mutating func foldCompleted(
    _ fact: Told<Fact.TaskEnd>, _ id: WorkstreamID, _ event: Event
  ) throws(Illegal) {
    let wasRunning = self[id]?.state == .running
    try move(id, to: .succeeded)
    update(id) { ($0.tip, $0.finishedAt) = (fact.tip, event.seq) }
    if wasRunning { try foldEnd(fact, .succeeded, id, event) }
  }

  mutating func foldFailed(
    _ fact: Told<Fact.TaskEnd>, _ id: WorkstreamID, _ event: Event
  ) throws(Illegal) {
    let wasRunning = self[id]?.state == .running
    try move(id, to: .failed, reason: fact.message)
    if wasRunning { try foldEnd(fact, .failed, id, event) }
    note(LandedFinding(fact, id, event))
  }

  mutating func foldCancelled(
    _ fact: Told<Fact.TaskEnd>, _ id: WorkstreamID, _ event: Event
  ) throws(Illegal) {
    let wasRunning = self[id]?.state == .running
    try move(id, to: .cancelled, reason: fact.reason)
    update(id) { $0.culprit = fact.culprit }
    if wasRunning { try foldEnd(fact, .cancelled, id, event) }
  }

  mutating func foldEnd(
    _ fact: Told<Fact.TaskEnd>, _ outcome: AttemptRecord.Outcome, _ id: WorkstreamID, _ event: Event
  ) throws(Illegal) {
    try setWorker(self[id]?.lastAttempt?.worker, nil)
    foldToolEnd(fact, id)
    if outcome == .succeeded { foldAnswered(fact) }
    updateAttempt(id) { attempt in
      (attempt.outcome, attempt.endedAt) = (outcome, event.at)
      attempt.base = fact.base ?? attempt.base
      (attempt.tip, attempt.tree, attempt.salvage) = (fact.tip, fact.tree, fact.salvage)
      (attempt.error, attempt.message) = (fact.kind, fact.message)
      (attempt.asks, attempt.provider) = (fact.asks, fact.provider)
      attempt.isTransient = fact.transient ?? false
      (attempt.files, attempt.missing) = (fact.files, fact.missing ?? [])
      attempt.handoff = fact.handoff
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

extension RunState {
  mutating func foldSpawned(
    _ fact: Told<Fact.WorkerSpawned>, _ event: Event
  ) throws(Illegal) {
    guard let name = event.worker else { return }
    if let old = pool[name]?.state {
      guard old == .terminated else {
        throw Illegal(message: "worker '\(name)' is \(old.rawValue) already")
      }
    } else {
      pool.append(WorkerRecord(name: name, state: .terminated))
    }
    // A record that says no more was made by a version that had no time of preparation.
    try moveWorker(name, to: fact.status ?? .idle, at: event.at)
  }

  /// The one place where a worker changes its state; `at` is when.
  mutating func moveWorker(
    _ name: String?, to state: WorkerRecord.State, at time: Timestamp? = nil
  ) throws(Illegal) {
    guard let place = pool.place(of: name) else { return }
    let (worker, old) = (pool[place], pool[place].state)
    guard old.successors.contains(state), state != .terminated || worker.workstream == nil else {
      throw Illegal(
        message: "worker '\(worker.name)' cannot go from \(old.rawValue) to \(state.rawValue)")
    }
    // One that comes for some work and gets none is to go again, after a while.
    let isKept = state == .spawning || state == .idle && leastWorkers != nil
    pool.update(place) {
      $0.state = state
      if let time { $0.since = isKept ? time : nil }
    }
  }

  private mutating func setWorker(_ name: String?, _ work: WorkstreamID?) throws(Illegal) {
    guard let place = pool.place(of: name) else { return }
    if work != nil { try moveWorker(name, to: .busy) }
    pool.update(place) {
      $0.workstream = work
      $0.last = work ?? $0.last
    }
    if work == nil, pool[place].state == .busy { try moveWorker(name, to: .idle) }
  }
}
