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
  /// When the attempts of a drain are ended; nil while none is under way.
  var deadline: Timestamp?

  /// Takes the state as folded so far: a run without events, or that of a run to go on with.
  package init(plan: DispatchPlan, policy: DispatchPolicy, state: RunState) {
    self.plan = plan
    self.policy = policy
    self.state = state
    index = DispatchIndex(plan, state)
  }

  /// The earliest moment at which `timerFired` may change something.
  ///
  /// What waits for a moment of its own matters only when a worker is free: otherwise the end of some
  /// attempt comes first, and a past moment must not hide a later one.
  package var nextWake: Timestamp? {
    var moments = [deadline]
    if state.status == .running, !idleWorkers.isEmpty {
      moments += [index.timers.first?.at, index.tools.nextTrial]
    }
    moments += state.pool.map { readyBy($0) }
    return moments.compactMap { $0 }.min()
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
    if case .changePlan(let change) = input { successor = change.plan }
    defer { successor = nil }
    return try fold(try record(try decide(input, at: now)))
  }

  /// Folds one recorded event and gives the effects it calls for; a caller that recovers drops them.
  package mutating func apply(_ event: Event) throws(RunState.FoldError) -> [DispatchEffect] {
    try state.apply(event)
    switch event.type {
    case .runStarted:
      index = DispatchIndex(plan, state)
    case .planChanged:
      plan = successor ?? plan
      index = DispatchIndex(plan, state)
    case .dynamicDependencyDiscovered:
      follow(event.workstream)
      if let place = self.place(event.workstream),
        let other = self.place(event.text(.dependsOn).flatMap { WorkstreamID($0) })
      {
        index.addDependency(place, on: other)
      }
    case .landed:
      for entry in event.data[.workstreams]?.array ?? [] {
        follow(entry.string.flatMap { WorkstreamID($0) })
      }
    case .workerSpawned, .workerTerminated: index.setWorkers(state.liveWorkers)
    case .workerDraining:
      index.setWorkers(state.liveWorkers)
      deadline = event.text(.until).flatMap { Timestamp($0) } ?? deadline
    case .breakerOpened, .breakerClosed: followBreaker(of: event.text(.tool))
    case .recoveryStarted:
      deadline = nil
      index.waves = WaveWatch(plan, state)
    case .runFinished: deadline = nil
    case .gateStarted, .gatePassed, .gateFailed:
      for input in event.data[.wave] == nil ? [] : event.inputs.prefix(1) {
        if let place = self.place(input.workstream) { index.waves.look(at: place) }
      }
    default: follow(event.workstream)
    }
    return effects(of: event)
  }

  private mutating func follow(_ id: WorkstreamID?) {
    guard let place = place(id), let record = state[plan.items[place].id] else { return }
    index.change(place, to: record)
    followBreaker(of: plan.items[place].tool)
  }

  private mutating func followBreaker(of tool: String?) {
    if let breaker = tool.flatMap({ state.breaker($0) }) { index.follow(breaker) }
  }

  private func effects(of event: Event) -> [DispatchEffect] {
    if event.type == .runFinished { return [.runEnded(state.status)] }
    if event.type == .workerSpawned { return event.worker.map { [.prepareWorker($0)] } ?? [] }
    if let test = WaveTest(event) { return [.testWave(test)] }
    guard let place = place(event.workstream), let name = attempt(at: place) else { return [] }
    switch event.type {
    case .taskAssigned:
      let item = plan.items[place]
      return [
        .startAttempt(
          AttemptOrder(
            name: name, place: place, worker: event.worker ?? "", inputs: event.inputs,
            tool: item.tool, timeout: item.timeout))
      ]
    case .taskStopping:
      return [.cancelAttempt(name, graceful: event.data[.graceful]?.bool ?? true)]
    case .taskCompleted: return event.commit(.tip).map { [.publish(name, tip: $0)] } ?? []
    default: return []
    }
  }

  func place(_ id: WorkstreamID?) -> Int? { id.flatMap { index.places[$0] } }

  /// The last attempt at an item.
  func attempt(at place: Int) -> AttemptName? {
    let id = plan.items[place].id
    return state[id]?.lastAttempt.map { AttemptName(id, $0.number) }
  }
}
