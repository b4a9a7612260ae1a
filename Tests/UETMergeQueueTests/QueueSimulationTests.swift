import Testing
import UETModel
import UETTestSupport

@testable import UETMergeQueue

@Suite struct QueueSimulationTests {
  /// Whatever happens, only tested commits are integrated and land, nothing that was set aside
  /// comes in through another, nothing is tried again unchanged, and the queue comes to rest.
  @Test func everyQueueKeepsTheRulesAndRests() {
    let failure = Seeds(short: 2000, long: 100_000, also: [11_704]).firstFailure(
      filter: "everyQueueKeepsTheRulesAndRests"
    ) { seed in
      var world = QueueWorld(seed: seed)
      world.crashRate = seed % 2 == 0 ? 30 : 0
      world.faultRate = seed % 3 == 0 ? 12 : 0
      world.flakeRate = seed % 5 == 0 ? 10 : 0
      world.trouble.isRandom = world.faultRate > 0
      try world.live(upTo: 100)
      try world.rest()
      try world.checkRest()
    }
    #expect(failure == nil, "\(failure ?? "")")
  }

  /// A candidate that the gate dies on, or that cannot be merged, is set aside, and nobody else is:
  /// everything else is decided, without a person.
  @Test func whatAFaultFollowsIsSetAsideAlone() {
    let failure = Seeds(short: 2000, long: 100_000, also: [16_945]).firstFailure(
      filter: "whatAFaultFollowsIsSetAsideAlone"
    ) { seed in
      var world = QueueWorld(seed: seed, candidates: 2...9)
      world.crashRate = seed % 3 == 0 ? 40 : 0
      world.makeDeadly()
      try world.live(upTo: 100)
      try world.rest()
      try world.checkRest()
      try Violation.unless(
        world.machine.outcome?.pause == nil, "\(String(describing: world.machine.outcome?.pause))")
    }
    #expect(failure == nil, "\(failure ?? "")")
  }

  /// While the machine is broken for all nobody is set aside for that, and the queue says so and
  /// rests.
  @Test func aBrokenMachineIsNobodysFault() {
    let failure = Seeds(short: 500, long: 50_000, also: [7196, 26_190]).firstFailure(
      filter: "aBrokenMachineIsNobodysFault"
    ) { seed in
      var world = QueueWorld(seed: seed)
      try world.checkBrokenMachine(after: Int(seed % 60))
    }
    #expect(failure == nil, "\(failure ?? "")")
  }

  /// A target that is red itself is told after one look, and nobody goes for it; mended, all goes
  /// on.
  @Test func aRedTargetIsToldAndEjectsNobody() {
    let failure = Seeds(short: 500, long: 50_000).firstFailure(
      filter: "aRedTargetIsToldAndEjectsNobody"
    ) { seed in
      var world = QueueWorld(seed: seed)
      try world.checkRedTarget()
    }
    #expect(failure == nil, "\(failure ?? "")")
  }

  /// Strategies, slots, crashes and the order of answers change how long it takes, not what comes
  /// of it: the same commits as one at a time.
  @Test func theResultIsThatOfOneAtATime() {
    let failure = Seeds(short: 1000, long: 50_000, also: [4198]).firstFailure(
      filter: "theResultIsThatOfOneAtATime"
    ) { seed in
      var world = QueueWorld(seed: seed)
      world.dropPatience()
      let expected = world.oracle()
      world.crashRate = seed % 2 == 0 ? 15 : 0
      while world.machine.state.sequence == 0 {
        try world.take(.enqueue(world.candidates, start: world.target))
      }
      var steps = 0
      while world.machine.outcome == nil {
        steps += 1
        try Violation.unless(steps < 2000, "does not come to rest")
        if steps > 500 { world.crashRate = 0 }
        try world.answer()
      }
      let integrated = world.machine.state.integration.chain
      try Violation.unless(integrated == expected, "\(integrated), one at a time \(expected)")
    }
    #expect(failure == nil, "\(failure ?? "")")
  }
}

extension QueueWorld {
  /// What one at a time gives, found the slow way.
  func oracle() -> [WorkstreamID] {
    var waiting = candidates.enumerated().sorted { one, other in
      (one.element.criticalPathRank, one.element.priority, one.element.dependencyCount, one.offset)
        < (
          other.element.criticalPathRank, other.element.priority, other.element.dependencyCount,
          other.offset
        )
    }.map(\.element)
    var chain: [Candidate] = []
    var replayed: Set<ObjectID> = []
    var present = contents[target] ?? []
    while let next = waiting.firstIndex(where: { one in
      one.inputs.allSatisfy { input in chain.contains { $0.id == input.workstream } }
    }) {
      let candidate = waiting.remove(at: next)
      let both = present.union(contents[candidate.tip] ?? [])
      let new = both.subtracting(present)
      let isTorn = conflicts.contains { $0.isSubset(of: both) && !$0.isDisjoint(with: new) }
      let isOutdated = candidate.inputs.contains { replayed.contains($0.commit) }
      let end = repair(candidate.tip, isTorn: isTorn, isOutdated: isOutdated)
      if end == .lost { continue }
      let isRed = policy.gates.contains { gate in
        gate.isRequired && red[gate.key, default: []].contains { $0.isSubset(of: both) }
      }
      if isRed { continue }
      if end == .replayed { replayed.insert(candidate.tip) }
      chain.append(candidate)
      present = both
    }
    return chain.map(\.id)
  }

  private enum RepairEnd { case asItIs, replayed, lost }

  /// What becomes of a candidate that may have to be repaired.
  private func repair(_ tip: ObjectID, isTorn: Bool, isOutdated: Bool) -> RepairEnd {
    guard isTorn || isOutdated else { return .asItIs }
    for method in policy.repair {
      if method == .replay, repairs.replayable.contains(tip) { return .replayed }
      if method == .resolver, !isOutdated, repairs.resolvable.contains(tip) { return .asItIs }
    }
    return .lost
  }

  /// So many steps of a world in which anything may happen.
  mutating func live(upTo limit: Int) throws {
    while steps < limit {
      if !open.isEmpty, !random.oneIn(4) {
        try answer()
      } else {
        try meddle()
      }
    }
  }

  private mutating func meddle() throws {
    let one = candidates[Int.random(in: 0..<candidates.count, using: &random)]
    switch Int.random(in: 0..<19, using: &random) {
    case 0...2:
      let some = candidates.filter { _ in random.oneIn(2) }
      try take(.enqueue(some, start: target, tree: knownTree, inputs: knownInputs))
    case 3: try take(.pause(reason: "rest"))
    case 4, 5: try take(.resume)
    case 6: try take(.dequeue(one.id, reason: "not yet"))
    case 7:
      let isForced = random.oneIn(3)
      try take(
        .requeue(one.id, reason: isForced ? QueueWorld.forced : "again", force: isForced))
    case 8, 9:
      try take(
        .land(
          target: "refs/heads/main", at: target, tree: knownTree, inputs: knownInputs))
    case 10: if random.oneIn(3) { moveTarget() } else { try wakeZombie() }
    case 11: try take(random.oneIn(2) ? .drain : .stopNow)
    case 12: try take(.start)
    case 16: try take(.promote(one.id))
    case 17: try take(.freeze(reason: "release week"))
    case 18: try take(.unfreeze)
    case 13:
      guard let again = answered.randomElement(using: &random) else {
        steps += 1
        return
      }
      try take(again)
    default:
      now = now.advanced(bySeconds: 5)
      try take(.timerFired)
    }
    steps += 1
  }

  /// Leaves the queue alone until it has nothing to do.
  mutating func rest() throws {
    (crashRate, faultRate, flakeRate) = (0, 0, 0)
    try work()
  }

  /// All are queued, and nobody interferes until the queue has nothing to do.
  mutating func work() throws {
    try take(.resume)
    let start = machine.state.integration.start ?? target
    try take(
      .enqueue(
        candidates, start: start, tree: knowsTrees ? trees[start] : nil,
        inputs: knowsTrees ? inputs(of: start) : GateInputs()))
    var rounds = 0
    while machine.outcome == nil {
      rounds += 1
      try Violation.unless(rounds < 800, "does not come to rest: \(machine.line.entries)")
      if open.isEmpty {
        guard let wake = machine.nextWake else { throw Violation("waits for nothing") }
        now = wake
        try take(.timerFired)
      } else {
        try answer()
      }
    }
  }

  func checkRest() throws {
    if machine.outcome?.pause?.redGate != nil { return }
    for record in machine.state.workstreams {
      switch record.state {
      case .integrated, .landed: break
      case .ejected, .queued, .quarantined:
        try Violation.unless(record.reason?.isEmpty == false, "'\(record.id)' has no reason")
      default: throw Violation("'\(record.id)' ends \(record.state)")
      }
    }
  }
}
