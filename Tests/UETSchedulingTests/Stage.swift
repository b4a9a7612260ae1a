import UETModel
import UETTestSupport

@testable import UETScheduling

/// A machine, its record and a clock, driven by hand.
struct Stage {
  var machine: DispatchMachine
  var events: [Event] = []
  var now = Timestamp(seconds: 1_000_000)
  var effects: [DispatchEffect] = []
  /// Whether workers get ready at once, by themselves.
  var preparesWorkers = true

  init(_ plan: DispatchPlan, workers: Int, change: (inout DispatchPolicy) -> Void = { _ in }) {
    var policy = DispatchPolicy(workers: workers)
    change(&policy)
    machine = DispatchMachine(plan: plan, policy: policy, state: RunState(run: testRun))
    let started = EventDraft.started(plan, policy)
    for event in record([started], &events, now) { _ = try? machine.apply(event) }
  }

  /// Gives the machine an input and returns the effects.
  @discardableResult
  mutating func take(_ input: DispatchInput) throws -> [DispatchEffect] {
    var recorded: [Event] = []
    swap(&recorded, &events)
    defer { swap(&recorded, &events) }
    let time = now
    var new: [DispatchEffect] = []
    var inputs = [input]
    while !inputs.isEmpty {
      new += try machine.take(inputs.removeFirst(), at: now) {
        UETSchedulingTests.record($0, &recorded, time)
      }
      if !preparesWorkers { break }
      for case .prepareWorker(let name) in new { inputs.append(.workerReady(name)) }
      new.removeAll { if case .prepareWorker = $0 { true } else { false } }
    }
    effects += new
    return new
  }

  @discardableResult
  mutating func succeed(_ id: String, _ number: Int = 1) throws -> [DispatchEffect] {
    try take(
      .attemptEnded(AttemptName(ws(id), number), .succeeded(tip: commit(id, number), base: nil)))
  }

  @discardableResult
  mutating func fail(
    _ id: String, _ number: Int = 1, _ kind: ErrorKind = .toolFailure, _ message: String = "exit 1",
    isTransient: Bool = false, tree: ObjectID? = nil
  ) throws -> [DispatchEffect] {
    let failure = AttemptFailure(kind, message, isTransient: isTransient)
    return try take(
      .attemptEnded(
        AttemptName(ws(id), number), .failed(failure),
        details: JSONObject([.tree: .commit(tree)])))
  }

  func state(_ id: String) -> WorkstreamState? { machine.state[ws(id)]?.state }

  func reason(_ id: String) -> String? { machine.state[ws(id)]?.reason }

  var running: [String] { machine.underWay.map { String($0.workstream.rawValue.dropFirst(3)) } }

  func why(_ id: String) -> String? { machine.why(ws(id), at: now)?.description }
}

extension EventDraft {
  /// The start of a run with all of the plan.
  static func started(_ plan: DispatchPlan, _ policy: DispatchPolicy) -> EventDraft {
    EventDraft(
      .runStarted(
        .init {
          $0.workstreams = plan.entries
          ($0.workers, $0.leastWorkers) = (policy.workers, policy.leastWorkers)
        }))
  }
}

let testRun = RunID(startedAt: Timestamp(seconds: 0), salt: 7)

func record(_ drafts: [EventDraft], _ events: inout [Event], _ now: Timestamp) -> [Event] {
  let new = drafts.enumerated().map { offset, draft in
    Event(draft, seq: events.count + 1 + offset, writer: "main", at: now) { _ in .zero }
  }
  events += new
  return new
}

func ws(_ name: String) -> WorkstreamID {
  guard let id = WorkstreamID("ws-\(name)") else { preconditionFailure("no name: \(name)") }
  return id
}

/// A commit name that depends on the workstream and the attempt alone.
func commit(_ name: String, _ attempt: Int = 1) -> ObjectID {
  var bytes = Array(repeating: UInt8(attempt), count: 20)
  for (index, byte) in name.utf8.enumerated() {
    bytes[index % 19] = bytes[index % 19] &* 31 &+ byte
  }
  return ObjectID(bytes: bytes) ?? .zero
}

/// A plan from `name: dependencies` in priority order; `conflicts` are sets that conflict
/// throughout.
func plan(
  _ items: KeyValuePairs<String, [String]>, conflicts: [[String]] = [], exclusive: Set<String> = [],
  limits: DispatchPlan.Limits = DispatchPlan.Limits()
) throws -> DispatchPlan {
  let names = items.map(\.key)
  func place(_ name: String) -> Int { names.firstIndex(of: name) ?? -1 }
  return try DispatchPlan(
    items: items.map { name, after in
      DispatchPlan.Item(
        id: ws(name), dependsOn: after.map(place), isExclusive: exclusive.contains(name),
        limits: limits)
    },
    conflicts: conflicts.map { set in
      DispatchPlan.ConflictGroup(name: set.joined(), owners: set.map(place))
    })
}
