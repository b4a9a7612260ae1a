import Testing
import UETModel
import UETTestSupport

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

  /// The choice is an event with its reason: gates that take hardly any time are run on each in its
  /// place.
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
