import Testing
import UETModel
import UETTestSupport

@testable import UETScheduling

/// Providers that ask to wait, limits of what they are asked, and tools to fall back on.
@Suite struct RateTests {
  private typealias Route = DispatchPlan.ToolRoute

  private static let claude = Route("claude", provider: "anthropic", rates: ["anthropic"])
  private static let codex = Route("codex", provider: "openai")

  private func stage(
    _ routes: [[DispatchPlan.ToolRoute]], workers: Int = 4,
    change: (inout DispatchPolicy) -> Void = { _ in }
  ) throws -> Stage {
    let items = zip("abcdefgh", routes).map { name, routes in
      var item = DispatchPlan.Item(id: ws(String(name)))
      (item.tool, item.routes) = (routes[0].tool, routes)
      return item
    }
    var stage = Stage(try DispatchPlan(items: items), workers: workers, change: change)
    try stage.take(.start)
    return stage
  }

  private func wait(
    _ id: String, _ number: Int = 1, seconds: Double?, in stage: inout Stage
  ) throws {
    var failure = AttemptFailure(.rateLimited, "too many requests", isTransient: true)
    failure.wait = seconds
    try stage.take(.attemptEnded(AttemptName(ws(id), number), .failed(failure)))
  }

  private func pass(_ seconds: Double, in stage: inout Stage) throws {
    stage.now = stage.now.advanced(bySeconds: seconds)
    try stage.take(.timerFired)
  }

  @Test func wholeProviderWaitsWhenOneIsTold() throws {
    var stage = try stage([[Self.claude], [Self.claude], [Self.claude], [Self.codex]], workers: 2)
    #expect(stage.running == ["a", "b"])
    try wait("a", seconds: 20, in: &stage)
    #expect(stage.running == ["b", "d"], "the other provider is not concerned")
    let until = stage.now.advanced(bySeconds: 20)
    #expect(
      stage.why("c") == "'anthropic' is not to be asked until \(until.plain) UTC: too many requests"
    )
    try stage.succeed("d")
    #expect(stage.machine.nextWake == until)
    try stage.succeed("b")
    #expect(stage.running.isEmpty)
    try pass(19, in: &stage)
    #expect(stage.running.isEmpty)
    try pass(1, in: &stage)
    #expect(stage.running == ["a", "c"])
  }

  @Test func halfAsManyAskAfterwardsAndMoreAsTheyAreAnswered() throws {
    var stage = try stage(Array(repeating: [Self.claude], count: 8))
    #expect(stage.running == ["a", "b", "c", "d"])
    try wait("a", seconds: 5, in: &stage)
    try wait("b", seconds: 9, in: &stage)
    #expect(stage.machine.state.provider("anthropic")?.concurrency == 2, "told once")
    #expect(stage.machine.state.provider("anthropic")?.waits == 1)
    try pass(5, in: &stage)
    #expect(stage.running == ["c", "d"], "the longest wait stands")
    try pass(4, in: &stage)
    #expect(stage.running == ["c", "d"])
    #expect(
      stage.why("a") == "2 at once ask 'anthropic' already, and it said that more are too many")
    try stage.succeed("c")
    #expect(stage.running == ["a", "b", "d"])
    try stage.succeed("d")
    #expect(stage.running == ["a", "b", "e", "f"])
    #expect(stage.machine.state.provider("anthropic")?.concurrency == nil)
  }

  @Test func waitsGrowWhereTheProviderDoesNotSay() throws {
    var stage = try stage([[Self.claude]], workers: 1) { $0.retry.initial = 8 }
    var last = 0.0
    for number in 1...3 {
      try wait("a", number, seconds: nil, in: &stage)
      let pause = try #require(stage.machine.state.provider("anthropic")?.pause)
      #expect(pause > last)
      last = pause
      try pass(pause, in: &stage)
    }
    #expect(stage.running == ["a"])
  }

  @Test func beingToldToWaitIsNoFailure() throws {
    var stage = try stage([[Self.claude]], workers: 1) {
      ($0.retry.maxAttempts, $0.maxWaits) = (2, 4)
    }
    for number in 1...3 {
      try wait("a", number, seconds: 1, in: &stage)
      try pass(1, in: &stage)
    }
    try stage.fail("a", 4)
    #expect(stage.running == ["a"], "its first failure")
    for number in 5...7 {
      try wait("a", number, seconds: 1, in: &stage)
      try pass(1, in: &stage)
    }
    #expect(stage.running == ["a"])
    try wait("a", 8, seconds: 1, in: &stage)
    #expect(stage.state("a") == .quarantined)
    #expect(stage.reason("a") == "too many requests (4 times in a row)")
  }

  @Test func longWaitTakesTheNextTool() throws {
    var stage = try stage([[Self.claude, Self.codex], [Self.claude]], workers: 1) {
      $0.patience = 30
    }
    try wait("a", seconds: 30, in: &stage)
    #expect(stage.running.isEmpty, "it is to be had again soon")
    try pass(30, in: &stage)
    try wait("a", 2, seconds: 3600, in: &stage)
    let attempt = try #require(stage.machine.state[ws("a")]?.lastAttempt)
    #expect(attempt.number == 3 && attempt.tool == "codex")
    guard case .startAttempt(let order)? = stage.effects.last else {
      Issue.record("nothing starts")
      return
    }
    #expect(order.tool == "codex")
    let until = stage.now.advanced(bySeconds: 3600)
    #expect(
      stage.events.last { $0.type == .taskAssigned }?.reason
        == "'anthropic', which 'claude' asks, is not to be asked until \(until.plain) UTC")
    try stage.succeed("a", 3)
    #expect(stage.running.isEmpty && stage.state("b") == .ready)
  }

  @Test func brokenToolGivesWayAtOnceWhereThereIsAnother() throws {
    var stage = try stage([[Self.claude, Self.codex], [Self.claude, Self.codex]], workers: 1)
    var failure = AttemptFailure(.toolFailure, "not logged in")
    failure.isToolBroken = true
    try stage.take(.attemptEnded(AttemptName(ws("a"), 1), .failed(failure)))
    #expect(stage.machine.state[ws("a")]?.lastAttempt?.tool == "codex")
    #expect(
      stage.events.last { $0.type == .taskAssigned }?.reason
        == "'claude' failed once: not logged in")
    try stage.succeed("a", 2)
    #expect(stage.machine.state[ws("b")]?.lastAttempt?.tool == "codex")
  }

  @Test func oneKeptBackOnOneToolTriesAnotherWhenItsTimeHasCome() throws {
    var stage = try stage([[Self.claude], [Self.codex, Self.claude]], workers: 2) {
      $0.rates["anthropic"] = .init()
      $0.rates["anthropic"]?.concurrency = 1
    }
    #expect(stage.running == ["a", "b"])
    var failure = AttemptFailure(.toolFailure, "not logged in")
    failure.isToolBroken = true
    try stage.take(.attemptEnded(AttemptName(ws("b"), 1), .failed(failure)))
    #expect(stage.running == ["a"], "codex is broken, and claude is asked by one already")
    try pass(60, in: &stage)
    #expect(stage.running == ["a", "b"])
    #expect(stage.machine.state.breaker("codex")?.probe == ws("b"))
  }

  @Test func noMoreAskAtOnceThanMay() throws {
    let model = Route("opus", provider: "anthropic", rates: ["anthropic", "anthropic/opus"])
    var stage = try stage([[model], [model], [Self.claude], [Self.claude], [Self.codex]]) {
      $0.rates["anthropic"] = .init()
      $0.rates["anthropic"]?.concurrency = 2
      $0.rates["anthropic/opus"] = .init()
      $0.rates["anthropic/opus"]?.concurrency = 1
    }
    #expect(stage.running == ["a", "c", "e"])
    #expect(
      stage.why("b")
        == "2 at once ask 'anthropic' already (limits.anthropic.concurrency)")
    try stage.succeed("c")
    #expect(stage.running == ["a", "d", "e"])
    try stage.succeed("a")
    #expect(stage.running == ["b", "d", "e"])
  }

  @Test func noMoreIsAskedInAMinuteThanMay() throws {
    var stage = try stage(Array(repeating: [Self.claude], count: 6), workers: 1) {
      $0.rates["anthropic"] = .init()
      $0.rates["anthropic"]?.requestsPerMinute = 50
    }
    // 40 requests in two minutes: 20 in each.
    stage.now = stage.now.advanced(bySeconds: 120)
    try tell("a", requests: 40, in: &stage)
    try stage.succeed("a")
    try stage.take(.setWorkers(.count(6)))
    #expect(stage.running == ["b"], "20 that are over, 20 that run")
    #expect(
      stage.why("c") == "'anthropic' is asked 50 times a minute already "
        + "(limits.anthropic.requests_per_minute)")
    let wake = try #require(stage.machine.nextWake)
    stage.now = wake
    for _ in 0..<30 where stage.running.count < 2 { try pass(3, in: &stage) }
    #expect(stage.running == ["b", "c"])
    #expect(stage.now.seconds(since: wake) >= 20, "until but 10 of the past ones count")
    for _ in 0..<30 { try pass(3, in: &stage) }
    #expect(stage.running == ["b", "c"], "a third would be 60")
  }

  @Test func oneThatAsksForMoreThanAMinuteHasStartsAlone() throws {
    var stage = try stage([[Self.claude], [Self.claude]], workers: 1) {
      $0.rates["anthropic"] = .init()
      $0.rates["anthropic"]?.tokensPerMinute = 1000
    }
    stage.now = stage.now.advanced(bySeconds: 60)
    try tell("a", tokens: 5000, in: &stage)
    try stage.succeed("a")
    #expect(stage.running.isEmpty)
    for _ in 0..<30 where stage.running.isEmpty { try pass(3, in: &stage) }
    #expect(stage.running == ["b"])
  }

  private func tell(
    _ id: String, requests: Int = 1, tokens: Int = 0, in stage: inout Stage
  ) throws {
    let usage = Told<Fact.Usage> {
      ($0.requests, $0.input, $0.output) = (requests, tokens, 0)
      ($0.per, $0.source, $0.complete) = ("session", "stream", true)
    }
    try stage.take(.fact(EventDraft(.usageRecorded(usage), workstream: ws(id), attempt: 1)))
  }

  @Test func whatAProviderSaidIsKeptInACheckpoint() throws {
    var stage = try stage(Array(repeating: [Self.claude], count: 4))
    try wait("a", seconds: 600, in: &stage)
    let state = stage.machine.state
    let read = try RunState(summary: state.summaryJSON) { state[$0]?.json }
    #expect(read.providers == state.providers && read.providers.count == 1)
  }
}

extension Event {
  fileprivate var reason: String? {
    if case .taskAssigned(let fact) = fact { return fact.reason }
    return nil
  }
}
