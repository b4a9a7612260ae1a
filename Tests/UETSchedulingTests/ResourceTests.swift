import Testing
import UETModel
import UETTestSupport

@testable import UETScheduling

/// What workstreams ask of the machine.
@Suite struct ResourceTests {
  private func stage(
    _ asks: [[String: Int]], workers: Int = 4, having: [String: Int],
    conflicts: [DispatchPlan.ConflictGroup] = [],
    change: (inout [DispatchPlan.Item]) -> Void = { _ in }
  ) throws -> Stage {
    var items = zip("abcdefgh", asks).map { name, ask in
      var item = DispatchPlan.Item(id: ws(String(name)))
      item.routes = [DispatchPlan.ToolRoute("shell", resources: Resources(ask))]
      return item
    }
    change(&items)
    var stage = Stage(try DispatchPlan(items: items, conflicts: conflicts), workers: workers) {
      $0.resources = Resources(having)
    }
    try stage.take(.start)
    return stage
  }

  @Test func startsWhatFits() throws {
    var stage = try stage(
      [["cpu": 2000], ["cpu": 1500], ["cpu": 1000], [:]], having: ["cpu": 4000])
    #expect(stage.running == ["a", "b", "d"])
    #expect(stage.why("c") == "needs 1 core; in use: 3.5 cores, of 4 cores")
    try stage.succeed("b")
    #expect(stage.running == ["a", "c", "d"])
  }

  @Test func largeOneIsNotPassedForEverBySmallOnes() throws {
    var stage = try stage(
      [
        ["memory": 3_000_000_000], ["memory": 3_000_000_000], ["memory": 1_000_000_000], ["gpu": 1],
      ],
      having: ["memory": 4_000_000_000, "gpu": 1])
    // "c" would fit beside "a", but "b" comes first and waits for the same.
    #expect(stage.running == ["a", "d"])
    #expect(stage.why("c") == "lets 'ws-b' start first, which waits for memory")
    try stage.succeed("a")
    #expect(stage.running == ["b", "c", "d"])
  }

  @Test func aloneItStartsWhateverItAsks() throws {
    var stage = try stage([["gpu": 9], ["gpu": 1]], having: ["gpu": 1])
    #expect(stage.running == ["a"])
    try stage.succeed("a")
    #expect(stage.running == ["b"])
  }

  @Test func whatIsNotNamedIsNotLimited() throws {
    let stage = try stage([["gpu": 9], ["gpu": 9]], having: ["cpu": 1000])
    #expect(stage.running == ["a", "b"])
  }

  /// "c" is the first of those that wait for what "b" wrote; it lacks cores, which "d" does not
  /// need.
  @Test func oneThatLacksSomethingDoesNotHoldTheLineAtALock() throws {
    let shared = DispatchPlan.ConflictGroup(name: "x", owners: [1, 2, 3])
    var stage = try stage(
      [["cpu": 3000], [:], ["cpu": 3000], [:]], having: ["cpu": 4000], conflicts: [shared])
    #expect(stage.running == ["a", "b"])
    try stage.succeed("b")
    #expect(stage.running == ["a", "d"])
    try stage.succeed("a")
    #expect(stage.running == ["d"])
    try stage.succeed("d")
    #expect(stage.running == ["c"])
  }

  @Test func oneThatCouldNotStartAnywayKeepsNobodyBack() throws {
    var stage = try stage(
      [["cpu": 2000], ["cpu": 4000], ["cpu": 1000]], having: ["cpu": 4000]
    ) { $0[1].dependsOn = [0] }
    #expect(stage.running == ["a", "c"])
    try stage.succeed("a")
    #expect(stage.running == ["c"])
    #expect(stage.why("b") == "needs 4 cores; in use: 1 core, of 4 cores")
    try stage.succeed("c")
    #expect(stage.running == ["b"])
  }

  @Test func gatesOfWavesCountAndComeFirst() throws {
    let half = DispatchPlan.ToolRoute("shell", resources: Resources(["cpu": 2000]))
    var items = ["a", "b", "c", "d"].map { DispatchPlan.Item(id: ws($0)) }
    for index in items.indices { items[index].routes = [half] }
    var plan = try DispatchPlan(items: items)
    plan.waves = [
      DispatchPlan.Wave(
        number: 1, members: [0],
        gates: [.init(name: "GATE", resources: Resources(["cpu": 4000]))])
    ]
    var stage = Stage(plan, workers: 2) { $0.resources = Resources(["cpu": 4000]) }
    try stage.take(.start)
    #expect(stage.running == ["a", "b"])
    try stage.succeed("a")
    #expect(stage.running == ["b"])
    #expect(stage.why("c") == "lets a gate of a wave start first, which waits for cores")
    try stage.succeed("b")
    #expect(stage.running.isEmpty, "the gate has all cores")
    let tests = stage.effects.compactMap { if case .testWave(let test) = $0 { test } else { nil } }
    let test = try #require(tests.last)
    try stage.take(.waveTested(test, WaveOutcome(.passed), details: JSONObject()))
    #expect(stage.running == ["c", "d"])
  }
}
