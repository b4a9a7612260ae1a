import Testing
import UETModel

@testable import UETScheduling

/// What the planner decided beyond the order: holds, what runs alone, and which worker takes what.
@Suite struct HoldTests {
  /// `b` could start at once but lets `c` start first, which waits for `a`.
  private func held(workers: Int = 2) throws -> DispatchPlan {
    var items = ["a", "b", "c", "d"].map { DispatchPlan.Item(id: ws($0)) }
    items[1].startsAfter = [2]
    items[2].dependsOn = [0]
    items[3].dependsOn = [1]
    return try DispatchPlan(items: items, workers: workers)
  }

  @Test func holdIsKeptUntilTheOtherHasStarted() throws {
    var stage = Stage(try held(), workers: 2)
    try stage.take(.start)
    #expect(stage.running == ["a"])
    #expect(stage.why("b") == "lets 'ws-c' start first, as planned")
    try stage.succeed("a")
    #expect(stage.running == ["b", "c"])
  }

  @Test func holdEndsWhenWhatIsWaitedForFails() throws {
    var stage = Stage(try held(), workers: 2)
    try stage.take(.start)
    try stage.fail("a")
    #expect(stage.running == ["a", "b"], "the retry of 'a' delays 'c': nothing is as planned")
  }

  @Test func holdEndsWhenWhatIsWaitedForIsCancelled() throws {
    var stage = Stage(try held(), workers: 2)
    try stage.take(.start)
    try stage.take(.cancelAll([ws("c")], reason: "not wanted"))
    #expect(stage.running == ["a", "b"])
  }

  @Test func newDependencyThatWouldMakeACircleEndsTheHold() throws {
    var stage = Stage(try held(), workers: 2)
    try stage.take(.start)
    try stage.take(.addDependency(ws("c"), on: ws("b"), reason: nil))
    #expect(stage.running == ["a", "b"])
  }

  @Test func otherNumberOfWorkersEndsTheHold() throws {
    var stage = Stage(try held(), workers: 2)
    try stage.take(.start)
    try stage.take(.setWorkers(.count(3)))
    #expect(stage.running == ["a", "b"])
  }

  @Test func circleOfHoldsAndDependenciesIsRefused() throws {
    var items = ["a", "b"].map { DispatchPlan.Item(id: ws($0)) }
    items[0].startsAfter = [1]
    items[1].dependsOn = [0]
    #expect(throws: DispatchError.cycle([ws("a"), ws("b")])) { try DispatchPlan(items: items) }
  }

  @Test func oneThatRunsAloneIsNotOvertaken() throws {
    var stage = Stage(try plan(["a": [], "x": [], "b": []], exclusive: ["x"]), workers: 3)
    try stage.take(.start)
    #expect(stage.running == ["a"])
    #expect(stage.why("x") == "may not run beside 'ws-a': one of them runs alone")
    #expect(stage.why("b") == "lets 'ws-x' start first, which runs alone")
    try stage.succeed("a")
    #expect(stage.running == ["x"])
    #expect(stage.why("b") == "may not run beside 'ws-x': one of them runs alone")
    try stage.succeed("x")
    #expect(stage.running == ["b"])
  }

  @Test func workersPreferTheDirectoryTheyKnow() throws {
    let folders = [["src"], ["docs"], ["docs", "guide"], ["src"], ["docs"]]
    let items = folders.enumerated().map { place, folder in
      var item = DispatchPlan.Item(id: ws("\(place)"), dependsOn: place < 2 ? [] : [0, 1])
      item.directory = folder
      return item
    }
    var stage = Stage(try DispatchPlan(items: items), workers: 2)
    try stage.take(.start)
    try stage.succeed("0")
    try stage.succeed("1")
    let worker = { (name: String) in stage.machine.state[ws(name)]?.lastAttempt?.worker }
    #expect(worker("0") == "w1" && worker("1") == "w2")
    #expect(worker("2") == "w2" && worker("3") == "w1")
    try stage.succeed("3")
    #expect(worker("4") == "w1", "the only one that is free")
  }
}
