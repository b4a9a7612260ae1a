import UETModel

extension DispatchMachine {
  /// What follows from the state by itself, a step at a time: record and apply the drafts and ask
  /// again until there are none.
  ///
  /// It looks at nothing but the state, so a crash between any two events loses no consequence. It
  /// is `mutating` for the derived index alone.
  package mutating func advance(at now: Timestamp) -> [EventDraft] {
    guard !state.status.isOver, !state.pool.isEmpty else { return [] }
    let settled = settlements() + budgetNews()
    if !settled.isEmpty { return settled }
    let ends = index.doomed.map { loss($0) } + index.failed.map { afterFailure($0, at: now) }
    if !ends.isEmpty { return ends }
    let changes = breakerChanges(at: now)
    if !changes.isEmpty { return changes }
    let ready = index.revivable.map { revival($0) } + index.promotable.map { promotion($0) }
    if !ready.isEmpty { return ready }
    let ended = terminations(at: now)
    if !ended.isEmpty { return ended }
    if let deadline, deadline <= now {
      let stops = stopAll(graceful: true, "the time for draining is over")
      if !stops.isEmpty { return stops }
      self.deadline = nil
    }
    let tests = waveStarts()
    if !tests.isEmpty { return tests }
    return assignment(at: now) ?? retirement(at: now) ?? finish() ?? []
  }

  private func promotion(_ place: Int) -> EventDraft {
    EventDraft(.taskReady(.init()), workstream: plan.items[place].id)
  }

  /// Brings back what was cancelled for want of a dependency that has a result after all.
  private func revival(_ place: Int) -> EventDraft {
    let id = plan.items[place].id
    let culprit = state[id]?.culprit.map { "'\($0)' has finished after all" }
    return EventDraft(.taskRetried(.init { $0.reason = culprit }), workstream: id)
  }

  /// Cancels what waits for something that will not come, naming the first cause.
  private func loss(_ place: Int) -> EventDraft {
    let direct = index.lostDependency(of: place).flatMap { state[plan.items[$0].id] }
    let culprit = direct?.culprit.flatMap { state[$0] } ?? direct
    var reason = "a dependency will not finish"
    if let direct, let culprit {
      let fate = culprit.state.rawValue.lowercased()
      let why = culprit.reason.map { ": \($0)" } ?? ""
      let through = direct.id == culprit.id ? "" : " (through '\(direct.id)')"
      reason = "needs '\(culprit.id)'\(through), which is \(fate)\(why)"
    }
    let end = Told<Fact.TaskEnd> { ($0.reason, $0.culprit) = (reason, culprit?.id) }
    return EventDraft(.taskCancelled(end), workstream: plan.items[place].id)
  }

  private mutating func assignment(at now: Timestamp) -> [EventDraft]? {
    guard state.status == .running, hasIdle || mayGrow else { return nil }
    // Nothing of a run that is spared ends it: the next tier lets it go on.
    if isSpared { return nil }
    index.releaseTools(at: now)
    index.releaseTimers(at: now)
    if let recheck = pace.recheck, recheck <= now {
      pace.recheck = nil
      index.releaseWithheld()
    }
    // Where the run has nothing left, nobody needs to be asked.
    if policy.budget.mode == .halt, let run = budget.run, run.left <= .zero { return nil }
    if isRationed, !index.tools.examples.contains(where: { mayAsk($0, at: now) }) { return nil }
    index.locks.unshelve()
    stock.forgetThirst()
    while true {
      guard let place = index.locks.next() else {
        // One without money does not keep those after it waiting.
        guard let place = index.locks.waitingAlone, !canPay(place, at: now) else { break }
        index.withhold(place)
        continue
      }
      if isBehind(place) {
        // One that runs alone is not overtaken.
        if index.locks.runsAlone(place) { return nil }
        index.locks.shelve(place)
        continue
      }
      guard mayAsk(place, at: now) else {
        index.withhold(place)
        continue
      }
      let funding = funding(of: place)
      guard funding.isEnough else {
        index.withhold(place)
        continue
      }
      if stock.lacks(for: ask(of: place), as: place) {
        if index.locks.runsAlone(place) { return nil }
        index.locks.shelve(place)
        continue
      }
      guard let worker = worker(for: place) else { return growth() }
      return start(of: place, on: worker, funding)
    }
    // Nobody is left whose end would have them looked at again.
    guard index.running.isEmpty, index.withheld.contains(where: { canPay($0, at: now) }) else {
      return nil
    }
    index.releaseWithheld()
    return assignment(at: now)
  }

  /// Whether there is money for the item, and its provider may be asked.
  private mutating func canPay(_ place: Int, at now: Timestamp) -> Bool {
    isFunded(place) && mayAsk(place, at: now)
  }

  private func start(
    of place: Int, on worker: WorkerRecord, _ funding: Funding
  ) -> [EventDraft] {
    let draft = assignment(of: place, to: worker)
    guard case .reserved(let told) = funding else { return [draft] }
    return [
      EventDraft(.budgetReserved(told), workstream: draft.workstream, attempt: draft.attempt),
      draft,
    ]
  }

  private func assignment(of place: Int, to worker: WorkerRecord) -> EventDraft {
    let inputs = self.inputs(of: place)
    let item = plan.items[place]
    let route = index.tools.route(of: place) ?? item.routes[0]
    let site = site(for: place)
    let assigned = Told<Fact.TaskAssigned> {
      if route.sites.count > 1, site.executor != AttemptRecord.localExecutor {
        $0.executor = site.executor
      }
      ($0.inputs, $0.probe) = (inputs.nonEmpty, index.tools.probe(by: place))
      if route.tool != item.tool {
        ($0.tool, $0.reason) = (route.tool, reason(for: route, at: place))
      }
    }
    let id = item.id
    return EventDraft(
      .taskAssigned(assigned), workstream: id, attempt: (state[id]?.lastAttempt?.number ?? 0) + 1,
      worker: worker.name, anchors: inputs.map(\.commit))
  }

  /// The results that an attempt at a workstream would build on now.
  package func inputs(of id: WorkstreamID) -> [AttemptRecord.Input] {
    plan.items.firstIndex { $0.id == id }.map { inputs(of: $0) } ?? []
  }

  /// The results that an attempt at the item would build on now.
  func inputs(of place: Int) -> [AttemptRecord.Input] {
    let dependencies = index.finishedDependencies(of: place)
    return index.lineage.inputs(of: place, dependencies: dependencies).compactMap { input in
      let id = plan.items[input].id
      return state[id]?.tip.map { AttemptRecord.Input(workstream: id, commit: $0) }
    }
  }

  /// The end of the run, when nothing is left to do or nobody to do it.
  private func finish() -> [EventDraft]? {
    guard index.running.isEmpty else { return nil }
    let hasWorkers = state.liveWorkers > 0
    let halt = index.unsettled > 0 && hasWorkers ? shortage() : nil
    if index.unsettled > 0, hasWorkers, halt == nil { return nil }
    // A gate of a wave may take as long as a drain does.
    if index.waves.runningTotal > 0, hasWorkers || deadline != nil { return nil }
    let (status, reason) = halt.map { (.halted, halted(by: $0)) } ?? ending()
    return finish(as: status, reason, halt)
  }

  /// The end of the run and of its workers.
  func finish(
    as status: RunState.Status, _ reason: String?, _ halt: BudgetScope? = nil
  ) -> [EventDraft] {
    let end = Told<Fact.RunFinished> {
      ($0.status, $0.reason, $0.budget) = (status, reason, halt)
    }
    let workers = state.pool.filter { $0.state != .terminated }
      .map { EventDraft(.workerTerminated(.init()), worker: $0.name) }
    return workers + [EventDraft(.runFinished(end))]
  }

  private func halted(by scope: BudgetScope) -> String? {
    "\(words(on: scope)); \(index.unsettled) of \(plan.items.count) to do"
  }

  private func ending() -> (RunState.Status, String?) {
    if index.unsettled > 0 {
      return (.interrupted, "stopped with \(index.unsettled) of \(plan.items.count) to do")
    }
    let unfinished = plan.items.compactMap { state[$0.id] }.filter { !$0.state.isFinished }
    let (red, open) = waveTroubles()
    if let open { return (.interrupted, open) }
    let waves = red.first.map { first in
      "\(first.gate) is red on wave \(first.wave)" + red.more(than: 1)
    }
    let reasons = [unfinished.isEmpty ? nil : summary(of: unfinished), waves].compactMap { $0 }
    return reasons.isEmpty ? (.succeeded, nil) : (.failed, reasons.joined(separator: "; "))
  }

  private func summary(of unfinished: [WorkstreamRecord]) -> String {
    let causes = unfinished.filter { $0.culprit == nil }
    let names = causes.map { "'\($0.id)' \($0.state.rawValue)" }.listed(3)
    return "\(unfinished.count) of \(plan.items.count) did not finish: \(names)"
  }
}
