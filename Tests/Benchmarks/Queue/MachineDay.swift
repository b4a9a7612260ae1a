import UETMergeQueue
import UETModel
import UETTestSupport

/// A day of the real queue: its state machine with a made-up git and gates that take their time.
struct MachineDay {
  private struct Merge {
    let onto: ObjectID
    let change: Int
    let isRed: Bool
  }

  private let day: SimulatedDay
  private var machine: QueueMachine
  private var merges: [ObjectID: Merge] = [:]
  private var numbers: [WorkstreamID: Int] = [:]
  private var running: [(end: Double, name: GateName)] = []
  private var effects: [QueueEffect] = []
  private var sequence = 0
  private var result = DayResult()
  private let start = MachineDay.object(1, 1)

  static func live(
    _ day: SimulatedDay, _ strategy: QueuePolicy.Strategy, window: Int
  ) throws -> DayResult {
    var queue = MachineDay(day, strategy, window)
    try queue.live()
    return queue.result
  }

  private init(_ day: SimulatedDay, _ strategy: QueuePolicy.Strategy, _ window: Int) {
    self.day = day
    var policy = QueuePolicy()
    policy.strategy = strategy
    policy.slots = day.slots
    policy.window = window
    policy.gates = [QueueGate(name: "GATE", key: "k")]
    var state = RunState(run: RunID(startedAt: Timestamp(seconds: 0), salt: 1))
    for change in day.changes {
      guard let id = WorkstreamID("ws-\(change.number)") else { continue }
      numbers[id] = change.number
      var record = WorkstreamRecord(id: id)
      record.state = .succeeded
      record.tip = Self.object(2, change.number)
      state.add(record)
    }
    machine = QueueMachine(policy: policy, state: state)
  }

  private static func object(_ kind: Int, _ number: Int) -> ObjectID {
    var bytes = [UInt8](repeating: UInt8(kind), count: 20)
    for index in 0..<8 { bytes[index + 1] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
    return ObjectID(bytes: bytes) ?? .zero
  }

  private mutating func live() throws {
    var next = 0
    while result.waits.count < day.changes.count {
      let end = running.map(\.end).min()
      let arrival = next < day.changes.count ? day.changes[next].arrival : nil
      guard let now = [end, arrival].compactMap(\.self).min() else { return }
      if let arrival, arrival <= now {
        let change = day.changes[next]
        next += 1
        guard let id = WorkstreamID("ws-\(change.number)") else { return }
        let candidate = Candidate(
          id: id, tip: Self.object(2, change.number), criticalPathRank: change.number)
        try take(.enqueue([candidate], start: start), now)
      } else if let place = running.firstIndex(where: { $0.end <= now }) {
        let name = running.remove(at: place).name
        let isRed = merges[name.commit]?.isRed ?? false
        let details: JSONObject = [
          "seconds": .number(day.changes[numbers[name.workstream] ?? 0].duration)
        ]
        try take(.gateDone(name, isRed ? .failed("red") : .passed, details: details), now)
      }
    }
  }

  private mutating func take(_ input: QueueInput, _ now: Double) throws {
    try step(input, now)
    while !effects.isEmpty {
      switch effects.removeFirst() {
      case .merge(let order): try step(.mergeDone(order.name, merge(order.name)), now)
      case .probe(let order):
        try step(.probeDone(order.name, probe(order)), now)
      case .test(let name):
        result.gateRuns += 1
        let duration = day.changes[numbers[name.workstream] ?? 0].duration
        running.append((now + duration, name))
      case .cancel(let name): running.removeAll { $0.name == name }
      case .advance, .land, .repair, .cancelRepair, .keep: break
      }
    }
  }

  private mutating func step(_ input: QueueInput, _ now: Double) throws {
    let at = Timestamp(seconds: Int64(now))
    var recorded: [Event] = []
    effects += try machine.take(input, at: at) { drafts in
      let events = drafts.enumerated().map { offset, draft in
        Event(
          draft, seq: sequence + recorded.count + 1 + offset, writer: "main", at: at
        ) { _ in .zero }
      }
      recorded += events
      return events
    }
    sequence += recorded.count
    for event in recorded {
      switch event.type {
      case .mergeSucceeded:
        let members =
          event.batch.isEmpty
          ? [event.workstream].compactMap(\.self) : event.batch.map(\.workstream)
        for id in members { decide(id, now) }
      case .candidateEjected: if let id = event.workstream { decide(id, now) }
      default: break
      }
    }
  }

  private mutating func decide(_ id: WorkstreamID, _ now: Double) {
    guard let number = numbers[id] else { return }
    result.waits.append(now - day.changes[number].arrival)
  }

  private mutating func merge(_ name: MergeName) -> MergeOutcome {
    let number = numbers[name.workstream] ?? 0
    let change = day.changes[number]
    var isRed = change.isRed || merges[name.onto]?.isRed ?? false
    if !isRed, let clash = change.clash { isRed = contains(clash, in: name.onto) }
    let commit = Self.object(3, merges.count)
    merges[commit] = Merge(onto: name.onto, change: number, isRed: isRed)
    return .clean(commit: commit, tree: Self.object(4, merges.count))
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
