import Foundation
import Testing
import UETTestSupport

/// The orchestrator is killed, the machine started again, files and branches changed behind its
/// back: what was finished is not run again, and the end is that of an undisturbed run.
@Suite struct RecoveryTests {
  /// Six workstreams with a chain and an overlap, two gates, and a branch to land in.
  private func project() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      gates:
        GATE_UNIT: {command: [sh, -c, "sleep 0.02; test ! -f bad"], timeout: 1m}
      integration: {gates: [GATE_UNIT]}

      """)
    let gate = "test_gates: [{type: GATE_UNIT, required: true}]"
    try scratch.bundle("ws-a", scope: ["a"], extra: gate, "echo 1 > a; sleep 0.1; echo 2 >> a")
    try scratch.bundle("ws-b", scope: ["b"], after: ["ws-a"], "cat a > b; sleep 0.05")
    try scratch.bundle("ws-c", scope: ["c"], after: ["ws-b"], extra: gate, "cat a b > c")
    try scratch.bundle(
      "ws-d", scope: ["d/"], "mkdir -p d; (setsid sleep 3 &) ; sleep 0.2; echo > d/d")
    try scratch.bundle("ws-e", scope: ["d/e"], "mkdir -p d; echo e > d/e; sleep 0.1")
    try scratch.bundle("ws-f", scope: ["f"], after: ["ws-e"], "cp d/e f")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    try scratch.git("branch", "trunk")
    return scratch
  }

  /// Runs a command and kills it after so many microseconds, unless it has ended before; true if
  /// so.
  private func killed(_ scratch: Scratch, _ arguments: [String], after time: UInt32) throws -> Bool
  {
    let running = try scratch.direct(arguments)
    usleep(time)
    running.signal(SIGKILL)
    return running.finish().status == 128 + SIGKILL
  }

  private func runs(_ scratch: Scratch) throws -> Int {
    Set(
      try scratch.git("for-each-ref", "--format=%(refname)", "refs/uet/runs").split(separator: "\n")
        .map { $0.split(separator: "/")[3] }
    ).count
  }

  /// What else may happen between a crash and the next start.
  private func disturb(_ scratch: Scratch, _ random: inout SeededGenerator) throws {
    if random.oneIn(4) {
      try? FileManager.default.removeItem(atPath: scratch.path + "/.git/uet")
    }
    if random.oneIn(4), try runs(scratch) > 0 {
      let folder = "\(scratch.path).worktrees/\(try scratch.onlyRun())"
      let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
      if let name = names.randomElement(using: &random) {
        try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
      }
    }
    if random.oneIn(3) {
      let output = try scratch.uet("recover")
      try Violation.unless(output.status == 0, "recover: \(output)")
    }
  }

  private func toTheEnd(
    _ scratch: Scratch, _ random: inout SeededGenerator, kills: Int
  ) throws {
    func next() throws -> [String] {
      try runs(scratch) == 0 ? ["run", "--workers", "3"] : ["resume"]
    }
    for _ in 0..<kills {
      if try killed(scratch, next(), after: .random(in: 0...1_200_000, using: &random)) {
        try disturb(scratch, &random)
      }
    }
    // What was to be killed may have come to its end before.
    let command = try next()
    let output = try scratch.running(command).finish()
    let isOver = output.errors.contains("is over: SUCCEEDED")
    try Violation.unless(output.status == 0 || isOver, "\(command): \(output)")
    for _ in 0..<kills {
      let land = ["integrate", "--land", "trunk"]
      if try killed(scratch, land, after: .random(in: 0...1_000_000, using: &random)) {
        try disturb(scratch, &random)
      }
    }
    let landed = try scratch.uet("integrate", "--land", "trunk")
    try Violation.unless(landed.status == 0, "integrate: \(landed)")
  }

  private func check(_ scratch: Scratch) throws {
    let run = try scratch.onlyRun()
    let verified = try scratch.uet("verify")
    try Violation.unless(verified.text.contains("sound"), "\(verified)")
    let state = try scratch.uet("status", "--json").text
    try Violation.unless(
      state.components(separatedBy: "\"LANDED\"").count >= 7, "not all have landed: \(state)")
    var finished: Set<Substring> = []
    for line in try scratch.uet("events", "--json").text.split(separator: "\n") {
      guard let id = line.firstMatch(of: /"workstream":"(ws-.)"/)?.1 else { continue }
      if line.contains("\"type\":\"task_assigned\"") {
        try Violation.unless(!finished.contains(id), "\(id) ran again: \(line)")
      }
      if line.contains("\"type\":\"task_completed\"") { finished.insert(id) }
    }
    try Violation.unless(finished.count == 6, "finished: \(finished)")
    let left = try Scratch.start(
      "/bin/sh", ["-c", "grep -lsa UET_RUN=\(run) /proc/[0-9]*/environ"], "/", [:]
    ).finish()
    try Violation.unless(left.text.isEmpty, "processes are left: \(left)")
    let recover = try scratch.uet("recover", "--list")
    try Violation.unless(recover.text == "nothing to recover or resume\n", "\(recover)")
    let worktrees = try scratch.uet("clean")
    try Violation.unless(!worktrees.text.contains("crashed"), "\(worktrees)")
  }

  @Test func killedAtAnyMomentItEndsAsIfUndisturbed() throws {
    let calm = try project()
    var none = SeededGenerator(seed: 0)
    try toTheEnd(calm, &none, kills: 0)
    try check(calm)
    let expected = try calm.git("rev-parse", "trunk^{tree}")
    let failure = Seeds(short: 2, long: 60).firstFailure(filter: "RecoveryTests") { seed in
      var random = SeededGenerator(seed: seed)
      let scratch = try project()
      try toTheEnd(scratch, &random, kills: 2)
      try check(scratch)
      let found = try scratch.git("rev-parse", "trunk^{tree}")
      try Violation.unless(found == expected, "another result: \(found)")
    }
    #expect(failure == nil, "\(failure ?? "")")
  }
}

/// Each thing that may happen behind the orchestrator's back, by itself.
@Suite struct RecoveryCaseTests {
  /// A run whose orchestrator was killed while `ws-a` was under way, with its work half done;
  /// `ws-b` had finished.
  private func crashed() throws -> (scratch: Scratch, run: String, worktree: String) {
    let scratch = try Scratch()
    let go = scratch.root.appendingPathComponent("go").path
    try scratch.bundle("ws-b", scope: ["b"], "echo b > b")
    try scratch.bundle(
      "ws-a", scope: ["a"], after: ["ws-b"],
      "echo half > a; test -e '\(go)' || sleep 300; echo whole > a")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let running = try scratch.direct(["run"])
    try scratch.wait("the work of ws-a") { scratch.worktreeHolds("ws-a/a") }
    running.signal(SIGKILL)
    _ = running.finish()
    try Data().write(to: URL(fileURLWithPath: go))
    let run = try scratch.onlyRun()
    return (scratch, run, "\(scratch.path).worktrees/\(run)/ws-a")
  }

  private func resumes(_ scratch: Scratch, _ run: String) throws {
    let resumed = try scratch.uet("resume")
    #expect(resumed.status == 0, "\(resumed)")
    let attempts = try scratch.uet("events", "--type", "task_assigned", "--workstream", "ws-b")
    #expect(attempts.text.split(separator: "\n").count == 1, "ws-b ran once: \(attempts)")
  }

  @Test func recoverPutsARunInOrderAndStartsNothing() throws {
    let (scratch, run, _) = try crashed()
    let listed = try scratch.uet("recover", "--list")
    #expect(
      listed.text.contains("ws-a  attempt 1") && listed.text.contains("then tried again"),
      "\(listed)")
    let recovered = try scratch.uet("recover", "--json")
    #expect(recovered.status == 0 && recovered.text.contains("\"INTERRUPTED\""), "\(recovered)")
    #expect(try scratch.git("show", "refs/uet/salvage/\(run)/ws-a/1:a") == "half")
    let failed = try scratch.uet("events", "--type", "task_failed", "--json")
    #expect(failed.text.contains("E_ORCHESTRATOR_CRASH"), "\(failed)")
    let again = try scratch.uet("recover")
    #expect(again.text == "nothing to recover\n", "\(again)")
    let started = try scratch.uet("events", "--type", "task_assigned")
    #expect(started.text.split(separator: "\n").count == 2, "\(started)")
    try resumes(scratch, run)
  }

  @Test func aWorktreeDeletedByHandIsMadeAgain() throws {
    let (scratch, run, worktree) = try crashed()
    try FileManager.default.removeItem(atPath: worktree)
    try resumes(scratch, run)
    #expect(try scratch.git("show", "uet/\(run)/ws-a:a") == "whole")
    #expect(try scratch.commit("refs/uet/salvage/\(run)/ws-a/1") == nil, "nothing was left")
  }

  @Test func aBranchMovedByHandStaysWhereItIs() throws {
    let (scratch, run, _) = try crashed()
    try scratch.git("branch", "uet/\(run)/ws-a", "HEAD")
    let mine = try scratch.commit("HEAD")
    let resumed = try scratch.uet("resume")
    #expect(resumed.status == 0 && resumed.errors.contains("is not moved"), "\(resumed)")
    #expect(try scratch.commit("uet/\(run)/ws-a") == mine)
    let shown = try scratch.uet("show", run, "ws-a")
    let tip = try #require(shown.text.matches(of: /result +([0-9a-f]+)/).last?.1)
    #expect(try scratch.git("show", "\(tip):a") == "whole", "the record has the result")
    try scratch.git("branch", "trunk", "HEAD")
    let landed = try scratch.uet("integrate", "--land", "trunk")
    #expect(landed.status == 0, "\(landed)")
    #expect(try scratch.git("show", "trunk:a") == "whole", "the queue takes the record's")
  }

  /// After a start of the machine the numbers of processes belong to others: nobody is ended by
  /// them.
  @Test func afterARebootNobodyElseIsEnded() throws {
    let (scratch, run, _) = try crashed()
    let stranger = try Scratch.start("/bin/sleep", ["100"], "/", [:])
    defer { stranger.signal(SIGKILL) }
    let file = "\(scratch.path)/.git/uet/runs/\(run)/processes"
    let start = try #require(
      try String(contentsOfFile: "/proc/\(stranger.pid)/stat", encoding: .utf8)
        .split(separator: ")").last?.split(separator: " ")[19])
    let noted = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
    // That of ws-a may not have been noted yet when the run was killed.
    #expect(noted.contains { $0.hasPrefix("ws-b.1 ") }, "\(noted)")
    try "ws-a.1 \(stranger.pid).\(start).another-boot\n".write(
      toFile: file, atomically: true, encoding: .utf8)
    try resumes(scratch, run)
    #expect(kill(stranger.pid, 0) == 0, "the stranger lives")
  }
}
