import Testing
import UETModel

@testable import UETMergeQueue

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
