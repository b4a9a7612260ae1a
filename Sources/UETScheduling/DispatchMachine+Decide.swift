import UETModel

extension DispatchMachine {
  /// The facts that an input adds to the record; nothing when it comes too late or says nothing
  /// new.
  package func decide(_ input: DispatchInput, at now: Timestamp) throws(DispatchError)
    -> [EventDraft]
  {
    switch input {
    case .start: return try spawn(upTo: fewest, beside: 0)
    case .recover(let ended, let adopted): return try recover(ended, adopted, at: now)
    case .release(let ended): return release(ended)
    case .attemptEnded(let name, let outcome, let details):
      return isUnderWay(name) ? ends(name, outcome, details, at: now) : []
    case .waveTested(let test, let outcome, let details): return end(test, outcome, details)
    case .workerReady(let name):
      return state.pool[name]?.state == .spawning
        ? [EventDraft(.heartbeat(.init()), worker: name)] : []
    case .workerLost(let name, let reason):
      return state.pool[name]?.state == .spawning ? [termination(name, reason)] : []
    case .timerFired: return []
    case .drain: return drain(until: now.advanced(bySeconds: policy.drain), "the run is stopping")
    case .stopNow: return stopNow(at: now)
    case .pause(let reason):
      guard state.status == .running else { return [] }
      return [EventDraft(.runPaused(.because(reason)))]
    case .resume: return state.status == .paused ? [EventDraft(.runResumed(.init()))] : []
    case .cancelAll(let ids, let reason): return try cancelAll(ids, reason)
    case .setWorkers(let count): return try setWorkers(count)
    case .room: return []
    case .addDependency(let id, let other, let reason):
      return try addDependency(id, other, reason)
    case .changePlan(let change): return try changePlan(change)
    case .retry(let request): return try retry(request)
    case .changeBudget(let changes): return try changeBudget(changes)
    case .tier(let change): return mode(change)
    case .yield: return yield()
    case .fact(let draft): return isTimely(draft) ? [draft] : []
    }
  }

  private func isUnderWay(_ name: AttemptName) -> Bool {
    let record = state[name.workstream]
    return record?.state == .running && record?.lastAttempt?.number == name.number
  }

  /// Whether what a draft says can still be said: a late report of a past attempt would be taken
  /// for one of the present attempt.
  private func isTimely(_ draft: EventDraft) -> Bool {
    guard let id = draft.workstream, let number = draft.attempt else { return true }
    // The answer may come when its attempt has ended for it.
    if case .questionAnswered(let fact) = draft.fact, state[id]?.lastAttempt?.number == number,
      state[id]?.open.contains(where: { $0.number == fact.number }) == true
    {
      return true
    }
    // What was spent was spent, however late that is told.
    if case .usageRecorded = draft.fact, let last = state[id]?.lastAttempt, number <= last.number {
      return true
    }
    return isUnderWay(AttemptName(id, number))
  }
}

extension DispatchMachine {
  /// The end of an attempt, and before it what its provider told.
  private func ends(
    _ name: AttemptName, _ outcome: AttemptOutcome, _ details: JSONObject, at now: Timestamp
  ) -> [EventDraft] {
    [waitOrder(name, outcome, at: now), end(name, outcome, details)].compactMap { $0 }
  }

  func end(_ name: AttemptName, _ outcome: AttemptOutcome, _ details: JSONObject) -> EventDraft {
    let attempt = state[name.workstream]?.lastAttempt
    var end = Told<Fact.TaskEnd>()
    let ending: AttemptRecord.Outcome
    switch (outcome, attempt?.stop?.intent) {
    case (_, .cancel):
      ending = .cancelled
      end.reason = attempt?.stop?.reason
    case (.succeeded(let tip, let base), _):
      ending = .succeeded
      (end.tip, end.base) = (tip, base)
    case (_, .interrupt):
      ending = .failed
      (end.kind, end.message) = (.orchestratorCrash, "ended because the run was stopped")
    case (_, .budget):
      ending = .failed
      (end.kind, end.message) = (.budgetExceeded, attempt?.stop?.reason ?? "its money is spent")
    case (.failed(let failure), nil):
      ending = .failed
      (end.kind, end.message) = (failure.asks == nil ? failure.kind : nil, failure.message)
      end.asks = failure.asks
      end.transient = failure.isTransient ? true : nil
    case (.cancelled, nil):
      ending = .cancelled
      end.reason = "its attempt was ended on request"
    }
    let anchors = keep(outcome, in: &end)
    judgeTool(outcome, of: name, as: ending, in: &end)
    end.members.complete(with: details)
    let fact: Fact =
      switch ending {
      case .succeeded, .running: .taskCompleted(end)
      case .failed: .taskFailed(end)
      case .cancelled: .taskCancelled(end)
      }
    return EventDraft(
      fact, workstream: name.workstream, attempt: name.number, worker: attempt?.worker,
      anchors: anchors)
  }

  /// Names what the attempt left, and gives what is anchored so that no garbage collection takes
  /// it.
  private func keep(_ outcome: AttemptOutcome, in end: inout Told<Fact.TaskEnd>) -> [ObjectID] {
    switch outcome {
    case .succeeded(let tip, let base):
      end.tip = tip
      return [tip, base].compactMap { $0 }
    case .failed(let failure):
      (end.salvage, end.tip) = (failure.salvage, failure.tip)
      return [failure.tip].compactMap { $0 }
    case .cancelled(let salvage):
      end.salvage = salvage
      return []
    }
  }

  private func recover(
    _ ended: [AttemptName: AttemptOutcome], _ adopted: Set<AttemptName>, at now: Timestamp
  ) throws(DispatchError) -> [EventDraft] {
    var drafts = [EventDraft(.recoveryStarted(.init()))]
    let crash = AttemptFailure(.orchestratorCrash, "the orchestrator ended while it ran")
    let busy = state.pool.filter { worker in
      worker.workstream.map { id in
        underWay.contains { adopted.contains($0) && $0.workstream == id }
      }
        ?? false
    }
    for name in underWay where !adopted.contains(name) {
      drafts += ends(name, ended[name] ?? .failed(crash), JSONObject(), at: now)
    }
    let gone = state.pool.filter { worker in
      worker.state == .spawning || worker.state == .draining && !busy.contains(worker)
    }
    drafts += gone.map { EventDraft(.workerTerminated(.init()), worker: $0.name) }
    if index.unsettled > 0 || hasUntestedWaves {
      let live = state.pool.filter { $0.state == .idle || $0.state == .busy }
      drafts += try spawn(
        upTo: fewest, beside: live.count, freeing: Set(gone.map(\.name)))
    }
    return drafts + [EventDraft(.recoveryFinished(.init()))]
  }
}

extension DispatchMachine {
  private func addDependency(
    _ id: WorkstreamID, _ other: WorkstreamID, _ reason: String?
  ) throws(DispatchError) -> [EventDraft] {
    guard let item = place(id), let record = state[id] else { throw .unknown(id) }
    guard let needed = place(other) else { throw .unknown(other) }
    if index.dependencies[item].contains(needed) { return [] }
    if index.reaches(needed, item) { throw .cycle([id, other]) }
    guard [.pending, .ready, .running].contains(record.state) else {
      throw .notPossible(id, record.state)
    }
    let found = Told<Fact.DependencyFound> {
      ($0.dependsOn, $0.reason) = (other, reason ?? "found to need '\(other)'")
    }
    return [EventDraft(.dependencyFound(found), workstream: id)]
  }

  private func cancel(_ id: WorkstreamID, _ reason: String) throws(DispatchError) -> [EventDraft] {
    guard let record = state[id], place(id) != nil else { throw .unknown(id) }
    switch record.state {
    case .pending, .ready:
      return [EventDraft(.taskCancelled(.init { $0.reason = reason }), workstream: id)]
    case .running:
      guard let attempt = record.lastAttempt, attempt.stop?.intent != .cancel else { return [] }
      return [stopping(AttemptName(id, attempt.number), .cancel, graceful: true, reason)]
    case .failed:
      return [EventDraft(.taskQuarantined(.because(reason)), workstream: id)]
    case .cancelled: return []
    default: throw .notPossible(id, record.state)
    }
  }

  private func cancelAll(
    _ ids: [WorkstreamID], _ reason: String
  ) throws(DispatchError) -> [EventDraft] {
    var seen: Set<WorkstreamID> = []
    var wanted = ids.filter { seen.insert($0).inserted }
    if ids.isEmpty {
      wanted = plan.items.map(\.id).filter { state[$0]?.state.isSettled == false }
    }
    var drafts: [EventDraft] = []
    for id in wanted { drafts += try cancel(id, reason) }
    return drafts
  }

  func stopping(
    _ name: AttemptName, _ intent: AttemptRecord.Stop.Intent, graceful: Bool, _ reason: String
  ) -> EventDraft {
    EventDraft(
      .taskStopping(.init { ($0.intent, $0.graceful, $0.reason) = (intent, graceful, reason) }),
      workstream: name.workstream, attempt: name.number)
  }
}
