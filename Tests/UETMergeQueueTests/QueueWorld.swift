import UETModel
import UETTestSupport

@testable import UETMergeQueue

/// A simulated world around a queue: a git and gates that are made up, each of which takes its
/// time, a target that others move, faults, flakes, late and repeated answers, people who steer,
/// and crashes that lose what was not flushed and every effect not run, but for landings that a
/// dead process has begun.
struct QueueWorld {
  var machine: QueueMachine
  var policy: QueuePolicy
  var random: SeededGenerator
  let candidates: [Candidate]
  var durable: [Event] = []
  var now = Timestamp(seconds: 1_000_000)
  /// Effects that nobody has answered yet, and answers that may come again.
  var open: [Pending] = []
  var answered: [QueueInput] = []
  /// The tips that each commit contains.
  var contents: [ObjectID: Set<ObjectID>] = [:]
  var trees: [ObjectID: ObjectID] = [:]
  var branch: ObjectID?
  var target = object("start")
  /// Pairs that conflict in content; sets that are red together for a gate.
  var conflicts: [Set<ObjectID>] = []
  var red: [String: [Set<ObjectID>]] = [:]
  /// One in so many merges and gates faults; 0 for none.
  var faultRate = 0
  var crashRate = 0
  /// One in so many green gates says red all the same; 0 for none.
  var flakeRate = 0 { didSet { hasFlaked = hasFlaked || flakeRate > 0 } }
  private(set) var hasFlaked = false
  /// The gates that read what a candidate changes, by its tip; whoever is not named changes what
  /// all read.
  var touched: [ObjectID: Set<String>] = [:]
  /// What gates were seen to read.
  var learned: Set<ObjectID> = []
  /// What gates have said no to, rightly or not, by what they read and key.
  var refused: Set<Refusal> = []
  /// Moves of the target that processes had begun when they died, and the end of the record then.
  var zombies: [Zombie] = []
  var gateRuns = 0
  var steps = 0
  var progress = QueueProgress()
  var repairs = RepairWorld()
  var trouble = Trouble()
  /// Whether the queue is told the target's tree, without which it cannot test that.
  var knowsTrees: Bool
  /// About what a gate takes, in seconds.
  let gateTime: Double
  let empty: RunState

  /// Something that was begun, and when it will have ended if nothing else comes in between.
  struct Pending {
    let effect: QueueEffect
    let due: Timestamp
  }

  struct Refusal: Hashable {
    let subject: ObjectID
    let key: String
  }

  struct Zombie {
    let old: ObjectID
    let new: ObjectID
    let fence: Int
  }

  init(seed: UInt64, candidates count: ClosedRange<Int> = 1...9) {
    random = SeededGenerator(seed: seed)
    gateTime = [0.1, 1, 60, 900].randomElement(using: &random) ?? 1
    candidates = Self.candidates(Int.random(in: count, using: &random), &random)
    policy = Self.policy(candidates, &random)
    knowsTrees = !random.oneIn(4)
    var state = RunState(run: RunID(startedAt: Timestamp(seconds: 0), salt: 7))
    for candidate in candidates {
      var record = WorkstreamRecord(id: candidate.id)
      record.state = .succeeded
      record.tip = candidate.tip
      state.add(record)
    }
    empty = state
    machine = QueueMachine(policy: policy, state: state)
    contents[target] = []
    trees[target] = object("tree of start")
    for candidate in candidates.sorted(by: { $0.id < $1.id }) {
      contents[candidate.tip] = candidate.inputs.reduce(into: [candidate.tip]) {
        $0.formUnion(contents[$1.commit] ?? [])
      }
    }
    makeTrouble()
  }

  static func candidates(_ count: Int, _ random: inout SeededGenerator) -> [Candidate] {
    var result: [Candidate] = []
    for number in 0..<count {
      var new = candidate("\(number)", rank: Int.random(in: 0...3, using: &random))
      new.priority = Int.random(in: 0...1, using: &random)
      new.inputs = result.filter { _ in random.oneIn(5) }
        .map { AttemptRecord.Input(workstream: $0.id, commit: $0.tip) }
      new.dependencyCount = new.inputs.count
      new.tree = treeAlone(new, result)
      result.append(new)
    }
    return result.shuffled(using: &random)
  }

  /// The tree that the candidate has by itself, as `merge` makes it onto an empty start.
  static func treeAlone(_ new: Candidate, _ others: [Candidate]) -> ObjectID {
    var tips: Set<ObjectID> = [new.tip]
    var open = new.inputs.map(\.workstream)
    while let id = open.popLast() {
      guard let other = others.first(where: { $0.id == id }) else { continue }
      tips.insert(other.tip)
      open += other.inputs.map(\.workstream)
    }
    return object("tree " + tips.sorted().map(\.short).joined())
  }

  static func policy(
    _ candidates: [Candidate], _ random: inout SeededGenerator
  ) -> QueuePolicy {
    var policy = QueuePolicy()
    policy.strategy = QueuePolicy.Strategy.allCases.randomElement(using: &random) ?? .serial
    if random.oneIn(3) { policy.strategy = random.oneIn(2) ? .adaptive : .auto }
    policy.slots = Int.random(in: 1...6, using: &random)
    policy.window = Int.random(in: 1...6, using: &random)
    policy.patience = Int.random(in: 1...6, using: &random)
    policy.assumesDisjoint = random.oneIn(3)
    policy.scoped = Set(candidates.map(\.id).filter { _ in !random.oneIn(5) })
    for one in candidates {
      for other in candidates where one.id < other.id && random.oneIn(3) {
        policy.overlaps[one.id, default: []].insert(other.id)
        policy.overlaps[other.id, default: []].insert(one.id)
      }
    }
    policy.gates = [QueueGate(name: "GATE_UNIT", key: "unit")]
    if random.oneIn(2) { policy.gates.append(QueueGate(name: "GATE_LINT", key: "lint")) }
    policy.repair = RepairWorld.orders.randomElement(using: &random) ?? []
    for candidate in candidates where random.oneIn(4) {
      policy.ownGates[candidate.id] = [QueueGate(name: "GATE_OWN", key: "own \(candidate.id)")]
    }
    if random.oneIn(3) {
      policy.gates.append(QueueGate(name: "GATE_MORE", key: "more", isRequired: random.oneIn(2)))
    }
    if random.oneIn(2) {
      for index in policy.gates.indices { policy.gates[index].isAskedTwice = true }
      policy.ownGates = policy.ownGates.mapValues { gates in
        gates.map { QueueGate(name: $0.name, key: $0.key, isAskedTwice: true) }
      }
    }
    return policy
  }

  /// Leaves nobody overtake, so that the order is that of the places alone, and all to the same
  /// gates.
  mutating func dropPatience() {
    policy.patience = 1000
    policy.ownGates = [:]
    machine = QueueMachine(policy: policy, state: machine.state)
  }

  mutating func makeTrouble() {
    let tips = candidates.map(\.tip)
    repairs.replayable = Set(tips.filter { _ in random.oneIn(2) })
    repairs.resolvable = Set(tips.filter { _ in random.oneIn(2) })
    for one in tips {
      if random.oneIn(8) { red["unit", default: []].append([one]) }
      for id in policy.ownGates.keys.sorted() where random.oneIn(12) {
        red["own \(id)", default: []].append([one])
      }
      if random.oneIn(12) { red["more", default: []].append([one]) }
      for other in tips where other != one {
        if random.oneIn(policy.repair.isEmpty ? 30 : 12) { conflicts.append([one, other]) }
        if random.oneIn(40) { red["lint", default: []].append([one, other]) }
      }
    }
  }
}
