import Foundation
import Testing
import UETTestSupport

/// Attempts and gates that jobs carry out, with processes of this machine for a batch system: what
/// comes of a run does not depend on where it was carried out, nor on who dies meanwhile.
@Suite struct NodeTests {
  func project() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      run: {executor: batch}
      executors:
        batch: {kind: processes, heartbeat: 200ms, poll: 100ms}
      gates:
        GATE_UNIT: {command: [sh, -c, "echo tested; test ! -f bad"], timeout: 1m, executor: batch}
      integration: {gates: [GATE_UNIT]}

      """)
    // Not in a file: trees are compared.
    try scratch.git("config", "uet.executors.batch.folder", scratch.root.path + "/nodes")
    return scratch
  }

  func commit(_ scratch: Scratch) throws {
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    try scratch.git("branch", "--force", "trunk")
  }

  func leases(_ scratch: Scratch) throws -> [String] {
    try scratch.git("for-each-ref", "--format=%(refname)", "refs/uet/lease")
      .split(separator: "\n").map(String.init)
  }

  /// A workstream that waits until the file `go` of the temporary folder is there.
  func waiting(_ scratch: Scratch, _ id: String, _ rest: String = "") throws {
    try scratch.bundle(
      id, scope: [id],
      "touch $TMPDIR/\(id).at; until test -e $TMPDIR/go; do sleep 0.02; done; "
        + "echo done > \(id)" + rest)
  }

  func go(_ scratch: Scratch) throws {
    try Data().write(to: URL(fileURLWithPath: (scratch.environment["TMPDIR"] ?? "") + "/go"))
  }

  func isThere(_ name: String, _ scratch: Scratch) -> Bool {
    FileManager.default.fileExists(atPath: (scratch.environment["TMPDIR"] ?? "") + "/" + name)
  }

  /// Kills the orchestrator while `ws-a` is at work, and gives the lease, in the end with its
  /// result.
  func lostOrchestrator(
    _ scratch: Scratch, withResult: Bool = false
  ) throws -> String {
    let running = try scratch.direct(["run"])
    try scratch.wait("it works") { isThere("ws-a.at", scratch) }
    running.signal(SIGKILL)
    _ = running.finish()
    let lease = try #require(try leases(scratch).first)
    if withResult {
      try go(scratch)
      try scratch.wait("the result") {
        try scratch.git("ls-tree", "--name-only", lease).contains("result.json")
      }
    }
    return lease
  }

  /// What a run leaves, but for times: its results by tree, and how each workstream ended.
  private func end(_ scratch: Scratch) throws -> [String] {
    let run = try scratch.onlyRun()
    let trees = try scratch.git(
      "for-each-ref", "--format=%(refname:lstrip=4) %(tree)", "refs/heads/uet/\(run)",
      "refs/uet/salvage/\(run)")
    let state = try scratch.uet("status").text.split(separator: "\n").compactMap { line in
      line.firstMatch(of: #/^  (ws-[a-z]+)  ([A-Z]+) /#).map { "\($0.1) \($0.2)" }
    }
    return trees.split(separator: "\n").map(String.init) + state
  }

  private func fill(_ scratch: Scratch) throws {
    let gate = "test_gates: [{type: GATE_UNIT, required: true}]"
    try scratch.bundle("ws-a", scope: ["a"], extra: gate, "echo 1 > a; echo said")
    try scratch.bundle("ws-b", scope: ["b"], after: ["ws-a"], "cat a > b")
    try scratch.bundle("ws-c", scope: ["c/"], after: ["ws-b"], extra: gate, "mkdir c; cp a b c/")
    try scratch.bundle("ws-d", scope: ["c/d"], "mkdir -p c; echo > c/d; chmod +x c/d")
    try scratch.bundle("ws-e", scope: ["e"], "echo 1 > outside")
    try scratch.bundle(
      "ws-f", scope: ["f"], extra: "circuit_breaker: {max_attempts: 2}", "echo 1 > f; exit 3")
    try scratch.bundle("ws-g", scope: ["bad"], extra: gate, "touch bad")
    try scratch.bundle("ws-h", scope: ["h"], extra: "worktree: none", "echo nothing")
    try commit(scratch)
  }

  @Test func whereARunIsCarriedOutMakesNoDifference() throws {
    let (here, there) = (try project(), try project())
    for scratch in [here, there] { try fill(scratch) }
    try here.git("config", "uet.run.executor", "local")
    try here.git("config", "uet.gates.GATE_UNIT.executor", "local")
    for scratch in [here, there] {
      let output = try scratch.uet("run")
      #expect(output.status == 1, "\(output)")
    }
    let ended = try end(there)
    let usual = try end(here)
    #expect(ended == usual)
    #expect(ended.contains("ws-h SUCCEEDED") && ended.contains { $0.hasPrefix("ws-f/2 ") })
    #expect(try leases(there) == [])
    // The output is on record as any other, and the usual words say what failed.
    #expect(try there.uet("logs", "ws-a").text.contains("said"))
    #expect(try there.uet("logs", "ws-a").text.contains("tested"))
    let why = try there.uet("status").text
    #expect(why.contains("changed 'outside' outside its scope"), "\(why)")
    #expect(why.contains("GATE_UNIT is red (status 1)"), "\(why)")
    let landed = try there.uet("integrate", "--land", "trunk")
    #expect(landed.status == 0 || landed.status == 1, "\(landed)")
    #expect(try there.git("show", "trunk:c/b") == "1")
    #expect(try leases(there) == [] && there.uet("verify").text.contains("sound"))
  }

  @Test func aHostWhereTheyMeetDoesAsWell() throws {
    let scratch = try project()
    let host = scratch.root.appendingPathComponent("host.git").path
    try scratch.git("init", "--quiet", "--bare", host)
    try scratch.git("config", "uet.executors.batch.remote", "file://" + host)
    try scratch.bundle("ws-a", scope: ["a"], "git uet signal progress 50 half; echo 1 > a")
    try scratch.bundle("ws-b", scope: ["b"], after: ["ws-a"], "cat a > b")
    try commit(scratch)
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    let landed = try scratch.uet("integrate", "--land", "trunk")
    #expect(landed.status == 0, "\(landed)")
    #expect(try scratch.git("show", "trunk:b") == "1")
    #expect(try leases(scratch) == [] && scratch.git("-C", host, "for-each-ref") == "")
  }

  /// Jobs go on without the one who handed them over, and whoever resumes the run takes them up.
  @Test func aKilledOrchestratorCostsNothing() throws {
    let scratch = try project()
    try waiting(
      scratch, "ws-a", "; git uet signal usage --model claude-sonnet-4-5 --input 1000 --output 10")
    try waiting(scratch, "ws-b")
    try commit(scratch)
    let running = try scratch.direct(["run"])
    try scratch.wait("both work") { isThere("ws-a.at", scratch) && isThere("ws-b.at", scratch) }
    running.signal(SIGKILL)
    _ = running.finish()
    #expect(try scratch.uet("status").text.contains("RUNNING"))
    let resumed = try scratch.direct(["resume"])
    try scratch.wait("the run is taken up") {
      try scratch.uet("events").text.contains("recovery_finished")
    }
    try go(scratch)
    let output = resumed.finish()
    #expect(output.status == 0, "\(output)")
    let events = try scratch.uet("events").text
    #expect(events.components(separatedBy: "task_assigned").count == 3, "\(events)")
    // What was spent counts once.
    #expect(events.components(separatedBy: "usage_recorded").count == 2, "\(events)")
    #expect(try leases(scratch) == [])
  }

  /// The result may be there already, when somebody asks for it.
  @Test func aResultThatCameMeanwhileIsTakenIn() throws {
    let scratch = try project()
    try waiting(scratch, "ws-a")
    try commit(scratch)
    _ = try lostOrchestrator(scratch, withResult: true)
    let output = try scratch.uet("resume")
    #expect(output.status == 0 && output.text.contains("ws-a  SUCCEEDED"), "\(output)")
    #expect(try leases(scratch) == [])
  }

  /// A batch system that lost sight of a node starts the job again, and the first copy runs on.
  @Test func ofTwoCopiesOneCounts() throws {
    let scratch = try project()
    try waiting(scratch, "ws-a", "; echo $UET_SOCKET >> $TMPDIR/ended")
    try commit(scratch)
    let running = try scratch.direct(["run"])
    try scratch.wait("the first works") { isThere("ws-a.at", scratch) }
    let lease = try #require(try leases(scratch).first)
    let second = try scratch.direct([
      "job", "--remote", scratch.path + "/.git", "--folder", scratch.root.path + "/other", lease,
    ])
    let log = "\(scratch.path)/.git/uet/runs/\(try scratch.onlyRun())/ws-a.1.job.log"
    try scratch.wait("the first sees that it lost the lease") {
      (try? String(contentsOfFile: log, encoding: .utf8))?.contains("another's now") ?? false
    }
    try go(scratch)
    #expect(second.finish().status == 0)
    let output = running.finish()
    #expect(output.status == 0, "\(output)")
    // A third finds nothing to do.
    let third = try scratch.uet("job", "--remote", scratch.path + "/.git", lease)
    #expect(third.status == 75, "\(third)")
    #expect(scratch.kept("ended").split(separator: "\n").count == 1)
  }

  @Test func aJobThatDiesIsTriedAgain() throws {
    let scratch = try project()
    try waiting(scratch, "ws-a")
    try commit(scratch)
    let running = try scratch.direct(["run"])
    try scratch.wait("it works") { isThere("ws-a.at", scratch) }
    let lease = try #require(try leases(scratch).first)
    let found = try Scratch.start("/usr/bin/pgrep", ["-f", "job --remote .* \(lease)$"], "/", [:])
      .finish()
    for pid in found.text.split(separator: "\n").compactMap({ Int32($0) }) { kill(pid, SIGKILL) }
    try go(scratch)
    let output = running.finish()
    #expect(output.status == 0, "\(output)")
    #expect(output.text.contains("and brought no result"), "\(output)")
    #expect(output.text.contains("ws-a started (attempt 2)"), "\(output)")
    #expect(try leases(scratch) == [])
  }

  @Test func whatACancelledAttemptLeftIsKept() throws {
    let scratch = try project()
    try scratch.bundle(
      "ws-a", scope: ["a"], "echo part > a; touch $TMPDIR/at; while :; do sleep 0.02; done")
    try commit(scratch)
    let running = try scratch.direct(["run"])
    try scratch.wait("it works") { isThere("at", scratch) }
    let cancelled = try scratch.uet("cancel", "ws-a")
    #expect(cancelled.status == 0, "\(cancelled)")
    _ = running.finish()
    let kept = "refs/uet/salvage/\(try scratch.onlyRun())/ws-a/1"
    #expect(try scratch.git("show", "\(kept):a") == "part")
    #expect(try leases(scratch) == [])
  }

  /// Nobody goes on with it: what its jobs would bring is refused from then on.
  @Test func recoveryTakesLeasesAway() throws {
    let scratch = try project()
    try waiting(scratch, "ws-a")
    try commit(scratch)
    let lease = try lostOrchestrator(scratch)
    let recovered = try scratch.uet("recover")
    #expect(recovered.status == 0, "\(recovered)")
    #expect(try leases(scratch) == [])
    try scratch.wait("the job is gone") {
      try Scratch.start("/usr/bin/pgrep", ["-f", "job --remote .* \(lease)$"], "/", [:])
        .finish().status != 0
    }
    try go(scratch)
    let output = try scratch.uet("resume")
    #expect(output.status == 0 && output.text.contains("ws-a  SUCCEEDED"), "\(output)")
  }

  /// A mirror that borrows objects must not stumble over those that are gone in the lender.
  @Test func aMirrorOutlivesACollectionOfGarbage() throws {
    let scratch = try project()
    try scratch.bundle("ws-a", scope: ["a"], "echo 1 > a")
    try commit(scratch)
    #expect(try scratch.uet("run").status == 0)
    let forgotten = try scratch.uet("forget", "--discard", scratch.onlyRun())
    #expect(forgotten.status == 0, "\(forgotten)")
    // What the run started from goes as well.
    try scratch.git("commit", "--quiet", "--amend", "--message=others")
    try scratch.git("branch", "--force", "trunk")
    for reference in try scratch.git(
      "for-each-ref", "--format=%(refname)", "refs/uet", "refs/notes"
    )
    .split(separator: "\n") {
      try scratch.git("update-ref", "-d", String(reference))
    }
    try scratch.git("reflog", "expire", "--expire=now", "--all")
    try scratch.git("gc", "--quiet", "--prune=now")
    let output = try scratch.uet("run")
    #expect(output.status == 0 && output.text.contains("ws-a  SUCCEEDED"), "\(output)")
  }

  @Test func anUndeclaredExecutorIsToldBeforeAnythingStarts() throws {
    let scratch = try project()
    try waiting(scratch, "ws-a")
    try commit(scratch)
    try scratch.git("config", "uet.run.executor", "nowhere")
    let refused = try scratch.uet("run")
    #expect(refused.status == 2 && refused.errors.contains("'nowhere'"), "\(refused)")
    #expect(refused.errors.contains("hint: "), "\(refused)")
  }

  /// A run whose machine is gone, on a file system that another one sees.
  @Test(.enabled(if: NodeTests.canBeAnotherHost, "no name of its own for a process"))
  func aRunOfAMachineThatIsGoneIsTakenOver() throws {
    let scratch = try project()
    try waiting(scratch, "ws-a")
    try commit(scratch)
    let elsewhere = try Scratch.start(
      "/usr/bin/unshare",
      ["--uts", "sh", "-c", "hostname elsewhere; exec git uet run"], scratch.path,
      scratch.environment)
    try scratch.wait("it works") { isThere("ws-a.at", scratch) }
    let resumed = try scratch.uet("resume")
    #expect(resumed.status == 5, "\(resumed)")
    let early = try scratch.uet("adopt", "@")
    #expect(early.status == 5 && early.errors.contains("git uet adopt --now"), "\(early)")
    let adopted = try scratch.uet("adopt", "--now", "@")
    #expect(adopted.status == 0, "\(adopted)")
    let second = try scratch.direct(["resume"])
    try scratch.wait("the run is taken up") {
      try scratch.uet("events").text.contains("recovery_finished")
    }
    try go(scratch)
    let output = second.finish()
    #expect(output.status == 0 && output.text.contains("ws-a  SUCCEEDED"), "\(output)")
    // The one that lives after all is told so, and took nothing with it.
    let fenced = elsewhere.finish()
    #expect(
      fenced.status != 0 && fenced.errors.contains("another process has taken run"), "\(fenced)")
    #expect(try scratch.uet("events").text.components(separatedBy: "task_assigned").count == 2)
    // Nobody has it now.
    let again = try scratch.uet("adopt", "@")
    #expect(again.status == 2 && again.errors.contains("git uet resume"), "\(again)")
  }

  private static let canBeAnotherHost: Bool = {
    let output = try? Scratch.start(
      "/usr/bin/unshare", ["--uts", "hostname", "elsewhere"], "/", ["PATH": "/usr/bin:/bin"]
    ).finish()
    return output?.status == 0
  }()
}
