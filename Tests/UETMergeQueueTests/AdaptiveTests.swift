import Testing
import UETModel
import UETTestSupport

@testable import UETMergeQueue

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

  /// While a red gate is asked once more nothing is asked of its candidate beside that.
  @Test func whatWasRedAloneIsNotProbedAgain() throws {
    var stage = QueueStage(Array(names.prefix(9))) { policy in
      policy.strategy = .auto
      policy.slots = 3
      policy.gates = [QueueGate(name: "GATE_UNIT", key: "unit", isAskedTwice: true)]
    }
    stage.gateSeconds = 60
    stage.world.red = [["a"], ["e"]]
    try stage.enqueue(names.prefix(9).enumerated().map { candidate($1, rank: $0) })
    var steps = 0
    // Merges take no time beside gates.
    while stage.machine.outcome == nil, !stage.open.isEmpty {
      steps += 1
      try #require(steps < 200)
      let quick = stage.open.firstIndex { if case .test = $0 { false } else { true } }
      try stage.answer(quick ?? 0)
    }
    #expect(stage.integrated == names.prefix(9).filter { !["a", "e"].contains($0) })
    #expect(stage.events.count { $0.type == .probeStarted } < 20)
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
