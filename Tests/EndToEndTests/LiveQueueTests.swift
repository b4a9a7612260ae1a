import Foundation
import Testing

/// The queue while a process works on it: watched, steered and killed from outside.
@Suite struct LiveQueueTests {
  /// A run whose gate writes down each tree that it judges and waits for the file `go`.
  private func project(
    _ names: [String], strategy: String = "speculative"
  ) throws -> (scratch: Scratch, run: String, go: String, log: String) {
    let scratch = try Scratch()
    let go = scratch.root.appendingPathComponent("go").path
    let log = scratch.root.appendingPathComponent("log").path
    let script =
      "echo begin $(git rev-parse HEAD^{tree}) >> \(log); n=0; "
      + "while ! test -e \(go) && ! test -e \(go).$(ls -d ? | tail -n 1); do sleep 0.02; done; "
      + "echo end $(git rev-parse HEAD^{tree}) >> \(log)"
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      gates:
        GATE_UNIT: {command: [sh, -c, '\(script)'], timeout: 1m}
      integration: {gates: [GATE_UNIT], strategy: \(strategy), slots: 2}

      """)
    for name in names { try scratch.bundle("ws-\(name)", scope: [name], "echo \(name) > \(name)") }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run").status == 0)
    return (scratch, try scratch.onlyRun(), go, log)
  }

  private func touch(_ path: String) {
    _ = FileManager.default.createFile(atPath: path, contents: nil)
  }

  private func lines(_ path: String, _ verb: String) -> [Substring] {
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").filter { $0.hasPrefix(verb) }
  }

  @Test func itIsSeenFromAnotherProcess() throws {
    let (scratch, run, go, log) = try project(["a", "b", "c"])
    let running = try scratch.direct(["integrate", run])
    try scratch.wait("two gates") { lines(log, "begin").count == 2 }
    let seen = try scratch.uet("queue")
    #expect(seen.status == 0, "\(seen)")
    #expect(seen.text.contains("GATE_UNIT runs on the target at"), "\(seen)")
    #expect(seen.text.contains("GATE_UNIT runs on ws-a"), "\(seen)")
    #expect(seen.text.contains("merged on ws-b, waits for its test"), "\(seen)")
    #expect(seen.text.split(separator: "\n").allSatisfy { $0.count < 80 }, "\(seen)")
    let json = try scratch.uet("queue", "--json")
    #expect(json.text.contains("\"on_top_of\": \"ws-a\""), "\(json)")
    touch(go)
    #expect(running.finish().status == 0)
    #expect(try scratch.uet("queue").text.contains("nothing waits"))
  }

  @Test func itIsSteeredFromAnotherProcess() throws {
    let (scratch, run, go, log) = try project(["a", "b", "c"], strategy: "serial")
    try scratch.git("branch", "release")
    let running = try scratch.direct(["integrate", run, "--land", "release"])
    try scratch.wait("a gate") { lines(log, "begin").count == 1 }
    let promoted = try scratch.uet("queue", "promote", "ws-c")
    #expect(promoted.status == 0 && promoted.text.contains("'ws-c' is next"), "\(promoted)")
    let placed = try scratch.uet("queue", "promote", "ws-a")
    #expect(placed.status == 2 && placed.errors.contains("at the head already"), "\(placed)")
    #expect(try scratch.uet("queue", "dequeue", "ws-b", "--reason", "later").status == 0)
    #expect(try scratch.uet("queue", "pause", "--reason", "lunch").status == 0)
    touch(go)
    try scratch.wait("the gate's end") { lines(log, "end").count == 1 }
    let paused = try scratch.uet("queue")
    #expect(paused.text.contains("paused: lunch") && running.process.isRunning, "\(paused)")
    let frozen = try scratch.uet("queue", "freeze", "--reason", "release week")
    #expect(frozen.status == 0 && frozen.text.contains("unfreeze"), "\(frozen)")
    #expect(try scratch.uet("queue", "resume").status == 0)
    let end = running.finish()
    #expect(end.status == 3 && end.errors.contains("landing is frozen (release week)"), "\(end)")
    #expect(try scratch.uet("queue", "unfreeze").status == 0)
    #expect(try scratch.uet("integrate", run, "--land", "release").status == 0)
    let files = try scratch.git("ls-tree", "--name-only", "release").split(separator: "\n")
    #expect(files.contains("a") && files.contains("c") && !files.contains("b"), "\(files)")
    #expect(try scratch.uet("queue", "requeue", "ws-b").status == 0)
    #expect(try scratch.uet("integrate", run, "--land", "release").status == 0)
    #expect(try scratch.git("ls-tree", "--name-only", "release").contains("b"))
    #expect(try scratch.uet("verify", "--landed").status == 0)
  }

  /// Killed while one gate has ended and another runs: what has a verdict is not run again.
  @Test func afterAKillNoFinishedGateRunsAgain() throws {
    let (scratch, run, go, log) = try project(["a", "b", "c"])
    let running = try scratch.direct(["integrate", run])
    try scratch.wait("two gates") { lines(log, "begin").count == 2 }
    // The last file in the tree's listing is `ws-b`'s only in the second place.
    touch(go + ".b")
    try scratch.wait("a verdict") {
      try scratch.uet("events", "--type", "gate_passed", "--json").text.contains("gate_passed")
    }
    running.signal(SIGKILL)
    _ = running.finish()
    let ended = Set(lines(log, "end").map { $0.dropFirst(4) })
    let before = lines(log, "begin").count
    touch(go)
    let again = try scratch.uet("integrate", run)
    #expect(again.status == 0, "\(again)")
    let begun = lines(log, "begin").dropFirst(before).map { $0.dropFirst(6) }
    #expect(Set(begun).isDisjoint(with: ended), "\(begun) again, of \(ended)")
    #expect(try scratch.uet("verify").status == 0)
  }

  /// Two runs that land in one branch at once: both get in, whichever comes second on top of the
  /// first.
  @Test func twoQueuesOnOneTargetDoNotInterleave() throws {
    let (scratch, first, go, _) = try project(["a", "b"])
    try scratch.git("rm", "--quiet", "-r", "workstreams")
    for name in ["c", "d"] { try scratch.bundle("ws-\(name)", scope: [name], "echo > \(name)") }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=other work")
    #expect(try scratch.uet("run").status == 0)
    let runs = try scratch.git("for-each-ref", "--format=%(refname)", "refs/uet/runs")
      .split(separator: "\n").map { String($0.split(separator: "/")[3]) }
    let second = try #require(runs.first { $0 != first })
    try scratch.git("branch", "release")
    touch(go)
    let both = try [first, second].map {
      try scratch.direct(["integrate", $0, "--land", "release"])
    }
    for running in both {
      let end = running.finish()
      #expect(end.status == 0, "\(end)")
    }
    let proof = try scratch.uet("verify", "--landed")
    #expect(proof.status == 0, "\(proof)")
    #expect(proof.text.components(separatedBy: "proven").count == 3, "\(proof)")
    let line = try scratch.git(
      "log", "--first-parent", "--format=%(trailers:key=UET-Run,valueonly)", "main..release")
    let order = line.split(separator: "\n").map(String.init).filter { !$0.isEmpty }
    #expect(order.count == 4 && order[0] == order[1] && order[2] == order[3], "\(order)")
  }
}
