import UETModel

/// The real queue with a made-up git and gates that take their time: what it makes of candidates
/// of which all is known beforehand.
package struct QueuePlay {
  /// A candidate and its luck.
  package struct Change: Hashable, Sendable {
    /// Seconds since the beginning.
    package let arrival: Double
    /// Seconds that each gate takes on a tree whose last merge it is.
    package let seconds: [Double]
    /// The gate that is red on every tree with it, by its place.
    package let red: Int?
    /// An earlier one together with which it is red for the first gate.
    package let clash: Int?

    package init(arrival: Double, seconds: [Double], red: Int? = nil, clash: Int? = nil) {
      (self.arrival, self.seconds, self.red, self.clash) = (arrival, seconds, red, clash)
    }
  }

  /// What became of a candidate.
  package struct Decision: Hashable, Sendable {
    /// Its place among the changes.
    package let change: Int
    /// Seconds since the beginning.
    package let at: Double
    /// Seconds since it came.
    package let wait: Double
    /// Why it is set aside; nil where it is integrated.
    package let reason: String?
  }

  package struct Result: Hashable, Sendable {
    /// In their order.
    package fileprivate(set) var decisions: [Decision] = []
    package fileprivate(set) var gateRuns = 0

    /// When the last was decided on.
    package var end: Double { decisions.last?.at ?? 0 }
  }

  private struct Merge {
    let onto: ObjectID
    let change: Int
    /// What is red on it.
    let red: Set<Int>
  }

  private let changes: [Change]
  private let ids: [WorkstreamID]
  private let gates: [String]
  private let observer: (Event) -> Void
  private var machine: QueueMachine
  private var merges: [ObjectID: Merge] = [:]
  private var numbers: [WorkstreamID: Int] = [:]
  private var running: [(end: Double, name: GateName)] = []
  private var effects: [QueueEffect] = []
  private var record = PlayedRecord()
  private var result = Result()
  private let start = ObjectID.played(1, 1)

  /// - Parameters:
  ///   - changes: By arrival.
  ///   - ids: Of each its name; nil for `ws-0`, `ws-1` and so on.
  ///   - policy: With as many gates as each change has seconds.
  ///   - observer: Is told every event, in order.
  package static func play(
    _ changes: [Change], ids: [WorkstreamID]? = nil, _ policy: QueuePolicy,
    observer: @escaping (Event) -> Void = { _ in }
  ) throws -> Result {
    let names = ids ?? changes.indices.compactMap { WorkstreamID("ws-\($0)") }
    var queue = QueuePlay(changes, names, policy, observer)
    try queue.play()
    return queue.result
  }

  private init(
    _ changes: [Change], _ ids: [WorkstreamID], _ policy: QueuePolicy,
    _ observer: @escaping (Event) -> Void
  ) {
    (self.changes, self.ids) = (changes, ids)
    self.observer = observer
    gates = policy.gates.map(\.name)
    var state = RunState(run: RunID(startedAt: Timestamp(seconds: 0), salt: 1))
    for (number, id) in ids.enumerated() {
      numbers[id] = number
      var record = WorkstreamRecord(id: id)
      record.state = .succeeded
      record.tip = .played(2, number)
      state.add(record)
    }
    machine = QueueMachine(policy: policy, state: state)
  }

  private mutating func play() throws {
    var next = 0
    while result.decisions.count < changes.count {
      let end = running.map(\.end).min()
      let arrival = next < changes.count ? changes[next].arrival : nil
      guard let now = [end, arrival].compactMap(\.self).min() else { return }
      if let arrival, arrival <= now {
        // What comes in the same moment is put in line as one.
        var candidates: [Candidate] = []
        while next < changes.count, changes[next].arrival == arrival {
          candidates.append(
            Candidate(id: ids[next], tip: .played(2, next), criticalPathRank: next))
          next += 1
        }
        try take(.enqueue(candidates, start: start), now)
      } else if let place = running.firstIndex(where: { $0.end <= now }) {
        let name = running.remove(at: place).name
        let isRed = gates.firstIndex(of: name.gate).map {
          merges[name.commit]?.red.contains($0) ?? false
        }
        let details: JSONObject = ["seconds": .number(seconds(of: name))]
        try take(.gateDone(name, isRed == true ? .failed("red") : .passed, details: details), now)
      }
    }
  }

  private func seconds(of name: GateName) -> Double {
    let change = changes[numbers[name.workstream] ?? 0]
    return gates.firstIndex(of: name.gate).map { change.seconds[$0] } ?? 0
  }

  private mutating func take(_ input: QueueInput, _ now: Double) throws {
    try step(input, now)
    while !effects.isEmpty {
      switch effects.removeFirst() {
      case .merge(let order): try step(.mergeDone(order.name, merge(order.name)), now)
      case .probe(let order): try step(.probeDone(order.name, probe(order)), now)
      case .test(let name):
        result.gateRuns += 1
        running.append((now + seconds(of: name), name))
      case .cancel(let name): running.removeAll { $0.name == name }
      case .advance, .land, .repair, .cancelRepair, .keep: break
      }
    }
  }

  private mutating func step(_ input: QueueInput, _ now: Double) throws {
    let at = Timestamp(microseconds: Int64(now * 1_000_000))
    var recorded: [Event] = []
    effects += try machine.take(input, at: at) { drafts in
      let events = record.events(drafts, at: at)
      recorded += events
      return events
    }
    for event in recorded {
      observer(event)
      switch event.fact {
      case .mergeSucceeded(let fact):
        let batch = (fact.batch ?? []).map(\.workstream)
        for id in batch.isEmpty ? [event.workstream].compactMap(\.self) : batch { decide(id, now) }
      case .candidateEjected(let fact):
        if let id = event.workstream { decide(id, now, fact.reason ?? "ejected") }
      default: break
      }
    }
  }

  private mutating func decide(_ id: WorkstreamID, _ now: Double, _ reason: String? = nil) {
    guard let number = numbers[id] else { return }
    result.decisions.append(
      Decision(change: number, at: now, wait: now - changes[number].arrival, reason: reason))
  }

  private mutating func merge(_ name: MergeName) -> MergeOutcome {
    let number = numbers[name.workstream] ?? 0
    let change = changes[number]
    var red = merges[name.onto]?.red ?? []
    if let own = change.red { red.insert(own) }
    if let clash = change.clash, contains(clash, in: name.onto) { red.insert(0) }
    let commit = ObjectID.played(3, merges.count)
    merges[commit] = Merge(onto: name.onto, change: number, red: red)
    return .clean(commit: commit, tree: .played(4, merges.count))
  }

  private mutating func probe(_ order: ProbeOrder) -> MergeOutcome {
    var last = MergeOutcome.fault("nothing to merge")
    var onto = order.name.onto
    for one in order.merges {
      last = merge(one.onto(onto).name)
      if case .clean(let commit, _) = last { onto = commit }
    }
    return last
  }

  private func contains(_ change: Int, in commit: ObjectID) -> Bool {
    var next: ObjectID? = commit
    while let id = next, let merge = merges[id] {
      if merge.change == change { return true }
      next = merge.onto
    }
    return false
  }
}
