import UETModel

/// What a run's events say of the time and money that things took; times in seconds since 1970.
package struct MeasuredRun: Sendable {
  package struct Attempt: Hashable, Sendable {
    package let start: Double
    package let end: Double
    package let hasResult: Bool
    /// It failed by itself: neither was it cancelled, nor does it wait for an answer.
    package let isFailure: Bool

    package init(start: Double, end: Double, hasResult: Bool, isFailure: Bool = false) {
      (self.start, self.end, self.hasResult) = (start, end, hasResult)
      self.isFailure = isFailure
    }

    package var seconds: Double { max(0.001, end - start) }
  }

  /// A verdict of a gate.
  package struct GateRun: Hashable, Sendable {
    package let gate: String
    package let workstream: WorkstreamID?
    package let isOfQueue: Bool
    /// nil where it was known already, and counted again.
    package let seconds: Double?
    package let isRed: Bool
    /// It went on from what had been built before.
    package let isWarm: Bool

    package init(
      gate: String, workstream: WorkstreamID?, isOfQueue: Bool, seconds: Double?,
      isRed: Bool = false, isWarm: Bool = false
    ) {
      (self.gate, self.workstream, self.isOfQueue) = (gate, workstream, isOfQueue)
      (self.seconds, self.isRed, self.isWarm) = (seconds, isRed, isWarm)
    }
  }

  package let run: RunID
  package var workers = 0
  package var attempts: [WorkstreamID: [Attempt]] = [:]
  package var gates: [GateRun] = []
  /// When candidates came into the queue, the first time.
  package var arrivals: [WorkstreamID: Double] = [:]
  /// How the queue decided on them, as far as it did: whether they are in.
  package var decisions: [WorkstreamID: Bool] = [:]
  /// Dollars, of workstreams all of whose reports have a price.
  package var costs: [WorkstreamID: Double] = [:]
  /// The paths that results changed, as far as somebody looked.
  package var changed: [WorkstreamID: [String]] = [:]
  package var wasStoppedByBudget = false
  /// When the run began.
  package var firstStart: Double?
  private var begun: [WorkstreamID: Double] = [:]
  private var unpriced: Set<WorkstreamID> = []

  package init(run: RunID) { self.run = run }

  /// Attempts with a result.
  package var results: Int {
    attempts.values.reduce(0) { $0 + $1.count(where: \.hasResult) }
  }

  /// The workstream's attempt with a result, the last of them.
  package func result(of id: WorkstreamID) -> Attempt? {
    attempts[id]?.last(where: \.hasResult)
  }

  /// Takes the next event.
  package mutating func take(_ event: Event) {
    let now = Double(event.at.microseconds) / 1_000_000
    switch event.fact {
    case .runStarted(let fact): (workers, firstStart) = (fact.workers ?? workers, now)
    case .runFinished(let fact): if fact.has(\.budget) { wasStoppedByBudget = true }
    case .usageRecorded(let fact): take(fact, of: event.workstream)
    case .gatePassed(let fact): take(fact, event, isRed: false)
    case .gateFailed(let fact): take(fact, event, isRed: true)
    default: if let id = event.workstream { follow(event.fact, of: id, now) }
    }
  }

  private mutating func follow(_ fact: Fact, of id: WorkstreamID, _ now: Double) {
    switch fact {
    case .taskAssigned: begun[id] = now
    case .taskCompleted: ended(id, now, hasResult: true, isFailure: false)
    case .taskFailed(let fact): ended(id, now, hasResult: false, isFailure: !fact.has(\.asks))
    case .taskCancelled: ended(id, now, hasResult: false, isFailure: false)
    case .candidateQueued: arrivals[id] = arrivals[id] ?? now
    case .candidateEjected: decisions[id] = false
    case .mergeSucceeded(let fact):
      for member in [id] + (fact.batch ?? []).map(\.workstream) { decisions[member] = true }
      for gate in (fact.reused ?? []).compactMap(\.gate) {
        gates.append(GateRun(gate: gate, workstream: id, isOfQueue: true, seconds: nil))
      }
    default: break
    }
  }

  private mutating func ended(
    _ id: WorkstreamID, _ now: Double, hasResult: Bool, isFailure: Bool
  ) {
    guard let start = begun.removeValue(forKey: id) else { return }
    attempts[id, default: []].append(
      Attempt(start: start, end: max(start, now), hasResult: hasResult, isFailure: isFailure))
  }

  private mutating func take(_ fact: Told<Fact.Usage>, of id: WorkstreamID?) {
    guard let id else { return }
    guard let cost = fact.costUSD, !unpriced.contains(id) else {
      unpriced.insert(id)
      costs[id] = nil
      return
    }
    costs[id, default: 0] += cost
  }

  private mutating func take(_ fact: Told<Fact.GateRun>, _ event: Event, isRed: Bool) {
    guard let gate = fact.gate, fact.fault != true, fact.has(\.reused) || fact.seconds != nil
    else { return }
    gates.append(
      GateRun(
        gate: gate, workstream: event.workstream,
        isOfQueue: fact.stage == .integration && !fact.has(\.wave),
        seconds: fact.has(\.reused) ? nil : fact.seconds,
        isRed: isRed, isWarm: fact.has(\.warm)))
  }
}
