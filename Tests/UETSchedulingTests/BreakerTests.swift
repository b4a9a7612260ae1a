import Testing
import UETModel
import UETTestSupport

@testable import UETScheduling

/// Tools that fail again and again, workstreams that go in circles, workers that do not get ready.
@Suite struct BreakerTests {
  private func stage(failures: Int = 2, workers: Int = 1) throws -> Stage {
    Stage(
      try plan(["a": [], "b": [], "c": []], limits: DispatchPlan.Limits(maxAttempts: 9)),
      workers: workers
    ) {
      $0.retry.initial = 0
      $0.breaker.failures = failures
      $0.breaker.wait = 60
      $0.breaker.longest = 200
    }
  }

  private func breaker(_ stage: Stage) -> BreakerRecord? { stage.machine.state.breaker("shell") }

  @Test func toolThatFailsInARowIsLeftAloneAndTriedByOne() throws {
    var stage = try stage()
    try stage.take(.start)
    try stage.fail("a", 1, .rateLimited, "too many requests")
    #expect(breaker(stage)?.state == .closed && stage.running == ["a"])
    try stage.fail("a", 2, .rateLimited, "too many requests")
    #expect(breaker(stage)?.state == .open && stage.running.isEmpty)
    let until = stage.now.advanced(bySeconds: 60)
    #expect(stage.machine.nextWake == until)
    #expect(
      stage.why("b") == "the tool 'shell' failed 2 times in a row: too many requests; "
        + "it is tried again at \(until.plain) UTC")
    stage.now = until
    try stage.take(.timerFired)
    #expect(stage.running == ["a"] && breaker(stage)?.state == .halfOpen)
    #expect(stage.why("c")?.hasSuffix("an attempt is trying it") == true)
    try stage.fail("a", 3, .timeout, "no end")
    #expect(breaker(stage)?.until == stage.now.advanced(bySeconds: 120), "twice as long")
    stage.now = stage.now.advanced(bySeconds: 120)
    try stage.take(.timerFired)
    try stage.succeed("a", 4)
    #expect(breaker(stage)?.state == .closed && stage.running == ["b"])
  }

  @Test func failuresOfTheWorkDoNotCount() throws {
    var stage = try stage()
    try stage.take(.start)
    for number in 1...3 { try stage.fail("a", number, .toolFailure, "exit 1") }
    try stage.fail("a", 4, .rateLimited)
    try stage.fail("a", 5, .gateFailure)
    try stage.fail("a", 6, .rateLimited)
    #expect(breaker(stage)?.state == .closed && stage.running == ["a"])
  }

  @Test func resultThatComesLateClosesTheBreaker() throws {
    var stage = try stage(workers: 2)
    try stage.take(.start)
    try stage.fail("a", 1, .rateLimited)
    try stage.fail("a", 2, .rateLimited)
    #expect(breaker(stage)?.state == .open && stage.running == ["b"])
    try stage.succeed("b")
    #expect(breaker(stage)?.state == .closed && stage.running == ["a", "c"])
  }

  @Test func probeThatWasCancelledSaysNothing() throws {
    var stage = try stage(failures: 1)
    try stage.take(.start)
    try stage.fail("a", 1, .rateLimited)
    stage.now = stage.now.advanced(bySeconds: 60)
    try stage.take(.timerFired)
    #expect(stage.running == ["a"])
    try stage.take(.cancelAll([ws("a")], reason: "not wanted"))
    try stage.take(.attemptEnded(AttemptName(ws("a"), 2), .cancelled(salvage: nil)))
    #expect(stage.running == ["b"] && breaker(stage)?.probe == ws("b"))
  }

  @Test func sameChangeAgainIsGivenUp() throws {
    let limits = DispatchPlan.Limits(maxAttempts: 9, oscillationThreshold: 2)
    var stage = Stage(try plan(["a": [], "b": ["a"], "c": []], limits: limits), workers: 1)
    try stage.take(.start)
    for (number, tree) in zip(1..., ["x", "y", "x"]) {
      try stage.fail("a", number, .gateFailure, "red \(number)", tree: commit(tree))
    }
    #expect(stage.running == ["a"])
    try stage.fail("a", 4, .gateFailure, "red 4", tree: commit("y"))
    #expect(stage.state("a") == .quarantined)
    #expect(stage.reason("a") == "red 4 (it made the same change again, 2 times)")
    #expect(stage.reason("b")?.hasPrefix("needs 'ws-a', which is quarantined: red 4") == true)
    #expect(stage.running == ["c"], "the rest goes on")
  }

  @Test func earlierErrorThatComesBackIsGivenUp() throws {
    let limits = DispatchPlan.Limits(maxAttempts: 9, oscillationThreshold: 2)
    var stage = Stage(try plan(["a": []], limits: limits), workers: 1)
    try stage.take(.start)
    for (number, message) in zip(1..., ["lint", "lint", "unit", "lint"]) {
      try stage.fail("a", number, .gateFailure, message)
      #expect(stage.running == ["a"])
    }
    try stage.fail("a", 5, .gateFailure, "unit")
    #expect(
      stage.reason("a") == "unit (it goes in circles: an earlier error came back, 2 times)")
  }

  @Test func workersGetReadyOrAreGivenUp() throws {
    var stage = Stage(try plan(["a": [], "b": []]), workers: 2) { $0.stale = 30 }
    stage.preparesWorkers = false
    let effects = try stage.take(.start)
    #expect(effects == [.prepareWorker("w1"), .prepareWorker("w2")])
    #expect(stage.machine.state.pool.map(\.state) == [.spawning, .spawning])
    #expect(stage.running.isEmpty)
    try stage.take(.workerReady("w2"))
    #expect(stage.running == ["a"])
    #expect(stage.machine.nextWake == stage.now.advanced(bySeconds: 30))
    stage.now = stage.now.advanced(bySeconds: 30)
    try stage.take(.timerFired)
    #expect(stage.machine.state.pool.map(\.state) == [.terminated, .busy])
    try stage.take(.workerReady("w1"))
    #expect(stage.machine.state.pool.first?.state == .terminated, "too late")
    try stage.succeed("a")
    try stage.succeed("b")
    #expect(stage.machine.state.status == .succeeded)
  }

  @Test func runWithoutAnyWorkerIsInterrupted() throws {
    var stage = Stage(try plan(["a": []]), workers: 1)
    stage.preparesWorkers = false
    try stage.take(.start)
    try stage.take(.workerLost("w1", reason: "no more processes"))
    #expect(stage.machine.state.status == .interrupted)
  }

  @Test func pastMomentDoesNotHideTheEndOfADrain() throws {
    var stage = Stage(try plan(["a": [], "b": []]), workers: 1) { $0.retry.initial = 5 }
    try stage.take(.start)
    try stage.fail("a", 1, .timeout)
    #expect(stage.running == ["b"])
    try stage.take(.drain)
    #expect(stage.machine.nextWake == stage.now.advanced(bySeconds: 300))
  }

  @Test func onlyLegalTransitionsOfWorkersAreFolded() throws {
    var stage = Stage(try plan(["a": []]), workers: 1)
    try stage.take(.start)
    var state = stage.machine.state
    let illegal = [
      EventDraft(.workerTerminated, worker: "w1"), EventDraft(.workerSpawned, worker: "w1"),
    ]
    for draft in illegal {
      let event = Event(draft, seq: state.sequence + 1, writer: "main", at: stage.now) { _ in .zero
      }
      #expect(throws: RunState.FoldError.self) { try state.apply(event) }
    }
  }
}
