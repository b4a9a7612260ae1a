import Testing
import UETModel

@testable import UETScheduling

/// A worker that asks and ends gives its place to others, and its workstream goes on once it is
/// answered.
@Suite struct QuestionTests {
  @Test func waitsWithoutAWorkerUntilItIsAnswered() throws {
    var stage = Stage(try plan(["a": [], "b": [], "c": ["a"]]), workers: 1)
    try stage.take(.start)
    let question = try ask(&stage, "a", 1)
    try stage.take(
      .attemptEnded(AttemptName(ws("a"), 1), .failed(AttemptFailure(asking: question))))
    #expect(stage.state("a") == .ready)
    #expect(stage.running == ["b"], "the worker is free for others")
    #expect(stage.why("a") == "waits for an answer: which?")
    #expect(stage.why("c") == "waits for 'ws-a'")
    try stage.succeed("b")
    #expect(stage.running.isEmpty && stage.machine.nextWake == nil, "nothing happens by itself")
    #expect(stage.machine.state.status == .running)
    try answer(&stage, "a", 1)
    #expect(stage.running == ["a"])
    #expect(stage.machine.state[ws("a")]?.answered(before: 2).map(\.answer) == ["that one"])
    try stage.succeed("a", 2)
    try stage.succeed("c")
    #expect(stage.machine.state.status == .succeeded)
  }

  /// What is asked counts neither as a failure nor against the tool, however often.
  @Test func isNoFailure() throws {
    var stage = Stage(
      try plan(["a": []], limits: DispatchPlan.Limits(maxAttempts: 1)), workers: 1
    ) { $0.breaker.failures = 1 }
    try stage.take(.start)
    for number in 1...5 {
      let question = try ask(&stage, "a", number)
      try stage.take(
        .attemptEnded(AttemptName(ws("a"), number), .failed(AttemptFailure(asking: question))))
      let attempt = stage.machine.state[ws("a")]?.lastAttempt
      #expect(attempt?.asks == 1 && attempt?.hasFailed == false && attempt?.error == nil)
      try answer(&stage, "a", number)
    }
    #expect(stage.machine.state.breakers.isEmpty)
    try stage.fail("a", 6)
    #expect(stage.state("a") == .quarantined, "its one attempt failed")
  }

  /// An answer that comes while its attempt is ending is not waited for again.
  @Test func anAnswerMayComeBeforeTheEnd() throws {
    var stage = Stage(try plan(["a": []]), workers: 1)
    try stage.take(.start)
    let question = try ask(&stage, "a", 1)
    try answer(&stage, "a", 1)
    try stage.take(
      .attemptEnded(AttemptName(ws("a"), 1), .failed(AttemptFailure(asking: question))))
    #expect(stage.running == ["a"] && stage.machine.underWay.first?.number == 2)
  }

  /// It is waited for across a stop of the run, and whatever else ended the attempt.
  @Test func waitsAcrossARestart() throws {
    var stage = Stage(try plan(["a": []]), workers: 1)
    try stage.take(.start)
    _ = try ask(&stage, "a", 1)
    try stage.take(.release(ended: [:]))
    #expect(stage.state("a") == .ready)
    try stage.take(.recover(ended: [:], adopted: []))
    #expect(stage.running.isEmpty)
    #expect(stage.why("a") == "waits for an answer: which?")
    try answer(&stage, "a", 1)
    #expect(stage.running == ["a"])
  }

  @Test func aPersonWhoWantsItDoneAgainNeedNotAnswer() throws {
    var stage = Stage(try plan(["a": [], "b": []]), workers: 2)
    try stage.take(.start)
    _ = try ask(&stage, "a", 1)
    try stage.fail("a", 1, .scopeViolation, "changed 'x'")
    #expect(stage.state("a") == .quarantined)
    try stage.take(.retry(RetryRequest([ws("a")], reason: "again")))
    #expect(stage.running == ["a", "b"])
  }

  @Test func anOptionalQuestionHoldsNothing() throws {
    var stage = Stage(try plan(["a": []]), workers: 1)
    try stage.take(.start)
    _ = try ask(&stage, "a", 1, isOptional: true)
    try stage.fail("a", 1, .gateFailure, "red")
    #expect(stage.running == ["a"])
    try answer(&stage, "a", 1)
    #expect(
      stage.machine.state[ws("a")]?.answered(before: 2).isEmpty == true,
      "an answer to a past attempt that nobody waits for is not recorded")
  }

  private func ask(
    _ stage: inout Stage, _ id: String, _ attempt: Int, isOptional: Bool = false
  ) throws -> QuestionRecord {
    let asked = EventDraft(
      .questionAsked(
        .init {
          ($0.number, $0.question) = (1, "which?")
          $0.optional = isOptional ? true : nil
        }), workstream: ws(id), attempt: attempt)
    try stage.take(.fact(asked))
    return try #require(stage.machine.state[ws(id)]?.lastAttempt?.questions.last)
  }

  private func answer(_ stage: inout Stage, _ id: String, _ attempt: Int) throws {
    let draft = EventDraft(
      .questionAnswered(.init { ($0.number, $0.answer) = (1, "that one") }),
      workstream: ws(id), attempt: attempt)
    try stage.take(.fact(draft))
  }
}
