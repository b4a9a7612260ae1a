import Testing
import UETModel

@testable import UETScheduling

@Suite struct DispatchRulesTests {
  @Test func startsInPlanOrderUpToTheWorkers() throws {
    var stage = Stage(try plan(["a": [], "b": [], "c": [], "d": ["a"]]), workers: 2)
    try stage.take(.start)
    #expect(stage.running == ["a", "b"])
    #expect(stage.why("c") == "waits for a free worker (2 busy)")
    #expect(stage.why("d") == "waits for 'ws-a'")
    try stage.succeed("a")
    #expect(stage.running == ["b", "c"])
    try stage.succeed("b")
    #expect(stage.running == ["c", "d"])
  }

  @Test func startsTheMomentItsDependenciesAreDone() throws {
    var stage = Stage(try plan(["a": [], "slow": [], "b": ["a"], "c": ["b"]]), workers: 2)
    try stage.take(.start)
    try stage.succeed("a")
    try stage.succeed("b")
    #expect(stage.running == ["slow", "c"])
  }

  @Test func keepsConflictingOnesApartWithoutIdling() throws {
    var stage = Stage(try plan(["a": [], "b": [], "c": []], conflicts: [["a", "b"]]), workers: 2)
    try stage.take(.start)
    #expect(stage.running == ["a", "c"])
    #expect(stage.why("b") == "may not run beside 'ws-a': both have 'ab'")
    try stage.succeed("c")
    #expect(stage.running == ["a"])
    try stage.succeed("a")
    #expect(stage.running == ["b"])
  }

  @Test func endsWithTheRun() throws {
    var stage = Stage(try plan(["a": [], "b": ["a"]]), workers: 1)
    try stage.take(.start)
    try stage.succeed("a")
    let effects = try stage.succeed("b")
    #expect(effects.last == .runEnded(.succeeded))
    #expect(stage.machine.state.pool.allSatisfy { $0.state == .terminated })
  }

  @Test func buildsOnDependenciesAndOverlaps() throws {
    var stage = Stage(
      try plan(
        ["a": [], "b": [], "c": ["a"], "d": ["c"]],
        conflicts: [["b", "c"], ["b", "d"], ["a", "c"]]),
      workers: 1)
    try stage.take(.start)
    try stage.succeed("a")
    let effects = try stage.succeed("b")
    guard case .startAttempt(let order) = effects.last else { return #expect(Bool(false)) }
    #expect(order.inputs.map(\.workstream) == [ws("a"), ws("b")])
    #expect(order.inputs.map(\.commit) == [commit("a"), commit("b")])
    let next = try stage.succeed("c")
    guard case .startAttempt(let last) = next.last else { return #expect(Bool(false)) }
    #expect(last.inputs.map(\.workstream) == [ws("c")], "'c' contains 'a' and 'b'")
    #expect(stage.machine.state[ws("d")]?.lastAttempt?.inputs == last.inputs)
  }

  @Test func guestsDoNotConflictWithEachOther() throws {
    let items = ["a", "b", "c"].map { DispatchPlan.Item(id: ws($0)) }
    let group = DispatchPlan.ConflictGroup(name: "docs", owners: [1], guests: [0, 2])
    var stage = Stage(try DispatchPlan(items: items, conflicts: [group]), workers: 3)
    try stage.take(.start)
    #expect(stage.running == ["a", "c"])
    try stage.succeed("a")
    #expect(stage.running == ["c"])
    let effects = try stage.succeed("c")
    guard case .startAttempt(let order) = effects.last else { return #expect(Bool(false)) }
    #expect(order.inputs.map(\.workstream) == [ws("a"), ws("c")])
  }

  @Test func refusesBrokenPlans() {
    #expect(throws: DispatchError.cycle([ws("a"), ws("b")])) {
      try plan(["a": ["b"], "b": ["a"], "c": []])
    }
    #expect(throws: DispatchError.duplicate(ws("a"))) { try plan(["a": [], "a": []]) }
    #expect(throws: DispatchError.noSuchPlace(-1)) { try plan(["a": ["x"]]) }
  }
}

@Suite struct RetryTests {
  @Test func plainFailuresAreTriedAgainAtOnceUpToTheLimit() throws {
    var stage = Stage(try plan(["a": []]), workers: 1)
    try stage.take(.start)
    try stage.fail("a", 1)
    #expect(stage.running == ["a"])
    try stage.fail("a", 2, .gateFailure, "GATE_UNIT failed")
    let effects = try stage.fail("a", 3)
    #expect(stage.state("a") == .quarantined)
    #expect(stage.reason("a") == "exit 1 (attempt 3 of 3)")
    #expect(effects == [.runEnded(.failed)])
    #expect(stage.machine.state.reason == "1 of 1 did not finish: 'ws-a' QUARANTINED")
  }

  @Test(arguments: [
    ErrorKind.scopeViolation, .planConsistency, .security, .budgetExceeded,
  ])
  func someAreNeverTriedAgain(kind: ErrorKind) throws {
    var stage = Stage(try plan(["a": []]), workers: 1)
    try stage.take(.start)
    try stage.fail("a", 1, kind, "no")
    #expect(stage.state("a") == .quarantined)
  }

  @Test func transientOnesWait() throws {
    var stage = Stage(try plan(["a": [], "b": ["a"]]), workers: 1)
    try stage.take(.start)
    try stage.fail("a", 1, .timeout, "took too long")
    #expect(stage.state("a") == .ready)
    let wake = try #require(stage.machine.nextWake)
    let wait = wake.seconds(since: stage.now)
    #expect(wait >= 0.5 && wait <= 1)
    try stage.take(.timerFired)
    #expect(stage.running == [])
    stage.now = wake
    try stage.take(.timerFired)
    #expect(stage.running == ["a"])
    try stage.fail("a", 2, .toolFailure, "exit 75", isTransient: true)
    let second = try #require(stage.machine.nextWake).seconds(since: stage.now)
    #expect(second >= 1 && second <= 2)
  }

  @Test func theSameErrorAgainAndAgainIsGivenUp() throws {
    let limits = DispatchPlan.Limits(maxAttempts: 9, maxErrorRepeats: 2)
    var stage = Stage(try plan(["a": []], limits: limits), workers: 1)
    try stage.take(.start)
    try stage.fail("a", 1)
    try stage.fail("a", 2, .toolFailure, "another")
    try stage.fail("a", 3)
    try stage.fail("a", 4)
    #expect(stage.running == ["a"])
    try stage.fail("a", 5)
    #expect(stage.reason("a") == "exit 1 (the same error 3 times in a row)")
  }

  @Test func aConflictOfInputsIsNotTriedAgainUnchanged() throws {
    var stage = Stage(try plan(["a": [], "b": ["a"]]), workers: 1)
    try stage.take(.start)
    try stage.succeed("a")
    try stage.fail("b", 1, .mergeConflict, "inputs conflict in 'x'")
    #expect(stage.state("b") == .quarantined)
  }

  @Test func whatDependsIsCancelledAndNamesTheCulprit() throws {
    var stage = Stage(
      try plan(["a": [], "b": ["a"], "c": ["b"], "d": []]), workers: 1)
    try stage.take(.start)
    try stage.fail("a", 1, .scopeViolation, "wrote 'x'")
    #expect(stage.state("b") == .cancelled)
    #expect(stage.reason("b")?.hasPrefix("needs 'ws-a', which is quarantined: wrote 'x'") == true)
    #expect(stage.reason("c")?.hasPrefix("needs 'ws-a' (through 'ws-b')") == true)
    #expect(stage.running == ["d"], "the rest goes on")
    try stage.take(.retry(RetryRequest([ws("a")], reason: "scope widened")))
    try stage.succeed("d")
    #expect(stage.running == ["a"])
    try stage.succeed("a", 2)
    #expect(stage.running == ["b"], "what was cancelled for it comes back")
    try stage.succeed("b")
    try stage.succeed("c")
    #expect(stage.machine.state.status == .succeeded)
  }
}
