import UETModel

/// The real dispatcher with made-up attempts that take their time.
struct SchedulePlay {
  private typealias Outcome = ScheduleSimulation.Outcome

  private struct Running {
    let name: AttemptName
    let place: Int
    let worker: String
    let start: Timestamp
    let end: Timestamp
  }

  private let work: [ScheduleSimulation.Work]
  private var machine: DispatchMachine
  private var record = PlayedRecord()
  private var now = Timestamp(seconds: 0)
  private var running: [Running] = []
  private var attempts: [ScheduleSimulation.Attempt] = []
  private var waits: [ScheduleSimulation.Wait] = []
  /// What each waits for, and since when.
  private var reasons: [(reason: String, since: Timestamp)?]

  init(_ plan: DispatchPlan, _ policy: DispatchPolicy, _ work: [ScheduleSimulation.Work]) {
    self.work = work
    let state = RunState(run: RunID(startedAt: now, salt: 1))
    machine = DispatchMachine(plan: plan, policy: policy, state: state)
    reasons = Array(repeating: nil, count: work.count)
  }

  mutating func outcome() throws -> ScheduleSimulation.Outcome {
    let started = EventDraft(
      .runStarted(
        Told {
          ($0.workstreams, $0.workers) = (machine.plan.entries, machine.policy.workers)
        }))
    for event in record.events([started], at: now) { _ = try machine.apply(event) }
    try take(.start)
    while !machine.state.status.isOver {
      let next = running.indices.min { running[$0].end < running[$1].end }
      let wake = machine.nextWake
      if let next, wake.map({ running[next].end <= $0 }) ?? true {
        try end(running.remove(at: next))
      } else if let wake {
        now = max(now, wake)
        try take(.timerFired)
      } else {
        break
      }
    }
    note()
    var failed: [String: String] = [:]
    for record in machine.state.workstreams where !record.state.isFinished {
      failed[record.id.rawValue] = record.reason ?? record.state.rawValue
    }
    return ScheduleSimulation.Outcome(
      attempts: attempts, waits: waits, failed: failed, end: attempts.last?.end ?? 0)
  }

  private mutating func end(_ one: Running) throws {
    now = one.end
    let isFailure = one.name.number <= work[one.place].failures
    attempts.append(
      ScheduleSimulation.Attempt(
        id: one.name.workstream.rawValue, number: one.name.number, worker: one.worker,
        start: seconds(one.start), end: seconds(now), hasSucceeded: !isFailure))
    let result = AttemptOutcome.succeeded(tip: .played(2, attempts.count), base: nil)
    let failure = AttemptFailure(.toolFailure, "the attempt failed")
    try take(.attemptEnded(one.name, isFailure ? .failed(failure) : result))
  }

  private mutating func take(_ input: DispatchInput) throws {
    var inputs = [input]
    while !inputs.isEmpty {
      let effects = try machine.take(inputs.removeFirst(), at: now) { record.events($0, at: now) }
      for effect in effects {
        switch effect {
        case .prepareWorker(let name): inputs.append(.workerReady(name))
        case .startAttempt(let order):
          running.append(
            Running(
              name: order.name, place: order.place, worker: order.worker, start: now,
              end: now.advanced(bySeconds: work[order.place].seconds)))
        // Nobody cancels anything here, and no plan has gates of waves.
        case .cancelAttempt, .publish, .testWave, .runEnded: break
        }
      }
    }
    note()
  }

  /// Ends the waits whose reason has changed.
  private mutating func note() {
    for (place, item) in machine.plan.items.enumerated() {
      let reason = machine.why(item.id, at: now).flatMap { $0.isWait ? $0.description : nil }
      if let old = reasons[place] {
        if old.reason == reason { continue }
        if old.since < now {
          waits.append(
            ScheduleSimulation.Wait(
              id: item.id.rawValue, start: seconds(old.since), end: seconds(now),
              reason: old.reason))
        }
      }
      reasons[place] = reason.map { ($0, now) }
    }
  }

  private func seconds(_ time: Timestamp) -> Double { time.seconds(since: Timestamp(seconds: 0)) }
}

extension WaitReason {
  /// Whether it neither runs nor is over.
  fileprivate var isWait: Bool {
    switch self {
    case .running, .settled, .nothing: false
    default: true
    }
  }
}
