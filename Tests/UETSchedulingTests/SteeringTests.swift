import Testing
import UETModel
import UETTestSupport

@testable import UETScheduling

@Suite struct SteeringTests {
  @Test func drainLetsGoOnAndThenEnds() throws {
    var stage = Stage(try plan(["a": [], "b": []]), workers: 1) { $0.drain = 10 }
    try stage.take(.start)
    try stage.take(.drain)
    #expect(stage.running == ["a"])
    #expect(stage.why("b") == "the run is stopping")
    #expect(stage.machine.nextWake == stage.now.advanced(bySeconds: 10))
    let effects = try stage.succeed("a")
    #expect(effects.last == .runEnded(.interrupted))
  }

  @Test func drainEndsWhatIsLeftInTime() throws {
    var stage = Stage(try plan(["a": []]), workers: 1) { $0.drain = 10 }
    try stage.take(.start)
    try stage.take(.drain)
    stage.now = stage.now.advanced(bySeconds: 10)
    let effects = try stage.take(.timerFired)
    #expect(effects == [.cancelAttempt(AttemptName(ws("a"), 1), graceful: true)])
    #expect(stage.machine.nextWake == nil)
    let stop = try stage.take(.stopNow)
    #expect(stop == [.cancelAttempt(AttemptName(ws("a"), 1), graceful: false)])
    #expect(try stage.take(.stopNow) == [])
    try stage.fail("a")
    #expect(stage.state("a") == .ready, "being stopped is no failure")
    #expect(stage.machine.state.status == .interrupted)
    try stage.take(.recover(ended: [:], adopted: []))
    #expect(stage.running == ["a"])
    try stage.succeed("a", 2)
    #expect(stage.machine.state.status == .succeeded)
  }

  @Test func pauseAndResume() throws {
    var stage = Stage(try plan(["a": [], "b": []]), workers: 1)
    try stage.take(.start)
    try stage.take(.pause(reason: "lunch"))
    try stage.succeed("a")
    #expect(stage.running == [])
    #expect(stage.why("b") == "the run is paused: lunch")
    try stage.take(.resume)
    #expect(stage.running == ["b"])
  }

  @Test func cancelOneThatRuns() throws {
    var stage = Stage(try plan(["a": [], "b": ["a"], "c": []]), workers: 1)
    try stage.take(.start)
    let effects = try stage.take(.cancelAll([ws("a")], reason: "not wanted"))
    #expect(effects == [.cancelAttempt(AttemptName(ws("a"), 1), graceful: true)])
    #expect(try stage.take(.cancelAll([ws("a")], reason: "again")) == [])
    try stage.succeed("a")
    #expect(stage.state("a") == .cancelled)
    #expect(stage.state("b") == .cancelled)
    #expect(stage.running == ["c"])
    #expect(throws: DispatchError.unknown(ws("z"))) {
      try stage.machine.decide(.cancelAll([ws("z")], reason: ""), at: stage.now)
    }
    #expect(throws: DispatchError.needs(ws("b"), ws("a"))) {
      try stage.machine.decide(.retry(RetryRequest([ws("b")], reason: "")), at: stage.now)
    }
  }

  @Test func moreAndFewerWorkers() throws {
    var stage = Stage(try plan(["a": [], "b": [], "c": [], "d": []]), workers: 1)
    try stage.take(.start)
    try stage.take(.setWorkers(.count(3)))
    #expect(stage.running == ["a", "b", "c"])
    try stage.take(.setWorkers(.count(1)))
    try stage.succeed("c")
    try stage.succeed("b")
    #expect(stage.running == ["a"])
    try stage.succeed("a")
    #expect(stage.running == ["d"])
    try stage.take(.setWorkers(.count(2)))
    #expect(stage.machine.state.pool.count { $0.state == .idle } == 1)
  }

  @Test func dependenciesFoundOnTheWay() throws {
    var stage = Stage(try plan(["a": [], "b": [], "c": []]), workers: 1)
    try stage.take(.start)
    try stage.take(.addDependency(ws("b"), on: ws("c"), reason: nil))
    #expect(stage.state("b") == .pending)
    #expect(throws: DispatchError.cycle([ws("c"), ws("b")])) {
      try stage.machine.decide(.addDependency(ws("c"), on: ws("b"), reason: nil), at: stage.now)
    }
    try stage.succeed("a")
    #expect(stage.running == ["c"])
  }

  @Test func lateAndRepeatedReportsAreDropped() throws {
    var stage = Stage(try plan(["a": []]), workers: 1)
    try stage.take(.start)
    try stage.fail("a", 1)
    let count = stage.events.count
    try stage.fail("a", 1)
    try stage.succeed("a", 1)
    let note = EventDraft(.taskProgress, workstream: ws("a"), attempt: 1)
    try stage.take(.fact(note))
    #expect(stage.events.count == count)
    try stage.take(.fact(EventDraft(.taskProgress, workstream: ws("a"), attempt: 2)))
    #expect(stage.events.count == count + 1)
  }

  @Test func aCrashIsNoFailureOfTheWork() throws {
    let limits = DispatchPlan.Limits(maxAttempts: 1)
    var stage = Stage(try plan(["a": [], "b": []], limits: limits), workers: 2)
    try stage.take(.start)
    stage.machine = DispatchMachine(
      plan: stage.machine.plan, policy: stage.machine.policy, state: stage.machine.state)
    #expect(stage.running == ["a", "b"])
    let done = AttemptOutcome.succeeded(tip: commit("b"), base: nil)
    try stage.take(.recover(ended: [AttemptName(ws("b"), 1): done], adopted: []))
    #expect(stage.running == ["a"])
    #expect(stage.state("b") == .succeeded)
    #expect(stage.machine.state[ws("a")]?.attempts.first?.error == .orchestratorCrash)
    try stage.succeed("a", 2)
    #expect(stage.machine.state.status == .succeeded)
  }
}
