import UETModel
import UETTestSupport

@testable import UETMergeQueue

/// A simulated world around a queue: a git and gates that are made up, a target that others move,
/// faults, late and repeated answers, people who steer, and crashes that lose what was not flushed
/// and every effect not run.
struct QueueWorld {
  var machine: QueueMachine
  var policy: QueuePolicy
  var random: SeededGenerator
  let candidates: [Candidate]
  var durable: [Event] = []
  var now = Timestamp(seconds: 1_000_000)
  /// Effects that nobody has answered yet, and answers that may come again.
  var open: [QueueEffect] = []
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
  var gateRuns = 0
  var steps = 0
  var progress = QueueProgress()
  var repairs = RepairWorld()
  private let empty: RunState

  init(seed: UInt64, candidates count: ClosedRange<Int> = 1...9) {
    random = SeededGenerator(seed: seed)
    candidates = Self.candidates(Int.random(in: count, using: &random), &random)
    policy = Self.policy(candidates, &random)
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
    policy.slots = Int.random(in: 1...4, using: &random)
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
    if random.oneIn(3) {
      policy.gates.append(QueueGate(name: "GATE_MORE", key: "more", isRequired: random.oneIn(2)))
    }
    return policy
  }

  /// Leaves nobody overtake, so that the order is that of the places alone.
  mutating func dropPatience() {
    policy.patience = 1000
    machine = QueueMachine(policy: policy, state: machine.state)
  }

  private mutating func makeTrouble() {
    let tips = candidates.map(\.tip)
    repairs.replayable = Set(tips.filter { _ in random.oneIn(2) })
    repairs.resolvable = Set(tips.filter { _ in random.oneIn(2) })
    for one in tips {
      if random.oneIn(8) { red["unit", default: []].append([one]) }
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
      open.removeAll { $0 == .test(name) }
      answered.append(.gateDone(name, .cancelled, details: JSONObject()))
    case .cancelRepair(let name):
      open.removeAll { if case .repair(let order) = $0 { order.name == name } else { false } }
      answered.append(.repairDone(name, repairs.outcome(of: name)))
    case .keep: break
    case .land(_, _, let new):
      try checkTested(new)
      open.append(effect)
    default: open.append(effect)
    }
  }

  /// Everything but the durable record, the branches and the objects is lost.
  mutating func crash() throws {
    for effect in open {
      if case .test(let name) = effect {
        answered.append(.gateDone(name, .passed, details: JSONObject()))
      }
      if case .repair(let order) = effect {
        answered.append(.repairDone(order.name, resolve(order.name)))
      }
    }
    open = []
    var state = empty
    for event in durable { try state.apply(event) }
    machine = QueueMachine(policy: policy, state: state)
    progress = QueueProgress()
    branch = state.integration.published
    open += machine.unfinished
    try take(.start)
  }

  /// Answers one open effect, as the world has it.
  mutating func answer() throws {
    let input: QueueInput
    switch open.remove(at: Int.random(in: 0..<open.count, using: &random)) {
    case .merge(let order): input = .mergeDone(order.name, merge(order))
    case .repair(let order): input = .repairDone(order.name, resolve(order.name))
    case .probe(let order): input = .probeDone(order.name, probe(order))
    case .test(let name):
      gateRuns += 1
      input = .gateDone(name, test(name), details: JSONObject())
    case .land(_, _, let new): input = .landingDone(new, land())
    default: return
    }
    answered.append(input)
    try take(input)
  }

  private mutating func merge(_ order: MergeOrder) -> MergeOutcome {
    if faultRate > 0, random.oneIn(faultRate) { return .fault("no space left") }
    let name = order.name
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
    return isRed(name.commit, name.key) ? .failed("red") : .passed
  }

  func isRed(_ commit: ObjectID, _ key: String) -> Bool {
    red[key, default: []].contains { $0.isSubset(of: contents[commit] ?? []) }
  }

  private mutating func land() -> LandingOutcome {
    guard let landing = machine.state.integration.landing else { return .refused("none") }
    if random.oneIn(8) { return .refused("checked out") }
    if target == landing.new { return .moved(to: target) }
    guard target == landing.old else { return .moved(to: target) }
    target = landing.new
    return .landed
  }

  /// Somebody else moves the target.
  mutating func moveTarget() {
    let other = object("\(target.hex) and more")
    contents[other] = (contents[target] ?? []).union([object("foreign \(steps)")])
    trees[other] = object("tree of \(other.hex)")
    target = other
  }
}

extension QueueWorld {
  private func check(_ event: Event) throws {
    let record = event.workstream.flatMap { machine.state[$0] }
    switch event.type {
    case .gateStarted:
      let isKnown = machine.state.workstreams.contains { record in
        record.verdicts.contains {
          $0.tree == event.commit(.tree) && $0.key == event.text(.gateKey)
        }
      }
      try Violation.unless(!isKnown, "a finished gate runs again")
      try Violation.unless(machine.running.count < policy.slots, "too many gates at once")
    case .candidateQueued:
      guard let ejection = record?.candidate?.ejection, record?.state == .ejected else { return }
      let isEmpty = machine.state.integration.chain.isEmpty
      let onto = isEmpty ? event.commit(.start) : machine.tip
      try Violation.unless(
        ejection.tip != event.commit(.tip) || ejection.onto != onto,
        "retried though nothing changed")
    case .repairStarted: try repairs.checkStart(event, machine)
    case .mergePrepared:
      let isOutdated = record.map { !machine.outdated($0).isEmpty } ?? false
      try Violation.unless(
        !isOutdated || event.commit(.replay) != nil, "the old commits of a replayed one come along")
    case .mergeSucceeded:
      try Violation.unless(event.commit(.onto) == machine.tip, "integrated onto something else")
      try event.commit(.commit).map(checkTested)
      try checkAssumed(event)
    case .landingStarted:
      try Violation.unless(machine.state.integration.freeze == nil, "lands while frozen")
      try checkProof(event)
    case .landed: try checkProof(event)
    default: break
    }
  }

  /// Only candidates whose scopes are known to be disjoint are integrated by one test where no batch is.
  private func checkAssumed(_ event: Event) throws {
    guard event.data[.assumed]?.bool == true else { return }
    let members = event.batch.map(\.workstream)
    for one in members {
      for other in members where one < other {
        let isDisjoint = policy.assumesDisjoint && policy.areDisjoint(one, other)
        try Violation.unless(isDisjoint, "'\(one)' and '\(other)' are not disjoint")
      }
    }
  }

  /// What a landing says of itself: all that is in it, in order, and every required gate passed on its tree.
  private func checkProof(_ event: Event) throws {
    guard let commit = event.commit(.commit), let start = event.commit(.start),
      let merges = event.data[.merges]?.array
    else { throw Violation("a landing without a proof") }
    let tips = merges.compactMap { $0["tip"]?.objectID }.map { repairs.replays[$0] ?? $0 }
    try Violation.unless(
      contents[commit] == (contents[start] ?? []).union(tips), "it holds something else")
    try Violation.unless(merges.last?["commit"]?.objectID == commit, "its last merge is another")
    try Violation.unless(event.commit(.tree) == trees[commit], "its tree is another")
    let gates = (event.data[.gates]?.array ?? []).compactMap { $0["gate"]?.string }
    for gate in policy.gates where gate.isRequired {
      try Violation.unless(gates.contains(gate.name), "\(gate.name) is not in the proof")
    }
  }

  /// The commit's tree is green for every required gate.
  private func checkTested(_ commit: ObjectID) throws {
    for gate in policy.gates where gate.isRequired {
      let verdicts = machine.state.workstreams.flatMap(\.verdicts)
        .filter { $0.tree == trees[commit] && $0.key == gate.key }
      try Violation.unless(verdicts.last?.passed == true, "\(gate.name) has not passed on it")
      try Violation.unless(!isRed(commit, gate.key), "\(gate.name) is red on it")
    }
  }

  /// What is integrated is what the record says, and nothing that was set aside came in with it.
  private func checkState() throws {
    let integration = machine.state.integration
    guard let start = integration.start, let tip = machine.tip else { return }
    let inChain = integration.chain.compactMap { machine.state[$0]?.candidate?.tip }
    let expected = (contents[start] ?? []).union(inChain)
    try Violation.unless(contents[tip] == expected, "something else is in the integration branch")
    for record in machine.state.workstreams {
      let isIn = integration.chain.contains(record.id)
      try Violation.unless(isIn == (record.state == .integrated), "'\(record.id)' in the chain?")
      if record.state == .queued, machine.outcome?.pause == nil, machine.outcome != nil {
        try Violation.unless(
          record.reason?.isEmpty == false, "'\(record.id)' is held without a reason")
      }
    }
  }
}
