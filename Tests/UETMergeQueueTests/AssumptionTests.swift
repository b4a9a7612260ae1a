import Testing
import UETModel
import UETTestSupport

@testable import UETMergeQueue

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
