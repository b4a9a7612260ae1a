import Testing
import UETModel
import UETTestSupport

@testable import UETMergeQueue

@Suite struct TrialTests {
  private func stage(_ names: [String], _ change: (inout QueuePolicy) -> Void = { _ in }) throws
    -> QueueStage
  {
    var stage = QueueStage(names, change: change)
    try stage.take(
      .enqueue(names.map { candidate($0) }, start: stage.start, tree: tree(of: [])))
    return stage
  }

  @Test func whatAFaultFollowsGoesAlone() throws {
    var stage = try stage(["a", "b", "c"])
    stage.world.deadly = ["b"]
    try stage.run()
    #expect(stage.integrated == ["a", "c"])
    #expect(stage.machine.outcome?.pause == nil)
    #expect(
      stage.reason("b")
        == "GATE_UNIT gives no verdict on top of 'ws-a', and does without it: killed by a signal (5 times)"
    )
    #expect(stage.machine.state[ws("b")]?.candidate?.ejection?.isFault == true)
  }

  @Test func whatAFaultSetAsideMayComeBackUnchanged() throws {
    var stage = try stage(["a", "b"])
    stage.world.deadly = ["b"]
    try stage.run()
    #expect(stage.integrated == ["a"] && stage.state("b") == .ejected)
    stage.world.deadly = []
    try stage.take(.requeue(ws("b"), reason: "mended", force: false))
    try stage.run()
    #expect(stage.integrated == ["a", "b"])
  }

  @Test func aFaultThatComesEverywhereStopsTheQueue() throws {
    var stage = try stage(["a", "b"])
    stage.world.deadly = [""]
    try stage.run()
    #expect(stage.state("a") == .queued && stage.state("b") == .queued)
    #expect(
      stage.machine.outcome?.pause?.reason
        == "GATE_UNIT gives no verdict, not even on the target itself: killed by a signal")
  }

  @Test func aRedTargetIsTestedOnceAndNobodyGoes() throws {
    var stage = try stage(["a", "b", "c"])
    stage.world.red = [[]]
    try stage.run()
    #expect(stage.gateRuns == 2)
    #expect(stage.machine.outcome?.ejected.isEmpty == true)
    #expect(stage.machine.outcome?.pause?.redGate == "unit")
    stage.world.red = []
    try stage.take(.start)
    try stage.run()
    #expect(stage.integrated == ["a", "b", "c"])
  }

  @Test func aRedResultIsAskedForOnceMore() throws {
    var stage = try stage(["a", "b"]) { $0.gates[0].isAskedTwice = true }
    stage.world.red = [["b"]]
    try stage.run()
    #expect(stage.integrated == ["a"])
    #expect(stage.gateRuns == 3, "'b' twice")
    #expect(stage.events.last { $0.type == .gateFailed }?.data[.again]?.bool == true)
  }

  /// A gate of its own, asked for since its merge was resolved, was red once, and gives no verdict
  /// when it is asked for again.
  private func unconfirmed(
    onTarget answer: @autoclosure () -> GateOutcome
  ) throws -> (stage: QueueStage, asked: Int) {
    var stage = try stage(["a", "b"]) {
      $0.ownGates[ws("a")] = [QueueGate(name: "GATE_OWN", key: "own", isAskedTwice: true)]
    }
    var asked = 0
    while stage.machine.outcome == nil, asked < 50 {
      if stage.open.isEmpty, let wake = stage.machine.nextWake {
        stage.now = wake
        try stage.take(.timerFired)
      } else if case .test(let name)? = stage.open.first, name.gate == "GATE_OWN" {
        stage.open.removeFirst()
        asked += 1
        let outcome: GateOutcome =
          name.commit == stage.start ? answer() : asked == 1 ? .failed("red") : .fault("killed")
        try stage.take(.gateDone(name, outcome, details: JSONObject()))
      } else if case .merge(let order)? = stage.open.first, order.name.workstream == ws("a"),
        case .clean(let commit, let tree) = stage.merge(order.name)
      {
        stage.open.removeFirst()
        let resolved = MergeOutcome.repaired(
          commit: commit, tree: tree, paths: ["x"], details: JSONObject())
        try stage.take(.mergeDone(order.name, resolved))
      } else {
        try stage.answer()
      }
    }
    return (stage, asked)
  }

  @Test func redAndThenWithoutAVerdictIsAskedSoOftenAsAnyFault() throws {
    let (stage, asked) = try unconfirmed(onTarget: .fault("killed"))
    #expect(asked < 15)
    #expect(stage.machine.outcome?.ejected.isEmpty == true)
    let reason = "GATE_OWN gives no verdict, not even on the target itself: killed"
    #expect(stage.machine.outcome?.pause?.reason == reason)
  }

  @Test func redAndThenWithoutAVerdictGoesWhereTheGateWorks() throws {
    let (stage, asked) = try unconfirmed(onTarget: .passed)
    #expect(asked < 15)
    #expect(stage.integrated == ["b"] && stage.state("a") == .ejected)
  }
}
