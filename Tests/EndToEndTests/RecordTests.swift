import Foundation
import Testing

/// The record is in the repository: the cache may go, a clone has everything, a crash costs
/// nothing.
@Suite struct RecordTests {
  private func finishedProject() throws -> (Scratch, String) {
    let scratch = try Scratch()
    try scratch.bundle("ws-one", scope: ["one"], "echo 1 > one")
    try scratch.bundle("ws-two", scope: ["two"], after: ["ws-one"], "echo 2 > two")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    return (scratch, try scratch.onlyRun())
  }

  @Test func theCacheCanBeDeleted() throws {
    let (scratch, run) = try finishedProject()
    let questions = [
      ["status", run, "--json"], ["events", "--json"], ["runs", "--json"],
      ["show", run, "ws-two", "--json"],
    ]
    let before = try questions.map { try scratch.running($0).finish() }
    for answer in before { #expect(answer.status == 0, "\(answer)") }
    try FileManager.default.removeItem(atPath: scratch.path + "/.git/uet")
    let after = try questions.map { try scratch.running($0).finish() }
    #expect(before.map(\.text) == after.map(\.text))
    #expect(try scratch.uet("cache", "verify").status == 0)
  }

  @Test func aFreshCloneShowsTheSame() throws {
    let (scratch, run) = try finishedProject()
    let clone = scratch.root.appendingPathComponent("clone").path
    try scratch.git("clone", "--quiet", "--no-local", scratch.path, clone)
    let fetch = try Scratch.start(
      Scratch.gitProgram, ["fetch", "--quiet", "origin", "refs/uet/*:refs/uet/*"], clone,
      scratch.environment
    ).finish()
    #expect(fetch.status == 0, "\(fetch)")
    for question in [["status", run, "--json"], ["events", "--json"], ["runs", "--json"]] {
      let here = try scratch.running(question).finish()
      let there = try scratch.running(question, in: clone).finish()
      #expect(here.text == there.text && there.status == 0, "\(question): \(there)")
    }
    let taken = try scratch.uet("integrate", run, in: clone)
    #expect(taken.status == 2 && taken.errors.contains("another clone"), "\(taken)")
  }

  @Test func theCacheFolderMayGoWhileItRuns() throws {
    let scratch = try Scratch()
    try scratch.bundle(
      "ws-wait", scope: ["wait"],
      "while test ! -e '\(scratch.path)/../go'; do sleep 0.02; done; echo > wait")
    try scratch.bundle("ws-after", scope: ["after"], after: ["ws-wait"], "echo > after")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let running = try scratch.running(["run"])
    try scratch.wait("the first attempt to start") { running.printed.contains("ws-wait started") }
    try FileManager.default.removeItem(atPath: scratch.path + "/.git/uet")
    let status = try scratch.uet("status")
    #expect(status.text.contains("RUNNING"), "\(status)")
    try Data().write(to: scratch.root.appendingPathComponent("go"))
    let output = running.finish()
    #expect(output.status == 0, "\(output)")
    let run = try scratch.onlyRun()
    #expect(try scratch.commit("refs/heads/uet/\(run)/ws-after") != nil)
  }

  @Test func aSecondRunIsRefusedWhileOneIsGoing() throws {
    let scratch = try Scratch()
    try scratch.bundle(
      "ws-wait", scope: ["wait"],
      "while test ! -e '\(scratch.path)/../go'; do sleep 0.02; done; echo > wait")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let running = try scratch.running(["run"])
    try scratch.wait("the attempt to start") { running.printed.contains("ws-wait started") }
    let second = try scratch.uet("run")
    #expect(second.status == 5, "\(second)")
    try FileManager.default.removeItem(atPath: scratch.path + "/.git/uet")
    let third = try scratch.uet("run")
    #expect(third.status == 5, "deleting the lock's folder gives no second holder: \(third)")
    try Data().write(to: scratch.root.appendingPathComponent("go"))
    #expect(running.finish().status == 0)
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func aSignalDrainsAndLeavesAResumableRecord(number: Int32) throws {
    let scratch = try Scratch()
    try scratch.bundle(
      "ws-wait", scope: ["wait"],
      "while test ! -e '\(scratch.path)/../go'; do sleep 0.02; done; echo > wait")
    try scratch.bundle("ws-after", scope: ["after"], after: ["ws-wait"], "echo > after")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let running = try scratch.direct(["run"])
    try scratch.wait("the attempt to start") { running.printed.contains("ws-wait started") }
    running.signal(number)
    try scratch.wait("the drain to be recorded") {
      try scratch.uet("events", "--type", "worker_draining").text.contains("worker_draining")
    }
    try Data().write(to: scratch.root.appendingPathComponent("go"))
    let output = running.finish()
    #expect(output.status == (number == SIGINT ? 130 : 143), "\(output)")
    let run = try scratch.onlyRun()
    #expect(try scratch.commit("refs/heads/uet/\(run)/ws-wait") != nil, "what ran could finish")
    #expect(try scratch.commit("refs/heads/uet/\(run)/ws-after") == nil, "nothing more started")
    let resumed = try scratch.uet("resume")
    #expect(resumed.status == 0, "\(resumed)")
    #expect(try scratch.commit("refs/heads/uet/\(run)/ws-after") != nil)
  }

  @Test func aSecondSignalStopsAtOnceAndTheWorkIsKept() throws {
    let scratch = try Scratch()
    try scratch.bundle(
      "ws-wait", scope: ["wait"],
      "echo part > wait; while test ! -e '\(scratch.path)/../go'; do sleep 0.02; done; echo whole > wait"
    )
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let running = try scratch.direct(["run"])
    try scratch.wait("partial work") { scratch.worktreeHolds("ws-wait/wait") }
    running.signal(SIGINT)
    try scratch.wait("the drain to be recorded") {
      try scratch.uet("events", "--type", "worker_draining").text.contains("worker_draining")
    }
    // What comes within half a second is the terminal's and git's word for the same Ctrl-C.
    try scratch.wait("the end") {
      if running.process.isRunning { running.signal(SIGINT) }
      return !running.process.isRunning
    }
    #expect(running.finish().status == 130)
    let run = try scratch.onlyRun()
    #expect(try scratch.git("show", "refs/uet/salvage/\(run)/ws-wait/1:wait") == "part")
    try Data().write(to: scratch.root.appendingPathComponent("go"))
    let resumed = try scratch.uet("resume")
    #expect(resumed.status == 0, "\(resumed)")
    #expect(try scratch.git("show", "refs/heads/uet/\(run)/ws-wait:wait") == "whole")
  }

  @Test func aKilledOrchestratorIsResumedWithNothingLost() throws {
    let scratch = try Scratch()
    try scratch.bundle(
      "ws-first", scope: ["first"], "echo run >> '\(scratch.path)/../first-ran'; echo > first")
    try scratch.bundle(
      "ws-wait", scope: ["wait"], after: ["ws-first"],
      "echo part > wait; test $UET_ATTEMPT -gt 1 || sleep 300; echo whole > wait")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let running = try scratch.direct(["run"])
    try scratch.wait("partial work") { scratch.worktreeHolds("ws-wait/wait") }
    running.signal(SIGKILL)
    _ = running.finish()
    let resumed = try scratch.uet("resume")
    #expect(resumed.status == 0, "\(resumed)")
    let run = try scratch.onlyRun()
    #expect(try scratch.git("show", "refs/heads/uet/\(run)/ws-wait:wait") == "whole")
    let runs = try String(
      contentsOf: scratch.root.appendingPathComponent("first-ran"), encoding: .utf8)
    #expect(runs == "run\n", "a finished workstream never runs again")
    #expect(try scratch.git("show", "refs/uet/salvage/\(run)/ws-wait/1:wait") == "part")
  }
}
