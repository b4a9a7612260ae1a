import UETModel

/// Live dispatch as a state machine: decides what is recorded, folds what was recorded, and says
/// what must be done because of it.
package struct DispatchMachine: RecordedMachine {
  package private(set) var plan: DispatchPlan
  /// The plan that the next plan_changed brings in.
  private var successor: DispatchPlan?
  package var policy: DispatchPolicy
  package private(set) var state: RunState
  var index: DispatchIndex
  var budget: BudgetBook
  var pace: PaceBook
  var stock: ResourceStock
  /// When the attempts of a drain are ended; nil while none is under way.
  var deadline: Timestamp?
  /// How long the machine slept in all, and when it last woke.
  private var sleep: (seconds: Double, until: Timestamp)?

  /// Takes the state as folded so far: a run without events, or that of a run to go on with.
  package init(plan: DispatchPlan, policy: DispatchPolicy, state: RunState) {
    self.plan = plan
    self.policy = policy
    self.state = state
    budget = BudgetBook(plan, policy.budget, state)
    pace = PaceBook(plan, policy, state)
    stock = ResourceStock(plan, policy, state)
    index = DispatchIndex(
      plan, state, patience: policy.patience,
      holdsStarts: !budget.isFunding && policy.leastWorkers == nil)
  }

  /// The earliest moment at which `timerFired` may change something.
  ///
  /// What waits for a moment of its own matters only when a worker is free: otherwise the end of
  /// some attempt comes first, and a past moment must not hide a later one.
  package var nextWake: Timestamp? {
    var moments = [deadline]
    if state.status == .running, hasIdle {
      moments += [index.timers.first?.at, index.tools.nextTrial, pace.recheck]
    }
    moments += readyTimes.map(\.until)
    moments.append(nextSurplus)
    return moments.compactMap { $0 }.min()
  }

  /// Time in which nobody could do anything counts neither for a worker that is being made ready
  /// nor for the end of what runs.
  package mutating func slept(_ seconds: Double, until now: Timestamp) {
    sleep = ((sleep?.seconds ?? 0) + seconds, now)
    deadline = deadline?.advanced(bySeconds: seconds)
  }

  /// Seconds that the machine may have slept since.
  func asleep(since time: Timestamp) -> Double {
    guard let sleep, time < sleep.until else { return 0 }
    return sleep.seconds
  }

  /// Attempts that the record has under way, in plan order.
  package var underWay: [AttemptName] { index.running.compactMap { attempt(at: $0) } }

  package var unfinished: [DispatchEffect] {
    state.workstreams.compactMap { record in
      guard record.state == .succeeded, let last = record.lastAttempt, let tip = record.tip else {
        return nil
      }
      return .publish(AttemptName(record.id, last.number), tip: tip)
    }
  }

  package static var takesSeveral: Bool { true }

  package static var wake: DispatchInput { .timerFired }

  package mutating func accept(
    _ input: DispatchInput, at now: Timestamp, record: ([EventDraft]) throws -> [Event]
  ) throws -> [DispatchEffect] {
    switch input {
    case .changePlan(let change): successor = change.plan
    case .room(let resources):
      for (name, amount) in resources.amounts where policy.resources[name] != nil {
        policy.resources[name] = amount
      }
      stock.set(resources)
    default: break
    }
    defer { successor = nil }
    let effects = try fold(try record(try decide(input, at: now)))
    if case .setWorkers(let count) = input { policy.isPinned = count != .auto }
    return effects
  }

  /// Folds one recorded event and gives the effects it calls for; a caller that recovers drops
  /// them.
  package mutating func apply(_ event: Event) throws(RunState.FoldError) -> [DispatchEffect] {
    try state.apply(event)
    return follow(event)
  }

  /// Keeps what is derived from the state, and gives the effects.
  private mutating func follow(_ event: Event) -> [DispatchEffect] {
    switch event.fact {
    case .runStarted: renew()
    case .planChanged:
      plan = successor ?? plan
      renew()
    case .recoveryStarted:
      deadline = nil
      index.waves = WaveWatch(plan, state)
      stock.follow(state.waves, plan)
    case .runFinished:
      deadline = nil
      return [.runEnded(state.status)]

    case .workerSpawned:
      index.setWorkers(state.liveWorkers)
      index.releaseWithheld()
      return event.worker.map { [.prepareWorker($0)] } ?? []
    case .workerDraining(let fact):
      index.setWorkers(state.liveWorkers)
      deadline = fact.until ?? deadline
    case .workerTerminated:
      index.setWorkers(state.liveWorkers)
      index.releaseWithheld()
    case .breakerOpened(let fact), .breakerClosed(let fact): followBreaker(of: fact.tool)
    case .rateLimited(let fact):
      if let provider = fact.provider.flatMap({ state.provider($0) }) { index.follow(provider) }

    case .taskAssigned(let fact):
      follow(event.workstream)
      return start(fact, event)
    case .taskStopping(let fact):
      follow(event.workstream)
      return attempt(of: event).map { [.cancelAttempt($0, graceful: fact.graceful ?? true)] } ?? []
    case .taskCompleted(let fact):
      follow(event.workstream)
      index.releaseWithheld()
      guard let name = attempt(of: event), let tip = fact.tip else { return [] }
      return [.publish(name, tip: tip)]
    case .taskFailed, .taskCancelled:
      follow(event.workstream)
      index.releaseWithheld()
    case .dependencyFound(let fact):
      follow(event.workstream)
      if let place = place(event.workstream), let other = self.place(fact.dependsOn) {
        index.addDependency(place, on: other)
      }

    case .usageRecorded, .budgetReserved, .budgetSettled:
      if case .usageRecorded = event.fact { followPace(event.workstream, attempt: event.attempt) }
      budget.follow(place(event.workstream), state, index.places)
      if case .budgetSettled = event.fact { index.releaseWithheld() }
    case .budgetOverridden: renew()

    case .gateStarted(let fact):
      followWave(fact)
      return WaveTest(fact).map { [.testWave($0)] } ?? []
    case .gatePassed(let fact), .gateFailed(let fact): followWave(fact)
    case .landed(let fact): for id in fact.workstreams ?? [] { follow(id) }

    case .runPaused, .runResumed, .recoveryFinished, .heartbeat, .taskReady, .taskStarted,
      .taskProgress, .taskRetried, .taskQuarantined, .scopeViolation,
      .waveReleased, .candidateQueued, .mergeStarted, .mergePrepared, .mergeSucceeded,
      .mergeConflict, .conflictResolved, .repairStarted, .repairFailed, .candidateEjected,
      .candidateHeld, .candidateDequeued, .candidatePromoted, .probeStarted, .probePrepared,
      .integrationFaulted, .integrationPaused, .integrationResumed, .integrationRestarted,
      .integrationFrozen, .integrationUnfrozen, .strategyChosen, .landingStarted, .landingRefused,
      .compensationStarted, .compensationStep, .compensationFailed, .compensationFinished,
      .reviewRequested, .reviewDecided, .inboxRefused, .budgetWarning, .budgetExceeded,
      .protectedChangeFound, .questionAsked, .questionAnswered, .modeChanged, .unknown:
      follow(event.workstream)
    }
    return []
  }

  private mutating func renew() {
    budget = BudgetBook(plan, policy.budget, state)
    pace = PaceBook(plan, policy, state)
    stock = ResourceStock(plan, policy, state)
    index = DispatchIndex(
      plan, state, patience: policy.patience,
      holdsStarts: !budget.isFunding && policy.leastWorkers == nil)
  }

  private mutating func follow(_ id: WorkstreamID?) {
    guard let place = place(id), let record = state[plan.items[place].id] else { return }
    index.change(place, to: record)
    stock.follow(record, at: place, of: plan.items[place])
    followBreaker(of: plan.items[place].route(of: record.lastAttempt).tool)
    followPace(id)
  }

  private mutating func followBreaker(of tool: String?) {
    if let breaker = tool.flatMap({ state.breaker($0) }) { index.follow(breaker) }
  }

  private mutating func followWave(_ fact: Told<Fact.GateRun>) {
    guard fact.has(\.wave), let first = fact.inputs?.first else { return }
    if let place = place(first.workstream) { index.waves.look(at: place) }
    stock.follow(state.waves, plan)
  }

  private func start(_ fact: Told<Fact.TaskAssigned>, _ event: Event) -> [DispatchEffect] {
    guard let place = place(event.workstream), let name = attempt(at: place) else { return [] }
    return [.startAttempt(order(name, place, event.worker, fact.inputs ?? []))]
  }

  /// What an attempt under way was started with.
  package func order(of name: AttemptName) -> AttemptOrder? {
    guard let place = place(name.workstream), let attempt = state[name.workstream]?.lastAttempt,
      attempt.number == name.number
    else { return nil }
    return order(name, place, attempt.worker, attempt.inputs)
  }

  private func order(
    _ name: AttemptName, _ place: Int, _ worker: String?, _ inputs: [AttemptRecord.Input]
  ) -> AttemptOrder {
    let item = plan.items[place]
    let attempt = state[item.id]?.lastAttempt
    let route = item.route(of: attempt)
    return AttemptOrder(
      name: name, place: place, worker: worker ?? "", inputs: inputs,
      tool: route.tool, executor: route.site(of: attempt).executor, timeout: item.timeout,
      cap: state.spending.reservation(name.workstream, name.number)?.cap)
  }

  private func attempt(of event: Event) -> AttemptName? {
    place(event.workstream).flatMap { attempt(at: $0) }
  }

  func place(_ id: WorkstreamID?) -> Int? { id.flatMap { index.places[$0] } }

  /// The last attempt at an item.
  func attempt(at place: Int) -> AttemptName? {
    let id = plan.items[place].id
    return state[id]?.lastAttempt.map { AttemptName(id, $0.number) }
  }
}
