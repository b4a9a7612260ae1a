import UETModel
import UETTestSupport

@testable import UETMergeQueue

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

  mutating func run(_ effect: QueueEffect) throws {
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

  mutating func begin(_ effect: QueueEffect) -> Pending {
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
    recallInputs()
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
    case .merge(let order):
      let outcome = merge(order)
      input = .mergeDone(order.name, outcome, inputs: inputs(of: outcome))
    case .repair(let order):
      let outcome = resolve(order.name)
      guard case .resolved(let commit, _, _) = outcome else {
        input = .repairDone(order.name, outcome)
        break
      }
      input = .repairDone(order.name, outcome, inputs: inputs(of: commit))
    case .probe(let order):
      let (outcome, commits) = probe(order)
      input = .probeDone(
        order.name, outcome, commits: commits, inputs: inputs(of: outcome))
    case .test(let name):
      gateRuns += 1
      var details = JSONObject()
      details[.seconds] = .number(gateTime * Double.random(in: 0.5...2, using: &random))
      let outcome = test(name)
      learn(name, outcome, into: &details)
      input = .gateDone(name, outcome, details: details)
    case .land(_, _, let new):
      let outcome = try land()
      input = .landingDone(new, outcome, inputs: inputs(of: target))
    default: return
    }
    answered.append(input)
    try take(input)
  }

  mutating func merge(_ order: MergeOrder) -> MergeOutcome {
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

  mutating func join(_ tips: Set<ObjectID>, _ name: String) -> ObjectID {
    let commit = object(name)
    contents[commit] = tips
    trees[commit] = object("tree " + tips.sorted().map(\.short).joined())
    return commit
  }

  mutating func resolve(_ name: RepairName) -> RepairOutcome {
    if trouble.isBroken || faultRate > 0 && random.oneIn(faultRate) {
      return .fault("cannot be started")
    }
    let outcome = repairs.outcome(of: name)
    guard case .resolved(let commit, _, let details) = outcome else { return outcome }
    contents[commit] = (contents[name.onto] ?? []).union(contents[name.tip] ?? [])
    let tips = contents[commit] ?? []
    trees[commit] = object("tree " + tips.sorted().map(\.short).joined())
    return .resolved(commit: commit, tree: trees[commit] ?? .zero, details: details)
  }

  mutating func probe(_ order: ProbeOrder) -> (MergeOutcome, [ObjectID]) {
    var last = MergeOutcome.fault("nothing to merge")
    var onto = order.name.onto
    var commits: [ObjectID] = []
    for one in order.merges {
      last = merge(one.onto(onto))
      guard case .clean(let commit, _) = last else { return (last, commits) }
      onto = commit
      commits.append(commit)
    }
    return (last, commits)
  }

  func inputs(of outcome: MergeOutcome) -> GateInputs {
    switch outcome {
    case .clean(let commit, _), .repaired(let commit, _, _, _),
      .replayed(_, let commit, _, _, _, _):
      inputs(of: commit)
    case .conflict, .refused, .fault: GateInputs()
    }
  }

  mutating func test(_ name: GateName) -> GateOutcome {
    if faultRate > 0, random.oneIn(faultRate) { return .fault("killed by a signal") }
    if let fault = trouble.fault(testing: contents(of: name.commit, for: name.gate)) {
      return .fault(fault)
    }
    let isFlake = flakeRate > 0 && random.oneIn(flakeRate)
    guard isFlake || isRed(name.commit, name.key) else { return .passed }
    refused.insert(Refusal(subject: name.subject, key: name.key))
    return .failed("red")
  }

  func isRed(_ commit: ObjectID, _ key: String) -> Bool {
    red[key, default: []].contains { $0.isSubset(of: contents[commit] ?? []) }
      || trouble.isRed(key, without: contents[commit] ?? [])
  }

  mutating func land() throws -> LandingOutcome {
    guard let landing = machine.state.integration.landing else { return .refused("none") }
    if random.oneIn(8) { return .refused("checked out") }
    if target == landing.new { return .moved(to: target, tree: trees[target]) }
    if machine.state.integration.freeze != nil { return .refused("frozen") }
    guard target == landing.old else { return .moved(to: target, tree: trees[target]) }
    try move(to: landing.new)
    return .landed
  }

  /// A process that is dead for all others goes on: it may land only where nobody has recorded
  /// anything since.
  mutating func wakeZombie() throws {
    guard let zombie = zombies.randomElement(using: &random), target == zombie.old,
      durable.count == zombie.fence
    else { return }
    try move(to: zombie.new)
  }

  /// Nothing that was in the target is lost, and what comes in has been tested.
  mutating func move(to new: ObjectID) throws {
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
