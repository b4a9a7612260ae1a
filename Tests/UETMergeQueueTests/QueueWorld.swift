import UETModel
import UETTestSupport

@testable import UETMergeQueue

/// A simulated world around a queue: a git and gates that are made up, each of which takes its time, a target
/// that others move, faults, flakes, late and repeated answers, people who steer, and crashes that lose what was
/// not flushed and every effect not run, but for landings that a dead process has begun.
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
  /// What gates have said no to, rightly or not, by tree and key.
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
  private let gateTime: Double
  private let empty: RunState

  /// Something that was begun, and when it will have ended if nothing else comes in between.
  struct Pending {
    let effect: QueueEffect
    let due: Timestamp
  }

  struct Refusal: Hashable {
    let tree: ObjectID
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

  private static func candidates(_ count: Int, _ random: inout SeededGenerator) -> [Candidate] {
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
  private static func treeAlone(_ new: Candidate, _ others: [Candidate]) -> ObjectID {
    var tips: Set<ObjectID> = [new.tip]
    var open = new.inputs.map(\.workstream)
    while let id = open.popLast() {
      guard let other = others.first(where: { $0.id == id }) else { continue }
      tips.insert(other.tip)
      open += other.inputs.map(\.workstream)
    }
    return object("tree " + tips.sorted().map(\.short).joined())
  }

  private static func policy(
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

  /// Leaves nobody overtake, so that the order is that of the places alone, and all to the same gates.
  mutating func dropPatience() {
    policy.patience = 1000
    policy.ownGates = [:]
    machine = QueueMachine(policy: policy, state: machine.state)
  }

  private mutating func makeTrouble() {
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

extension QueueWorld {
  /// Takes an input through decide, apply and advance; a crash may come before the flush or among
  /// the effects.
  mutating func take(_ input: QueueInput) throws {
    steps += 1
    var recorded = durable
    var effects: [QueueEffect] = []
    guard var drafts = try? machine.decide(input, at: now) else { return }
    var rounds = 0
    repeat {
      for draft in drafts {
        let event = Event(draft, seq: recorded.count + 1, writer: "main", at: now) { _ in .zero }
        recorded.append(event)
        try check(event)
        effects += try machine.apply(event)
        try progress.note(event, machine)
      }
      drafts = machine.advance(at: now)
      rounds += 1
      try Violation.unless(rounds < 2000, "advance does not come to rest: \(drafts)")
    } while !drafts.isEmpty
    try checkState()
    if crashRate > 0, random.oneIn(crashRate) { return try crash() }
    if steps % 8 == 0 { try checkRecall() }
    for event in recorded[durable.count...] { try repairs.noteDurable(event) }
    durable = recorded
    for effect in effects {
      if crashRate > 0, random.oneIn(2 * crashRate) { return try crash() }
      try run(effect)
    }
  }

  private mutating func run(_ effect: QueueEffect) throws {
    switch effect {
    case .advance(let from, let to):
      try Violation.unless(branch == from, "the branch is at \(branch?.short ?? "none")")
      branch = to
    case .cancel(let name):
      open.removeAll { $0.effect == .test(name) }
      answered.append(.gateDone(name, .cancelled, details: JSONObject()))
    case .cancelRepair(let name):
      open.removeAll {
        if case .repair(let order) = $0.effect { order.name == name } else { false }
      }
      answered.append(.repairDone(name, repairs.outcome(of: name)))
    case .keep: break
    case .land(_, _, let new):
      try checkTested(new)
      open.append(begin(effect))
    default: open.append(begin(effect))
    }
  }

  private mutating func begin(_ effect: QueueEffect) -> Pending {
    let usual: Double =
      switch effect {
      case .test: gateTime
      case .repair: 5 * gateTime
      // Now and then the disk is busy, so that much else happens meanwhile.
      default: random.oneIn(6) ? 8 * gateTime : 0.05
      }
    let seconds = usual * Double.random(in: 0.5...2, using: &random)
    return Pending(effect: effect, due: now.advanced(bySeconds: seconds))
  }

  /// Everything but the durable record, the branches and the objects is lost.
  mutating func crash() throws {
    for pending in open {
      switch pending.effect {
      case .test(let name): answered.append(.gateDone(name, .passed, details: JSONObject()))
      case .repair(let order): answered.append(.repairDone(order.name, resolve(order.name)))
      case .land(_, let old, let new):
        zombies.append(Zombie(old: old, new: new, fence: durable.count))
      default: break
      }
    }
    open = []
    var state = empty
    for event in durable { try state.apply(event) }
    machine = QueueMachine(policy: policy, state: state)
    progress = QueueProgress()
    branch = state.integration.published
    for effect in machine.unfinished { open.append(begin(effect)) }
    try take(.start)
  }

  /// Answers one open effect, as the world has it: mostly the one that is due first.
  mutating func answer() throws {
    let first = open.indices.min { open[$0].due < open[$1].due } ?? 0
    let index = random.oneIn(4) ? Int.random(in: 0..<open.count, using: &random) : first
    let pending = open.remove(at: index)
    if pending.due > now { now = pending.due }
    let input: QueueInput
    switch pending.effect {
    case .merge(let order): input = .mergeDone(order.name, merge(order))
    case .repair(let order): input = .repairDone(order.name, resolve(order.name))
    case .probe(let order): input = .probeDone(order.name, probe(order))
    case .test(let name):
      gateRuns += 1
      var details = JSONObject()
      details[.seconds] = .number(gateTime * Double.random(in: 0.5...2, using: &random))
      input = .gateDone(name, test(name), details: details)
    case .land(_, _, let new): input = .landingDone(new, try land())
    default: return
    }
    answered.append(input)
    try take(input)
  }

  private mutating func merge(_ order: MergeOrder) -> MergeOutcome {
    if faultRate > 0, random.oneIn(faultRate) { return .fault("no space left") }
    let name = order.name
    if let fault = trouble.fault(merging: name.tip) { return .fault(fault) }
    if let commit = order.resolved { return .clean(commit: commit, tree: trees[commit] ?? .zero) }
    let both = (contents[name.onto] ?? []).union(contents[name.tip] ?? [])
    let new = both.subtracting(contents[name.onto] ?? [])
    let isTorn = conflicts.contains { $0.isSubset(of: both) && !$0.isDisjoint(with: new) }
    if isTorn || !order.outdated.isEmpty {
      guard order.methods.contains(.replay), repairs.replayable.contains(name.tip) else {
        return .conflict(paths: order.outdated.isEmpty ? ["x"] : [], message: "torn")
      }
      let tip = object("\(name.tip.hex) on \(name.onto.hex)")
      repairs.replays[tip] = name.tip
      let commit = join(both, "\(name.onto.hex)+\(tip.hex)")
      return .replayed(
        tip: tip, commit: commit, tree: trees[commit] ?? .zero, paths: ["x"], message: "torn",
        details: JSONObject())
    }
    let commit = join(both, "\(name.onto.hex)+\(name.tip.hex)")
    return .clean(commit: commit, tree: trees[commit] ?? .zero)
  }

  private mutating func join(_ tips: Set<ObjectID>, _ name: String) -> ObjectID {
    let commit = object(name)
    contents[commit] = tips
    trees[commit] = object("tree " + tips.sorted().map(\.short).joined())
    return commit
  }

  private mutating func resolve(_ name: RepairName) -> RepairOutcome {
    if faultRate > 0, random.oneIn(faultRate) { return .fault("cannot be started") }
    let outcome = repairs.outcome(of: name)
    guard case .resolved(let commit, _, let details) = outcome else { return outcome }
    contents[commit] = (contents[name.onto] ?? []).union(contents[name.tip] ?? [])
    let tips = contents[commit] ?? []
    trees[commit] = object("tree " + tips.sorted().map(\.short).joined())
    return .resolved(commit: commit, tree: trees[commit] ?? .zero, details: details)
  }

  private mutating func probe(_ order: ProbeOrder) -> MergeOutcome {
    var last = MergeOutcome.fault("nothing to merge")
    var onto = order.name.onto
    for one in order.merges {
      last = merge(one.onto(onto))
      guard case .clean(let commit, _) = last else { return last }
      onto = commit
    }
    return last
  }

  private mutating func test(_ name: GateName) -> GateOutcome {
    if faultRate > 0, random.oneIn(faultRate) { return .fault("killed by a signal") }
    if let fault = trouble.fault(testing: contents[name.commit] ?? []) { return .fault(fault) }
    let isFlake = flakeRate > 0 && random.oneIn(flakeRate)
    guard isFlake || isRed(name.commit, name.key) else { return .passed }
    refused.insert(Refusal(tree: name.tree, key: name.key))
    return .failed("red")
  }

  func isRed(_ commit: ObjectID, _ key: String) -> Bool {
    red[key, default: []].contains { $0.isSubset(of: contents[commit] ?? []) }
      || trouble.isRed(key, without: contents[commit] ?? [])
  }

  private mutating func land() throws -> LandingOutcome {
    guard let landing = machine.state.integration.landing else { return .refused("none") }
    if random.oneIn(8) { return .refused("checked out") }
    if target == landing.new { return .moved(to: target, tree: trees[target]) }
    if machine.state.integration.freeze != nil { return .refused("frozen") }
    guard target == landing.old else { return .moved(to: target, tree: trees[target]) }
    try move(to: landing.new)
    return .landed
  }

  /// A process that is dead for all others goes on: it may land only where nobody has recorded anything since.
  mutating func wakeZombie() throws {
    guard let zombie = zombies.randomElement(using: &random), target == zombie.old,
      durable.count == zombie.fence
    else { return }
    try move(to: zombie.new)
  }

  /// Nothing that was in the target is lost, and what comes in has been tested.
  private mutating func move(to new: ObjectID) throws {
    let lost = (contents[target] ?? []).subtracting(contents[new] ?? [])
    try Violation.unless(lost.isEmpty, "the target loses what it had")
    for gate in policy.gates where gate.isRequired {
      try Violation.unless(!isRed(new, gate.key), "\(gate.name) is red on what lands")
    }
    target = new
  }

  /// Somebody else moves the target.
  mutating func moveTarget() {
    let other = object("\(target.hex) and more")
    contents[other] = (contents[target] ?? []).union([object("foreign \(steps)")])
    trees[other] = object("tree of \(other.hex)")
    target = other
  }
}
