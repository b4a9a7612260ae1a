import Foundation
import Testing
import UETTestSupport

/// What is used elsewhere, and how much runs there.
extension NodeTests {
  private static let usage =
    "git uet signal usage --model claude-sonnet-4-5 --input 1000 --output 10"

  /// One that tells what it has used, and then waits.
  private func spending(_ scratch: Scratch, extra: String = "") throws {
    try scratch.bundle(
      "ws-a", scope: ["a"], extra: extra,
      Self.usage
        + "; touch $TMPDIR/ws-a.at; until test -e $TMPDIR/go; do sleep 0.02; done; echo > a")
    try commit(scratch)
  }

  private func timesUsageIsTold(_ scratch: Scratch) throws -> Int {
    try scratch.uet("events").text.components(separatedBy: "usage_recorded").count - 1
  }

  @Test func usageIsHeardWhileItWorks() throws {
    let scratch = try project()
    try spending(scratch)
    let running = try scratch.direct(["run"])
    try scratch.wait("it is on record") { try timesUsageIsTold(scratch) == 1 }
    try go(scratch)
    let output = running.finish()
    #expect(output.status == 0, "\(output)")
    #expect(try timesUsageIsTold(scratch) == 1)
  }

  @Test func oneThatSpendsTooMuchIsCalledBack() throws {
    let scratch = try project()
    try spending(scratch, extra: "max_cost_usd: 0.002")
    let output = try scratch.uet("run")
    #expect(output.status != 0, "\(output)")
    let why = try scratch.uet("status").text
    #expect(why.contains("it has spent"), "\(why)")
    #expect(try timesUsageIsTold(scratch) == 1 && leases(scratch) == [])
  }

  /// Its orchestrator is gone before there is a result.
  @Test func recoveryCountsWhatASignOfLifeSaysWasSpent() throws {
    let scratch = try project()
    try scratch.git("config", "uet.executors.batch.poll", "1h")
    try spending(scratch)
    let lease = try lostOrchestrator(scratch)
    try scratch.wait("a sign of life tells it") {
      try scratch.git("show", "\(lease):").contains("progress.json")
        && scratch.git("show", "\(lease):progress.json").contains("usage_recorded")
    }
    for _ in 0..<2 {
      let recovered = try scratch.uet("recover")
      #expect(recovered.status == 0, "\(recovered)")
      #expect(try timesUsageIsTold(scratch) == 1)
    }
    try go(scratch)
  }

  /// Nobody goes on with it, and what it spent was spent.
  @Test func recoveryCountsWhatAResultSaysWasSpent() throws {
    let scratch = try project()
    try waiting(
      scratch, "ws-a", "; git uet signal usage --model claude-sonnet-4-5 --input 1000 --output 10")
    try commit(scratch)
    _ = try lostOrchestrator(scratch, withResult: true)
    let recovered = try scratch.uet("recover")
    #expect(recovered.status == 0, "\(recovered)")
    let events = try scratch.uet("events").text
    #expect(events.components(separatedBy: "usage_recorded").count == 2, "\(events)")
    let kept = "refs/uet/salvage/\(try scratch.onlyRun())/ws-a/1"
    #expect(try scratch.git("show", "\(kept):ws-a") == "done" && leases(scratch) == [])
  }

  /// Two here, the others elsewhere, and no more workers than there are to start.
  @Test func workersComeWithTheWorkHereAndElsewhere() throws {
    let scratch = try project()
    try scratch.git("config", "uet.executor", "local")
    try scratch.git("config", "--add", "uet.executor", "batch")
    try scratch.git("config", "uet.executors.local.jobs", "2")
    try scratch.bundle("ws-first", scope: ["first"], "echo 1 > first")
    for id in ["ws-a", "ws-b", "ws-c", "ws-d"] {
      try scratch.bundle(
        id, scope: [id],
        after: ["ws-first"],
        "touch $TMPDIR/\(id).at; until test -e $TMPDIR/go; do sleep 0.02; done; echo x > \(id)")
    }
    try commit(scratch)
    let running = try scratch.direct(["run", "--workers", "auto"])
    try scratch.wait("all that there is room for work") {
      ["ws-a", "ws-b"].allSatisfy { isThere("\($0).at", scratch) }
        && (isThere("ws-c.at", scratch) || isThere("ws-d.at", scratch))
    }
    let state = try scratch.uet("status", "--json").text
    #expect(state.contains(#/"least_workers": ?1\b/#) && state.contains(#/"workers": ?64\b/#))
    let answer = try scratch.uet("workers", "auto")
    #expect(answer.text.contains("they come and go with the work, up to 64"), "\(answer)")
    try go(scratch)
    #expect(running.finish().status == 0)
    let end = try scratch.uet("status", "--json").text
    #expect(end.matches(of: #/"executor": ?"batch"/#).count == 2, "\(end)")
    #expect(try leases(scratch).isEmpty)
  }
}
