import Testing
import UETModel
import UETTestSupport

@testable import UETScheduling

/// Workers that come when something can start, and go when nothing can.
@Suite struct ElasticTests {
  private static let grid = Resources.jobs(of: "grid")

  private func stage(
    _ plan: DispatchPlan, most: Int, least: Int = 1, resources: Resources = Resources()
  ) throws -> Stage {
    var stage = Stage(plan, workers: most) {
      ($0.leastWorkers, $0.resources) = (least, resources)
    }
    try stage.take(.start)
    return stage
  }

  private func live(_ stage: Stage) -> Int { stage.machine.state.liveWorkers }

  @Test func comeWithWhatCanStart() throws {
    var stage = try stage(plan(["a": [], "b": ["a"], "c": ["a"], "d": ["a"], "e": ["b"]]), most: 3)
    #expect(stage.running == ["a"] && live(stage) == 1)
    try stage.succeed("a")
    #expect(stage.running == ["b", "c", "d"] && live(stage) == 3)
  }

  /// What shares a path is no reason for a worker more.
  @Test func comeNotForWhatMayNotRunBesideAnother() throws {
    let stage = try stage(
      plan(["a": [], "b": [], "c": [], "d": []], conflicts: [["a", "b", "c"]]), most: 9)
    #expect(stage.running == ["a", "d"] && live(stage) == 2)
    #expect(stage.machine.state.pool.count == 2)
  }

  @Test func goWhenNothingStartsForAWhile() throws {
    var stage = try stage(plan(["a": [], "b": [], "c": [], "d": ["a", "b", "c"]]), most: 3)
    #expect(live(stage) == 3)
    try stage.succeed("b")
    try stage.succeed("c")
    #expect(live(stage) == 3)
    #expect(stage.machine.nextWake == stage.now.advanced(bySeconds: 60))
    stage.now = stage.now.advanced(bySeconds: 60)
    try stage.take(.timerFired)
    #expect(stage.running == ["a"] && live(stage) == 1)
    try stage.succeed("a")
    #expect(stage.running == ["d"])
  }

  /// It would be startable with two workers and not with three: workers would come and go for ever.
  @Test func planOfStartsIsNotKept() throws {
    var items = ["a", "b"].map { DispatchPlan.Item(id: ws($0)) }
    items[0].startsAfter = [1]
    let stage = try stage(DispatchPlan(items: items, workers: 2), most: 2)
    #expect(stage.running == ["a", "b"])
  }

  /// It came for a workstream that somebody cancelled meanwhile.
  @Test func oneThatGetsNothingStaysForAWhile() throws {
    var stage = Stage(try plan(["a": [], "b": [], "c": []]), workers: 3) { $0.leastWorkers = 1 }
    stage.preparesWorkers = false
    try stage.take(.start)
    try stage.take(.workerReady("w1"))
    #expect(live(stage) == 3)
    try stage.take(.cancelAll([ws("c")], reason: "not wanted"))
    try stage.take(.workerReady("w2"))
    try stage.take(.workerReady("w3"))
    #expect(stage.running == ["a", "b"] && live(stage) == 3)
    stage.now = stage.now.advanced(bySeconds: 60)
    try stage.take(.timerFired)
    #expect(live(stage) == 2)
  }

  @Test func neverFewerThanTheFewest() throws {
    var stage = try stage(plan(["a": [], "b": [], "c": ["a", "b"]]), most: 4, least: 2)
    #expect(live(stage) == 2)
    try stage.succeed("a")
    stage.now = stage.now.advanced(bySeconds: 600)
    try stage.take(.timerFired)
    #expect(live(stage) == 2)
  }

  @Test func aSparedMachineGetsNoMore() throws {
    var stage = try stage(plan(["a": [], "b": ["a"], "c": ["a"]]), most: 3)
    let change = TierChange(from: .normal, to: .focus, reason: "busy", figures: MachineFigures())
    try stage.take(.tier(change))
    try stage.succeed("a")
    #expect(stage.running == ["b"] && live(stage) == 1)
  }

  @Test func aNumberThatAPersonAskedForStays() throws {
    var stage = try stage(plan(["a": [], "b": [], "c": [], "d": []]), most: 2)
    try stage.take(.setWorkers(.count(3)))
    #expect(stage.running == ["a", "b", "c"] && live(stage) == 3)
    try stage.succeed("a")
    try stage.succeed("b")
    try stage.succeed("d")
    stage.now = stage.now.advanced(bySeconds: 600)
    try stage.take(.timerFired)
    #expect(live(stage) == 3)
    try stage.take(.setWorkers(.auto))
    #expect(live(stage) == 1 && stage.running == ["c"])
  }

  @Test func numbersOfARunThatHasThemStay() throws {
    var stage = Stage(try plan(["a": []]), workers: 2)
    try stage.take(.start)
    #expect(throws: DispatchError.workersAreFixed) { try stage.take(.setWorkers(.auto)) }
  }

  @Test func comeAsFarAsThereIsRoom() throws {
    var stage = try stage(
      fourItems(at: [DispatchPlan.Site("grid", resources: Resources([Self.grid: 1]))]), most: 9,
      resources: Resources([Self.grid: 1]))
    #expect(stage.running == ["a"] && live(stage) == 1)
    #expect(
      stage.why("b") == "waits for a job of 'grid': there are 1, of 1 that it has room for")
    try stage.take(.room(Resources([Self.grid: 3])))
    #expect(stage.running == ["a", "b", "c"] && live(stage) == 3)
    try stage.take(.room(Resources([Self.grid: 0])))
    #expect(stage.running == ["a", "b", "c"])
    try stage.succeed("a")
    try stage.succeed("b")
    #expect(stage.running == ["c"])
    // Without any room one asks all the same: else nothing would ever have a turn.
    try stage.succeed("c")
    #expect(stage.running == ["d"])
  }

  @Test func goElsewhereWhenThereIsNoRoomHere() throws {
    let here = Resources.jobs(of: AttemptRecord.localExecutor)
    var stage = try stage(
      fourItems(at: [
        DispatchPlan.Site(resources: Resources([here: 1])),
        DispatchPlan.Site("grid", resources: Resources([Self.grid: 1])),
      ]), most: 9, resources: Resources([here: 1, Self.grid: 2]))
    func executors() -> [String] {
      stage.effects.compactMap { effect -> String? in
        if case .startAttempt(let order) = effect { order.executor } else { nil }
      }
    }
    #expect(executors() == ["local", "grid", "grid"])
    #expect(stage.machine.state[ws("a")]?.lastAttempt?.executor == nil)
    #expect(stage.machine.state[ws("b")]?.lastAttempt?.executor == "grid")
    try stage.succeed("a")
    #expect(executors() == ["local", "grid", "grid", "local"])
  }

  /// One that needs more than this machine has goes where it can be had, busy or not.
  @Test func whatDoesNotFitHereGoesElsewhere() throws {
    let stage = try stage(
      fourItems(at: [
        DispatchPlan.Site(resources: Resources(["cpu": 64_000])), DispatchPlan.Site("grid"),
      ]), most: 1, resources: Resources(["cpu": 2000]))
    #expect(stage.machine.state[ws("a")]?.lastAttempt?.executor == "grid")
  }

  private func fourItems(at sites: [DispatchPlan.Site]) throws -> DispatchPlan {
    var items = "abcd".map { DispatchPlan.Item(id: ws(String($0))) }
    for place in items.indices { items[place].routes[0].sites = sites }
    return try DispatchPlan(items: items)
  }
}
