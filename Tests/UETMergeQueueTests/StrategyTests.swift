import Testing
import UETModel

@testable import UETMergeQueue

@Suite struct StrategyTests {
  fileprivate func stage(
    _ strategy: QueuePolicy.Strategy, _ names: [String], slots: Int = 1, red: [Set<String>] = []
  ) throws -> QueueStage {
    var stage = QueueStage(names) { policy in
      policy.strategy = strategy
      policy.slots = slots
    }
    stage.world.red = red
    try stage.enqueue(names.map { candidate($0) })
    return stage
  }

  /// Answers merges until none is open, so that only gates are.
  private func merge(_ stage: inout QueueStage) throws {
    while let place = stage.open.firstIndex(where: { if case .merge = $0 { true } else { false } })
    {
      try stage.answer(place)
    }
  }

  @Test func speculationTestsSeveralAtOnce() throws {
    var stage = try stage(.speculative, ["a", "b", "c"], slots: 3)
    try merge(&stage)
    #expect(stage.open.count == 3)
    try stage.answer(2)
    try stage.answer(1)
    #expect(stage.integrated == [])
    #expect(stage.why("c") == "in line at 3, waits for those before it to be decided")
    try stage.answer(0)
    #expect(stage.integrated == ["a", "b", "c"])
    #expect(stage.gateRuns == 3)
  }

  @Test func oneThatIsRedIsSkippedBeforeItIsItsTurn() throws {
    var stage = try stage(.speculative, ["a", "b", "c"], slots: 3, red: [["b"]])
    try merge(&stage)
    try stage.answer(1)
    #expect(stage.state("b") == .queued)
    try merge(&stage)
    #expect(stage.open.count == 2, "'a', and 'c' on top of 'a' alone")
    try stage.run()
    #expect(stage.integrated == ["a", "c"])
    #expect(stage.reason("b") == "GATE_UNIT failed on top of 'ws-a': b is red")
  }

  /// `b` is red only because of `a`, which goes itself.
  @Test func aRedResultOnTopOfOneThatGoesIsVoid() throws {
    var stage = try stage(.speculative, ["a", "b"], slots: 2, red: [["a"]])
    try merge(&stage)
    try stage.answer(1)
    #expect(stage.state("b") == .queued)
    try stage.run()
    #expect(stage.integrated == ["b"])
    #expect(stage.state("a") == .ejected)
  }

  @Test func aGreenBatchIsOneTest() throws {
    var stage = try stage(.batch, ["a", "b", "c", "d", "e"])
    try stage.run()
    #expect(stage.integrated == ["a", "b", "c", "d", "e"])
    #expect(stage.gateRuns == 1)
    #expect(stage.events.count { $0.type == .mergeSucceeded } == 1)
  }

  /// Eight, the sixth is red: all, then the first four, then up to the sixth, then up to the fifth
  /// of what is left, then the last two.
  @Test func halvingFindsTheCulprit() throws {
    var stage = try stage(.batch, ["a", "b", "c", "d", "e", "f", "g", "h"], red: [["f"]])
    try stage.run()
    #expect(stage.integrated == ["a", "b", "c", "d", "e", "g", "h"])
    #expect(stage.state("f") == .ejected)
    #expect(stage.gateRuns <= 5)
  }

  @Test func whatContainsAConflictingOneIsNotTakenWithTheBatch() throws {
    var stage = QueueStage(["a", "b", "c", "d"]) { $0.strategy = .batch }
    stage.world.conflicts = [["a", "b"]]
    try stage.enqueue([
      candidate("a"), candidate("b"), candidate("c", after: ["b"]), candidate("d", rank: 1),
    ])
    try stage.run()
    #expect(stage.integrated == ["a", "d"])
    #expect(stage.reason("c")?.contains("'ws-b'") == true)
  }

  @Test func theWindowGrowsAndIsHalved() throws {
    var stage = try stage(.speculative, ["a", "b", "c", "d", "e"], slots: 9, red: [["e"]])
    try merge(&stage)
    #expect(stage.open.count == IntegrationRecord.firstWindow)
    try stage.run()
    #expect(stage.machine.state.integration.window == (IntegrationRecord.firstWindow + 4) / 2)
  }

  @Test func noneIsPassedOverForEver() throws {
    let urgent = (0..<9).map { "u\($0)" }
    var stage = QueueStage(["late"] + urgent) { $0.patience = 3 }
    try stage.enqueue([candidate("late", rank: 9)] + urgent.map { candidate($0) })
    try stage.run()
    #expect(stage.integrated.firstIndex(of: "late") == 3)
  }

  /// The choice is an event with its reason: gates that take hardly any time are run on each in its place.
  @Test func autoSaysWhy() throws {
    var stage = try stage(.auto, ["a", "b", "c"], slots: 2)
    let first = stage.events.first { $0.type == .strategyChosen }
    #expect(first?.text(.strategy) == "adaptive")
    #expect(
      first?.text(.reason)
        == "2 gates run at once and nothing is known of the candidates: about 5 are tested as one")
    stage.gateSeconds = 0.4
    try stage.run()
    try stage.enqueueMore(["d", "e"])
    let next = stage.events.last { $0.type == .strategyChosen }
    #expect(next?.text(.strategy) == "speculative")
    #expect(next?.text(.reason) == "a gate takes 0.4 s, so each is tested in its place")
  }

  @Test func oneSlotIsForBatches() throws {
    let stage = try stage(.auto, ["a", "b"], slots: 1)
    #expect(stage.machine.state.integration.strategy == "batch")
  }
}

@Suite struct AdaptiveTests {
  private let names = (0..<24).map { String(UnicodeScalar(UInt8(97 + $0))) }

  private func stage(slots: Int, red: [Set<String>]) throws -> QueueStage {
    var stage = QueueStage(names) { policy in
      policy.strategy = .auto
      policy.slots = slots
    }
    stage.gateSeconds = 60
    stage.world.red = red
    try stage.enqueue(names.enumerated().map { candidate($1, rank: $0) })
    return stage
  }

  /// With many slots some are tested by themselves, and one that is red alone goes before its turn.
  @Test func oneThatIsRedAloneGoesAtOnce() throws {
    var stage = try stage(slots: 24, red: [["c"]])
    while let place = stage.open.firstIndex(where: { if case .test = $0 { false } else { true } }) {
      try stage.answer(place)
    }
    let alone = try #require(stage.machine.probes.first { $0.name.members == [ws("c")] })
    let place = try #require(
      stage.open.firstIndex { effect in
        if case .test(let name) = effect { name.commit == alone.commit } else { false }
      })
    try stage.answer(place)
    #expect(stage.state("c") == .ejected)
    #expect(stage.integrated == [])
    #expect(stage.reason("c") == "GATE_UNIT failed: c is red")
    #expect(stage.machine.state[ws("c")]?.candidate?.ejection?.commit == alone.commit)
    try stage.run()
    #expect(stage.integrated == names.filter { $0 != "c" })
  }

  /// Far fewer rounds of gates than candidates, and no more gates than slots at once.
  @Test func fewRoundsDecideMany() throws {
    for slots in [2, 4, 8] {
      var stage = try stage(slots: slots, red: [["c"], ["m"], ["h", "p"]])
      var rounds = 0
      while stage.machine.outcome == nil {
        let names = stage.machine.running
        #expect(names.count <= slots)
        rounds += 1
        try #require(rounds < 60)
        // A round: all that runs ends, and all that can be merged is.
        for name in names {
          guard let place = stage.open.firstIndex(of: .test(name)) else { continue }
          try stage.answer(place)
        }
        while let place = stage.open.firstIndex(where: {
          if case .test = $0 { false } else { true }
        }) {
          try stage.answer(place)
        }
      }
      #expect(stage.integrated == names.filter { !["c", "m", "p"].contains($0) })
      #expect(rounds <= 24 / slots + 10, "\(slots) slots, \(rounds) rounds")
    }
  }

  @Test func whenAllFailEachIsTestedByItself() throws {
    var stage = try stage(slots: 8, red: names.map { [$0] })
    try stage.run()
    #expect(stage.integrated == [])
    #expect(stage.gateRuns <= 2 * names.count)
    #expect(
      stage.machine.strategy.reason
        == "8 gates run at once and 24 of 24 candidates failed: each is tested by itself")
  }

  /// What builds on one that is not integrated cannot be tested without it.
  @Test func whatContainsAnUndecidedOneIsNotTestedAlone() throws {
    var stage = QueueStage(["a", "b", "c"]) { policy in
      policy.strategy = .auto
      policy.slots = 8
    }
    try stage.enqueue([candidate("a"), candidate("b", after: ["a"]), candidate("c", rank: 2)])
    #expect(!stage.machine.probes.contains { $0.name.members.contains(ws("b")) })
    try stage.run()
    #expect(stage.integrated == ["a", "b", "c"])
  }
}

extension StrategyTests {
  /// Who was ejected before is cut off first.
  @Test func halvingBeginsWithTheSuspect() throws {
    var stage = try stage(.batch, ["a", "b", "c", "d"], red: [["d"]])
    try stage.run()
    #expect(stage.state("d") == .ejected)
    let runs = stage.gateRuns
    try stage.take(.requeue(ws("d"), reason: "again", force: true))
    try stage.enqueueMore(["e", "f", "g"])
    try stage.run()
    #expect(stage.integrated == ["a", "b", "c", "e", "f", "g"])
    #expect(stage.gateRuns - runs <= 3)
  }
}

@Suite struct AssumptionTests {
  private func stage(_ names: [String], red: [Set<String>] = []) throws -> QueueStage {
    var stage = QueueStage(names) { policy in
      policy.strategy = .speculative
      policy.slots = 2
      policy.assumesDisjoint = true
      policy.scoped = Set(names.map(ws))
      policy.overlaps = [ws("c"): [ws("d")], ws("d"): [ws("c")]]
    }
    stage.world.red = red
    try stage.enqueue(names.map { candidate($0) })
    return stage
  }

  @Test func disjointNeighboursShareTheTestOfTheLast() throws {
    var stage = try stage(["a", "b", "c"])
    try stage.run()
    #expect(stage.integrated == ["a", "b", "c"])
    #expect(stage.gateRuns == 1)
    let event = stage.events.last { $0.type == .mergeSucceeded }
    #expect(event?.data[.assumed]?.bool == true)
    #expect(stage.contents[stage.branch ?? .zero] == ["a", "b", "c"])
  }

  @Test func overlappingOnesAreTestedApart() throws {
    var stage = try stage(["c", "d"])
    try stage.run()
    #expect(stage.integrated == ["c", "d"])
    #expect(stage.gateRuns == 2)
  }

  /// Once the shared test is red each is tested in its place, and the culprit alone goes.
  @Test func aRedGroupIsTestedOneByOne() throws {
    var stage = try stage(["a", "b", "c"], red: [["b"]])
    try stage.run()
    #expect(stage.integrated == ["a", "c"])
    #expect(stage.state("b") == .ejected)
  }

  @Test func whoseScopeIsUnknownIsTested() throws {
    var stage = QueueStage(["a", "b"]) { policy in
      policy.strategy = .speculative
      policy.assumesDisjoint = true
      policy.scoped = [ws("a")]
    }
    try stage.enqueue([candidate("a"), candidate("b")])
    try stage.run()
    #expect(stage.gateRuns == 2)
  }
}

@Suite struct SteeringTests {
  @Test func promotedGoesFirst() throws {
    var stage = QueueStage(["a", "b", "c", "d"])
    try stage.enqueue([
      candidate("a"), candidate("b"), candidate("c"), candidate("d", after: ["c"]),
    ])
    #expect(
      throws: QueueError.notPromotable(ws("d"), reason: "it contains 'ws-c', which comes before it")
    ) {
      try stage.take(.promote(ws("d")))
    }
    #expect(throws: QueueError.notPromotable(ws("a"), reason: "it is at the head already")) {
      try stage.take(.promote(ws("a")))
    }
    try stage.take(.promote(ws("c")))
    try stage.run()
    #expect(stage.integrated == ["a", "c", "b", "d"])
  }

  @Test func frozenTestsGoOnAndNothingLands() throws {
    var stage = QueueStage(["a"])
    try stage.take(.freeze(reason: "release"))
    try stage.enqueue([candidate("a")])
    try stage.run()
    #expect(stage.integrated == ["a"])
    #expect(throws: QueueError.frozen("release")) {
      try stage.take(.land(target: "refs/heads/main", at: stage.start))
    }
    try stage.take(.unfreeze)
    #expect(throws: QueueError.notFrozen) { try stage.take(.unfreeze) }
    try stage.take(.land(target: "refs/heads/main", at: stage.start))
    try stage.run()
    #expect(stage.state("a") == .landed)
  }

  @Test func knownRedIsNotAdmitted() throws {
    var stage = QueueStage(["a", "b"])
    var bad = candidate("b")
    bad.tree = tree(of: ["b"])
    stage.world.red = [["b"]]
    try stage.enqueue([bad])
    try stage.run()
    #expect(stage.state("b") == .ejected)
    try stage.enqueue([candidate("a")])
    try stage.run()
    let runs = stage.gateRuns
    try stage.take(.requeue(ws("b"), reason: "the tip has moved", force: false))
    #expect(stage.gateRuns == runs)
    #expect(stage.reason("b") == "not admitted: GATE_UNIT is known to be red on its own tree")
    #expect(stage.machine.state[ws("b")]?.candidate?.ejection?.evidence != nil)
  }

  @Test func withdrawnOnesStayOutUntilAPersonBringsThemBack() throws {
    var stage = QueueStage(["a", "b"])
    try stage.enqueue([candidate("a"), candidate("b")])
    try stage.take(.withdraw(ws("b"), reason: "not yet"))
    #expect(stage.machine.state[ws("b")]?.isWithdrawn == true)
    try stage.enqueue([candidate("b")])
    #expect(stage.machine.state[ws("b")]?.isWithdrawn == false)
  }
}
