import UETModel
import UETTestSupport

@testable import UETMergeQueue

/// A queue, its record, and a git and gates that are made up: driven by hand, or let run to its
/// end.
struct QueueStage {
  /// What a combination of candidates does; all is clean and green unless it says otherwise.
  struct World {
    /// Pairs that conflict in content, in either order.
    var conflicts: Set<Set<String>> = []
    /// Sets that make the tree red when all of them are in it.
    var red: [Set<String>] = []
    /// How often a merge or gate of the workstream faults before it works.
    var faults: [String: Int] = [:]
    /// Candidates on which every gate dies; the empty name stands for all.
    var deadly: Set<String> = []
  }

  var machine: QueueMachine
  var world = World()
  var events: [Event] = []
  var now = Timestamp(seconds: 1_000_000)
  /// Effects that nobody has answered yet.
  var open: [QueueEffect] = []
  /// What the made-up git knows of each commit: the candidates in it.
  var contents: [ObjectID: Set<String>]
  var branch: ObjectID?
  var gateRuns = 0
  let start = object("start")
  /// What a gate says it took.
  var gateSeconds: Double?

  init(_ names: [String], change: (inout QueuePolicy) -> Void = { _ in }) {
    var policy = QueuePolicy()
    policy.gates = [QueueGate(name: "GATE_UNIT", key: "unit")]
    change(&policy)
    var state = RunState(run: RunID(startedAt: Timestamp(seconds: 0), salt: 7))
    for name in names {
      var record = WorkstreamRecord(id: ws(name))
      record.state = .succeeded
      record.tip = object(name)
      state.add(record)
    }
    machine = QueueMachine(policy: policy, state: state)
    contents = [start: []]
  }

  mutating func take(_ input: QueueInput) throws {
    var recorded = events
    let time = now
    let effects = try machine.take(input, at: now) { drafts in
      let new = drafts.enumerated().map { offset, draft in
        Event(draft, seq: recorded.count + 1 + offset, writer: "main", at: time) { _ in .zero }
      }
      recorded += new
      return new
    }
    events = recorded
    for effect in effects {
      switch effect {
      case .advance(let from, let to):
        precondition(from == branch, "compare-and-swap of the integration branch")
        branch = to
      case .cancel(let name): open.removeAll { $0 == .test(name) }
      default: open.append(effect)
      }
    }
  }

  mutating func enqueue(_ candidates: [Candidate]) throws {
    try take(.enqueue(candidates, start: start))
  }

  /// Further candidates of which the run knew nothing before.
  mutating func enqueueMore(_ names: [String]) throws {
    var state = machine.state
    for name in names {
      var record = WorkstreamRecord(id: ws(name))
      (record.state, record.tip) = (.succeeded, object(name))
      state.add(record)
    }
    machine = QueueMachine(policy: machine.policy, state: state)
    try enqueue(names.map { candidate($0) })
  }

  /// Answers one open effect as the world has it.
  mutating func answer(_ place: Int = 0) throws {
    switch open.remove(at: place) {
    case .merge(let order):
      try take(.mergeDone(order.name, order.resolved.map(known) ?? merge(order.name)))
    case .probe(let order): try take(.probeDone(order.name, probe(order)))
    case .test(let name):
      gateRuns += 1
      var details = JSONObject()
      details[.seconds] = gateSeconds.map(JSONValue.number)
      try take(.gateDone(name, test(name), details: details))
    case .land(_, _, let new): try take(.landingDone(new, .landed))
    default: break
    }
  }

  mutating func run() throws {
    var steps = 0
    while machine.outcome == nil, steps < 10_000 {
      steps += 1
      if open.isEmpty, let wake = machine.nextWake {
        now = wake
        try take(.timerFired)
      } else if open.isEmpty {
        return
      } else {
        try answer()
      }
    }
  }

  private mutating func faults(_ id: WorkstreamID) -> Bool {
    let name = String(id.rawValue.dropFirst(3))
    guard let left = world.faults[name], left > 0 else { return false }
    world.faults[name] = left - 1
    return true
  }

  /// A merge that a repair made.
  private func known(_ commit: ObjectID) -> MergeOutcome {
    .clean(commit: commit, tree: tree(of: contents[commit] ?? []))
  }

  mutating func merge(_ name: MergeName) -> MergeOutcome {
    if faults(name.workstream) { return .fault("no space left") }
    let present = contents[name.onto] ?? []
    let new = String(name.workstream.rawValue.dropFirst(3))
    let against = present.filter { world.conflicts.contains([$0, new]) }.sorted()
    if !against.isEmpty {
      return .conflict(
        paths: against.map { "\($0).txt" }, message: "",
        details: JSONObject([.makers: .array(against.map { .string("ws-\($0)") })]))
    }
    let commit = object("\(name.onto.hex)+\(name.tip.hex)")
    contents[commit] = present.union([new])
    return .clean(commit: commit, tree: tree(of: present.union([new])))
  }

  mutating func probe(_ order: ProbeOrder) -> MergeOutcome {
    var last = MergeOutcome.fault("nothing to merge")
    var onto = order.name.onto
    for one in order.merges {
      last = merge(one.onto(onto).name)
      guard case .clean(let commit, _) = last else { return last }
      onto = commit
    }
    return last
  }

  mutating func test(_ name: GateName) -> GateOutcome {
    if faults(name.workstream) { return .fault("killed by a signal") }
    let present = contents[name.commit] ?? []
    if !world.deadly.isDisjoint(with: present.union([""])) { return .fault("killed by a signal") }
    let red = world.red.first { $0.isSubset(of: present) }
    return red.map { .failed("\($0.sorted().joined(separator: "+")) is red") } ?? .passed
  }

  func state(_ name: String) -> WorkstreamState? { machine.state[ws(name)]?.state }

  func reason(_ name: String) -> String? { machine.state[ws(name)]?.reason }

  func why(_ name: String) -> String? { machine.why(ws(name))?.description }

  var integrated: [String] {
    machine.state.integration.chain.map { String($0.rawValue.dropFirst(3)) }
  }
}

func ws(_ name: String) -> WorkstreamID {
  guard let id = WorkstreamID("ws-\(name)") else { preconditionFailure("no name: \(name)") }
  return id
}

/// An object's name that depends on the text alone.
func object(_ text: String) -> ObjectID {
  var bytes: [UInt8] = []
  var hash: UInt64 = 0xcbf2_9ce4_8422_2325
  for round in 0..<3 as Range<UInt8> {
    for byte in Array(text.utf8) + [round] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: hash >> shift))
    }
  }
  return ObjectID(bytes: bytes.prefix(20)) ?? .zero
}

func tree(of names: Set<String>) -> ObjectID {
  object("tree:" + names.sorted().joined(separator: ","))
}

func candidate(_ name: String, after: [String] = [], rank: Int = 0) -> Candidate {
  Candidate(
    id: ws(name), tip: object(name),
    inputs: after.map { AttemptRecord.Input(workstream: ws($0), commit: object($0)) },
    criticalPathRank: rank, dependencyCount: after.count)
}
