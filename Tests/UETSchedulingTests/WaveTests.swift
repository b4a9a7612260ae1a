import Testing
import UETModel
import UETTestSupport

@testable import UETScheduling

/// Gates of waves: when they run, and what follows from them.
@Suite struct WaveTests {
  /// `a` and `b` are a wave with gates, `c` comes after.
  private func stage(_ gates: [String] = ["GATE_X"], workers: Int = 2) throws -> Stage {
    var plan = try plan(["a": [], "b": [], "c": ["a"]])
    plan.waves = [
      DispatchPlan.Wave(
        number: 1, members: [0, 1], gates: gates.map { DispatchPlan.WaveGate(name: $0) })
    ]
    return Stage(plan, workers: workers) { $0.retry.maxAttempts = 1 }
  }

  private func tests(_ effects: [DispatchEffect]) -> [WaveTest] {
    effects.compactMap { if case .testWave(let test) = $0 { test } else { nil } }
  }

  private func end(
    _ stage: inout Stage, _ test: WaveTest?, _ verdict: WaveOutcome.Verdict
  ) throws -> [DispatchEffect] {
    let test = try #require(test)
    let outcome = WaveOutcome(verdict, commit: commit("all"), tree: commit("tree"))
    return try stage.take(.waveTested(test, outcome, details: JSONObject()))
  }

  @Test func itRunsOnceWhenTheLastOneHasEndedAndNobodyWaitsForIt() throws {
    var stage = try stage()
    try stage.take(.start)
    #expect(try tests(stage.succeed("a")).isEmpty, "b is under way")
    #expect(stage.running == ["b", "c"], "c does not wait for the gate")
    let test = try tests(stage.succeed("b")).first
    #expect(test?.members.map(\.workstream) == [ws("a"), ws("b")])
    #expect(test?.members.map(\.commit) == [commit("a"), commit("b")])
    try stage.succeed("c")
    #expect(!stage.machine.state.status.isOver, "the run waits for the gate")
    _ = try end(&stage, test, .passed)
    #expect(stage.machine.state.status == .succeeded)
    #expect(stage.machine.state.verdicts.map(\.passed) == [true])
    #expect(stage.events.count { $0.type == .gateStarted } == 1)
  }

  @Test func whatFailedDoesNotCount() throws {
    var stage = try stage()
    try stage.take(.start)
    try stage.succeed("b")
    let test = try tests(stage.fail("a")).first
    #expect(test?.members.map(\.workstream) == [ws("b")])
    #expect(stage.state("c") == .cancelled)
  }

  @Test func aRedOneFailsTheRunUntilItIsReleasedOrDoneAgain() throws {
    var stage = try stage()
    try stage.take(.start)
    try stage.succeed("a")
    try stage.succeed("c")
    let test = try tests(stage.succeed("b")).first
    _ = try end(&stage, test, .failed("status 1"))
    #expect(stage.machine.state.status == .failed)
    #expect(stage.machine.state.reason == "GATE_X is red on wave 1")
    #expect(stage.machine.state.redWaves.count == 1)
    try stage.take(.retry(RetryRequest([ws("b")], reason: "again")))
    #expect(stage.machine.state.redWaves.isEmpty, "it says nothing of what is to come")
    try stage.take(.recover(ended: [:], adopted: []))
    let again = try tests(stage.succeed("b", 2)).first
    #expect(again?.members.last?.commit == commit("b", 2))
    _ = try end(&stage, again, .passed)
    #expect(stage.machine.state.status == .succeeded)
  }

  @Test func oneThatGivesNoVerdictIsTriedAgainAndThenLeftOpen() throws {
    var stage = try stage()
    try stage.take(.start)
    try stage.succeed("a")
    try stage.succeed("c")
    var test = try tests(stage.succeed("b")).first
    for _ in 0..<3 { test = try tests(end(&stage, test, .fault("no disk"))).first }
    #expect(test == nil)
    #expect(stage.machine.state.status == .interrupted)
    #expect(stage.machine.state.reason == "GATE_X on wave 1 gave no verdict: no disk")
    let effects = try stage.take(.recover(ended: [:], adopted: []))
    #expect(tests(effects).count == 1, "it is tried again when the run goes on")
  }

  @Test func aCrashForgetsWhatRan() throws {
    var stage = try stage(["GATE_X", "GATE_Y", "GATE_Z"])
    try stage.take(.start)
    try stage.succeed("a")
    let first = try tests(stage.succeed("b"))
    #expect(first.map(\.gate) == ["GATE_X", "GATE_Y"], "two at once")
    #expect(try tests(end(&stage, first.first, .passed)).map(\.gate) == ["GATE_Z"])
    stage.machine = DispatchMachine(
      plan: stage.machine.plan, policy: stage.machine.policy, state: stage.machine.state)
    let again = try tests(stage.take(.recover(ended: [:], adopted: [])))
    #expect(again.map(\.gate) == ["GATE_Y", "GATE_Z"], "what has its verdict does not run again")
  }

  @Test func aDrainGivesItTimeAndNoMore() throws {
    var stage = try stage()
    try stage.take(.start)
    try stage.succeed("a")
    try stage.succeed("c")
    let test = try tests(stage.succeed("b")).first
    try stage.take(.drain)
    #expect(!stage.machine.state.status.isOver)
    stage.now = stage.now.advanced(bySeconds: 301)
    try stage.take(.timerFired)
    #expect(stage.machine.state.status == .interrupted)
    #expect(stage.machine.state.reason == "stopped while GATE_X ran on wave 1")
    #expect(try end(&stage, test, .passed).isEmpty)
  }
}
