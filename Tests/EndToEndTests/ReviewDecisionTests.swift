import Foundation
import Testing

/// A person's decision on finished work: in the clone that holds the run, from another one, and
/// while a process works on the run.
@Suite struct ReviewDecisionTests {
  private func project(_ ids: [String], extra: String = "review: before_merge") throws -> Scratch {
    let scratch = try Scratch()
    for id in ids {
      try scratch.bundle("ws-\(id)", scope: [id], extra: extra, "echo \(id) > \(id)")
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    return scratch
  }

  private func finished(_ ids: [String]) throws -> (Scratch, String) {
    let scratch = try project(ids)
    let output = try scratch.uet("run")
    #expect(output.status == 0 && output.text.contains("waits for a review"), "\(output)")
    return (scratch, try scratch.onlyRun())
  }

  /// Another clone with everything of the run in it.
  private func clone(_ scratch: Scratch, _ name: String = "clone") throws -> String {
    let path = scratch.root.appendingPathComponent(name).path
    try scratch.git("clone", "--quiet", "--no-local", scratch.path, path)
    try scratch.git("-C", path, "config", "user.name", "Bob")
    try scratch.git("-C", path, "config", "user.email", "bob@example.com")
    try scratch.git("-C", path, "fetch", "--quiet", "origin", "refs/uet/*:refs/uet/*")
    return path
  }

  private func fetch(_ scratch: Scratch, from clone: String) throws {
    try scratch.git(
      "fetch", "--quiet", clone, "+refs/uet/runs/*:refs/uet-remote/bob/runs/*")
  }

  @Test func whatIsApprovedIsMergedAndWhatIsRejectedIsHeld() throws {
    let (scratch, run) = try finished(["a", "b", "c"])
    let open = try scratch.uet("review")
    #expect(open.text.contains("ws-a  waits for a review"), "\(open)")
    #expect(open.text.contains("git diff"), "\(open)")
    let first = try scratch.uet("integrate", run)
    #expect(first.status == 3 && first.text.contains("nothing is integrated"), "\(first)")
    #expect(try scratch.uet("review", "ws-a", "--approve").status == 0)
    let no = try scratch.uet("review", run, "ws-b", "--reject", "-m", "breaks \u{1B}[31mit")
    #expect(no.status == 0, "\(no)")
    let status = try scratch.uet("status")
    #expect(status.text.contains("breaks \\u{1b}[31mit"), "\(status)")
    let second = try scratch.uet("integrate", run)
    #expect(second.status == 3, "\(second)")
    #expect(second.text.contains("ws-a integrated"))
    #expect(second.text.contains("rejected by Test User <test@example.com>: breaks"))
    #expect(second.text.contains("ws-c  look at uet/\(run)/ws-c"))
    #expect(try scratch.uet("review", "ws-b", "--approve").status == 0)
    #expect(try scratch.uet("integrate", run, "--reviewed", "ws-c").status == 0)
    let json = try scratch.uet("review", "--json")
    #expect(json.text.components(separatedBy: #""standing": "approved""#).count == 4, "\(json)")
    #expect(try scratch.uet("verify").status == 0)
  }

  @Test func whatIsSentBackIsDoneAgainAndToldWhy() throws {
    let scratch = try Scratch()
    try scratch.bundle(
      "ws-a", scope: ["a"],
      extra: "risk: high\ntest_gates: [{type: GATE_A, command: [test, -f, a]}]",
      "cp $UET_PROMPT_FILE $TMPDIR/prompt; echo the last words; echo $UET_ATTEMPT > a")
    try scratch.bundle("ws-b", scope: ["b"], "echo b > b")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let first = try scratch.uet("run")
    #expect(first.text.contains("ws-a waits for a review: its risk is high"), "\(first)")
    let run = try scratch.onlyRun()
    let tip = try #require(try scratch.commit("uet/\(run)/ws-a"))
    let look = try scratch.uet("review", "ws-a")
    for words in [
      "ws-a  waits for a review  (its risk is high)", "tasks    do the work of ws-a",
      "diffstat 1 file, +1 -0", "a  +1 -0", "gates    GATE_A passed", "1 attempt, the last",
      "the last words", "git uet review \(run) ws-a --adjust --note TEXT",
    ] { #expect(look.text.contains(words), "\(words): \(look)") }
    #expect(!look.text.contains("ws-b"), "it asks for none")
    #expect(try scratch.uet("integrate", run).status == 3)

    #expect(try scratch.uet("review", "ws-a", "--adjust").status == 2, "without a note")
    let other = try scratch.uet("review", "ws-a", "--adjust", "--note", "x", "--commit", "HEAD")
    #expect(other.status == 2 && other.errors.contains("is not 'HEAD'"), "\(other)")
    let back = try scratch.uet("review", "ws-a", "--adjust", "--note", "say it\nlouder")
    #expect(back.status == 0 && back.text.contains("git uet resume \(run)"), "\(back)")
    #expect(try scratch.uet("status").text.contains("sent back by Test User"))
    #expect(try scratch.uet("resume").status == 0)
    let prompt = scratch.kept("prompt")
    #expect(prompt.contains("sent it back; do this as well:\n- say it\n  louder\n"), "\(prompt)")
    #expect(prompt.contains("git restore --source=\(tip) -- PATH"), "\(prompt)")
    #expect(!prompt.contains("failed"), "\(prompt)")
    #expect(try scratch.uet("review", "ws-a", "--approve").status == 0)
    #expect(try scratch.uet("integrate", run).status == 0)
    #expect(try scratch.uet("verify").status == 0)
  }

  @Test func anotherClonesDecisionCountsWhenTheHolderHasIt() throws {
    let (scratch, run) = try finished(["a", "b"])
    let other = try clone(scratch)
    let yes = try scratch.uet("review", run, "ws-a", "--approve", "-m", "fine", in: other)
    #expect(yes.status == 0 && yes.text.contains("when the clone that holds"), "\(yes)")
    #expect(try scratch.uet("review", "ws-b", "--reject", "--json", in: other).status == 0)
    let there = try scratch.uet("review", in: other)
    #expect(there.text.contains("approved by Bob <bob@example.com>"), "\(there)")
    #expect(there.text.contains("not taken yet"))
    #expect(try scratch.uet("verify", in: other).status == 0)
    try fetch(scratch, from: other)
    let taken = try scratch.uet("integrate", run)
    #expect(taken.status == 3 && taken.text.contains("ws-a approved by Bob"), "\(taken)")
    #expect(taken.text.contains("ws-a integrated"))
    #expect(taken.text.contains("rejected by Bob <bob@example.com>"))
    // Taken once: neither another look nor a deleted inbox changes anything.
    let events = try scratch.uet("events", "--json", "--type", "review_decided").text
    try scratch.git("update-ref", "-d", "refs/uet-remote/bob/runs/\(run)/main")
    _ = try scratch.uet("integrate", run)
    #expect(try scratch.uet("events", "--json", "--type", "review_decided").text == events)
    // The holder may overrule what it knows of.
    #expect(try scratch.uet("review", "ws-b", "--approve").status == 0)
    #expect(try scratch.uet("review").text.contains("(overruled)"))
    #expect(try scratch.uet("integrate", run).status == 0)
    #expect(try scratch.uet("verify").status == 0)
  }

  @Test func whatIsWrongWithAnInboxIsSaidAndStopsNothing() throws {
    let (scratch, run) = try finished(["a"])
    try scratch.git("update-ref", "refs/uet-remote/evil/runs/\(run)/clone-66666666", "HEAD")
    let other = try clone(scratch)
    #expect(try scratch.uet("review", "ws-a", "--approve", in: other).status == 0)
    try fetch(scratch, from: other)
    try scratch.git("config", "uet.inbox.trust", "clone-66666666")
    let held = try scratch.uet("integrate", run)
    #expect(held.status == 3, "\(held)")
    #expect(held.errors.contains("inbox 'clone-66666666' is refused"), "\(held)")
    #expect(held.errors.contains("git config --add uet.inbox.trust clone-"), "\(held)")
    #expect(try scratch.uet("review").text.contains("is not read on: commit"))
    try scratch.git("config", "uet.inbox.trust", "*")
    let taken = try scratch.uet("integrate", run)
    #expect(taken.status == 0 && taken.text.contains("ws-a integrated"), "\(taken)")
    #expect(try scratch.uet("verify", run).status == 0)
  }

  @Test func aRejectionTakesOutWhatIsMergedButNotLanded() throws {
    let (scratch, run) = try finished(["a", "b"])
    try scratch.git("branch", "release")
    #expect(try scratch.uet("review", "ws-a", "ws-b", "--approve").status == 0)
    #expect(try scratch.uet("integrate", run).status == 0)
    #expect(try scratch.uet("review", "ws-a", "--reject", "-m", "no").status == 0)
    let landed = try scratch.uet("integrate", run, "--land", "release")
    #expect(landed.status == 3 && landed.text.contains("1 workstream landed"), "\(landed)")
    #expect(try scratch.git("ls-tree", "--name-only", "release").contains("b"))
    #expect(try scratch.commit("release:a") == nil)
    let files = try scratch.git("ls-tree", "--name-only", "release").split(separator: "\n")
    #expect(!files.contains("a") && files.contains("b"))
    #expect(try scratch.uet("verify").status == 0)
  }

  @Test func aLiveRunTakesDecisionsAtOnce() throws {
    let scratch = try project(["a"])
    try scratch.bundle(
      "ws-wait", scope: ["wait"],
      "while test ! -e '\(scratch.path)/../go'; do sleep 0.02; done; echo > wait")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=another")
    let running = try scratch.running(["run"])
    try scratch.wait("a result") { running.printed.contains("ws-a waits for a review") }
    let run = try scratch.onlyRun()
    // Fetched while the run goes on: the next one who asks brings it in.
    let other = try clone(scratch)
    #expect(try scratch.uet("review", "ws-a", "--reject", "-m", "not so", in: other).status == 0)
    try fetch(scratch, from: other)
    let yes = try scratch.uet("review", run, "ws-a", "--approve", "--json")
    #expect(yes.status == 0 && yes.text.contains(#""outcome": "admitted""#), "\(yes)")
    let status = try scratch.uet("review", run)
    #expect(status.text.contains("ws-a  rejected"), "given without knowing of it: \(status)")
    #expect(try scratch.uet("review", run, "ws-a", "--approve").status == 0)
    #expect(try scratch.uet("review", run).text.contains("ws-a  approved"))
    try Data().write(to: scratch.root.appendingPathComponent("go"))
    let output = running.finish()
    #expect(output.status == 0 && output.text.contains("ws-a rejected by Bob"), "\(output)")
    let merged = try scratch.uet("integrate", run)
    #expect(merged.status == 0 && merged.text.contains("ws-a integrated"), "\(merged)")
    #expect(try scratch.uet("verify").status == 0)
  }

  @Test func aLiveIntegrationTakesDecisionsAtOnce() throws {
    let scratch = try project(["a", "b", "c"])
    try scratch.write(
      ".uet/config.yaml",
      """
      gates: {GATE_WAIT: {command: "while test ! -e '\(scratch.path)/../go'; do sleep 0.02; done"}}
      integration: {gates: [GATE_WAIT], strategy: serial}
      """)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=gate")
    #expect(try scratch.uet("run").status == 0)
    let run = try scratch.onlyRun()
    #expect(try scratch.uet("review", "ws-a", "ws-b", "--approve").status == 0)
    let integrating = try scratch.running(["integrate", run])
    try scratch.wait("a gate") {
      try scratch.uet("events", "--type", "gate_started").text.contains("GATE_WAIT")
    }
    let no = try scratch.uet("review", run, "ws-b", "--reject", "-m", "late")
    #expect(no.status == 0 && no.text.contains("knows it"), "\(no)")
    #expect(try scratch.uet("review", run, "ws-c", "--approve").status == 0)
    try Data().write(to: scratch.root.appendingPathComponent("go"))
    let output = integrating.finish()
    #expect(output.status == 3, "\(output)")
    #expect(output.text.contains("ws-a integrated") && output.text.contains("ws-c integrated"))
    #expect(output.text.contains("ws-b  rejected by Test User <test@example.com>: late"))
    #expect(try scratch.uet("verify").status == 0)
  }

  @Test func whatCannotBeDecidedIsRefused() throws {
    let (scratch, run) = try finished(["a"])
    let both = try scratch.uet("review", "ws-a", "--approve", "--reject")
    #expect(both.status == 2, "\(both)")
    #expect(try scratch.uet("review", "--approve").errors.contains("say which workstream"))
    #expect(try scratch.uet("review", "ws-x", "--approve").errors.contains("no workstream 'ws-x'"))
    #expect(try scratch.uet("review", "ws-a", "-m", "why").status == 2)
    let stale = try scratch.uet("review", "ws-a", "--approve", "--commit", "HEAD")
    #expect(stale.status == 2 && stale.errors.contains("by now"), "\(stale)")
    let tip = "uet/\(run)/ws-a"
    #expect(try scratch.uet("review", "ws-a", "--approve", "--commit", tip).status == 0)
    var environment = scratch.environment
    environment["UET_WORKSTREAM"] = "ws-a"
    let worker = try Scratch.start(
      Scratch.gitProgram, ["uet", "review", "ws-a", "--approve"], scratch.path, environment
    ).finish()
    #expect(worker.status == 2 && worker.errors.contains("a worker must not"), "\(worker)")
  }
}
