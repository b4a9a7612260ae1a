import Foundation
import Testing

/// What is done about a conflict by itself, in the configured order.
@Suite struct RepairTests {
  /// A finished run in which `ws-a` made two commits, while the change of the first came to main by
  /// hand, and `ws-c` builds on it. `second` is what the second commit makes of the line.
  private func torn(
    _ settings: String, second: String = "second", byHand: String = "first", extra: String = ""
  ) throws -> (scratch: Scratch, run: String) {
    let scratch = try Scratch()
    try scratch.write("a.txt", "one\ntwo\nthree\n")
    try scratch.write(
      ".uet/config.yaml", "integration: \(settings)\nprompt: {preamble: rules.md}\n")
    try scratch.write("rules.md", "Keep the lines in order.\n")
    try scratch.bundle(
      "ws-a", scope: ["a.txt"], extra: extra,
      """
      printf 'one\\nfirst\\nthree\\n' > a.txt
      git commit --quiet --all --message=first
      printf 'one\\n\(second)\\nthree\\n' > a.txt
      git commit --quiet --all --message=second
      """)
    try scratch.bundle("ws-b", scope: ["b.txt"], "echo b > b.txt")
    try scratch.bundle("ws-c", scope: ["c.txt"], after: ["ws-a"], "echo c > c.txt")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let output = try scratch.uet("run")
    try #require(output.status == 0, "\(output)")
    try change(scratch, to: byHand)
    return (scratch, try scratch.onlyRun())
  }

  private func change(_ scratch: Scratch, to line: String) throws {
    try scratch.write("a.txt", "one\n\(line)\nthree\n")
    try scratch.git("commit", "--quiet", "--all", "--message=by hand")
  }

  /// A resolver that runs `script` in the worktree, as a setting.
  private func resolver(_ script: String) -> String {
    #"[/bin/sh, -c, "\#(script.replacingOccurrences(of: "\"", with: "\\\""))"]"#
  }

  /// What the candidate's own result was put to, its replayed one is put to as well.
  @Test(arguments: [true, false])
  func aReplayedOneMeetsItsOwnGatesAgain(isGreen: Bool) throws {
    let gate = isGreen ? "test $WORD = word" : "test $WORD = word && ! test -e aside"
    let (scratch, run) = try torn(
      "{gates: []}",
      extra: "env: {WORD: word}\ntest_gates: [{type: GATE_OWN, command: [sh, -c, '\(gate)']}]")
    try scratch.write("aside", "by hand\n")
    try scratch.git("add", "aside")
    try scratch.git("commit", "--quiet", "--message=aside")
    let output = try scratch.uet("integrate", run, "--land", "main", "--update-checkout")
    let asked = try scratch.uet(
      "events", "--type", isGreen ? "gate_passed" : "gate_failed", "--json")
    let own = asked.text.split(separator: "\n").filter {
      $0.contains("\"integration\"") && $0.contains("GATE_OWN")
    }
    // A red one is asked once more before a candidate goes for it.
    #expect(own.count == (isGreen ? 1 : 2), "\(asked)")
    #expect(output.status == (isGreen ? 0 : 1), "\(output)")
    #expect(output.text.contains("ws-a set aside: GATE_OWN failed") != isGreen, "\(output)")
    #expect(try scratch.git("show", "main:b.txt") == "b")
    guard !isGreen else { return }
    let again = try scratch.uet("reproduce", run, "ws-a")
    #expect(again.status == 0 && again.text.contains("as recorded"), "\(again)")
  }

  @Test func replayBringsInWhatTheMergeCannot() throws {
    let (scratch, run) = try torn("{gates: []}")
    let tip = try scratch.commit("uet/\(run)/ws-a")
    let output = try scratch.uet("integrate", run, "--land", "main", "--update-checkout")
    #expect(output.status == 0, "\(output)")
    #expect(output.text.contains("ws-a is gone: replayed as"), "\(output)")
    #expect(try scratch.git("show", "main:a.txt") == "one\nsecond\nthree")
    #expect(try scratch.git("show", "main:c.txt") == "c")
    // 'first' is the first commit of all. New commits landed, of both: the old ones did not, and
    // the branches for review stand where they stood.
    let new = try #require(try scratch.commit("refs/uet/candidates/\(run)/ws-a"))
    try scratch.git("merge-base", "--is-ancestor", new, "main")
    #expect(try scratch.commit("uet/\(run)/ws-a") == tip)
    let subjects = try scratch.git("log", "--format=%s", "main").split(separator: "\n")
    #expect(subjects.count { $0 == "first" } == 1 && subjects.count { $0 == "second" } == 1)
    #expect(subjects.count { $0.hasPrefix("ws-c: ") } == 1, "\(subjects)")
    let proof = try scratch.uet("verify", "--landed")
    #expect(proof.status == 0 && proof.text.contains("proven"), "\(proof)")
    #expect(try scratch.uet("verify").status == 0)
    let all = try scratch.uet("conflicts", "--all")
    #expect(
      all.text.contains("ws-a  AUTO_RESOLVED") && all.text.contains("by       replay"), "\(all)")
    let shown = try scratch.uet("show", run, "ws-c")
    #expect(shown.text.contains("its commits put on"), "\(shown)")
    let patched = try scratch.git("show", "--no-patch", "--format=%B", new)
    #expect(patched.contains("UET-Replays: \(tip ?? "-")"), "\(patched)")
  }

  @Test func whatCannotBeReplayedWaitsForAPersonWithTheReason() throws {
    let (scratch, run) = try torn("{gates: []}", byHand: "another")
    let output = try scratch.uet("integrate", run)
    #expect(output.status == 1, "\(output)")
    let list = try scratch.uet("conflicts")
    #expect(list.text.contains("tried    resolutions: no resolution"), "\(list)")
    #expect(list.text.contains("(1 of 2) conflicts in 'a.txt'"), "\(list)")
    #expect(list.text.contains("git uet resolve \(run) ws-a"), "\(list)")
    // The other side is named, whoever made it, and both sides stand where they belong.
    let other = try scratch.git("rev-parse", "main").prefix(10)
    #expect(output.text.contains("conflicts in 'a.txt' with \(other)"), "\(output)")
    #expect(list.text.contains("with \(other)"), "\(list)")
    #expect(
      list.text.contains("<<<<<<< ours\n    another\n    =======\n    second\n    >>>>>>> theirs"),
      "\(list)")
    // The record keeps what it names alive, also where nothing was merged.
    let verified = try scratch.uet("verify", run)
    #expect(verified.status == 0 && !verified.text.contains("unanchored"), "\(verified)")
    let json = try scratch.uet("conflicts", "--json")
    #expect(json.text.contains(#""method": "replay""#), "\(json)")
    #expect(try scratch.uet("queue").text.contains("git uet conflicts \(run)"))
    // Unchanged it is not tried again.
    let again = try scratch.uet("integrate", run)
    let merges = try scratch.uet("events", "--type", "merge_conflict", "--workstream", "ws-a")
    #expect(again.status == 1 && merges.text.split(separator: "\n").count == 1, "\(merges)")
  }

  @Test func aToolResolvesAndTheNextTimeNobodyIsAsked() throws {
    let script = "cat $UET_PROMPT_FILE > ../prompt; printf 'one\\\\nboth\\\\nthree\\\\n' > a.txt"
    let (scratch, run) = try torn(
      "{resolver: \(resolver(script)), resolver_timeout: 60s}", byHand: "another")
    let byHand = try scratch.git("rev-parse", "main").prefix(10)
    let output = try scratch.uet("integrate", run)
    #expect(output.status == 0, "\(output)")
    #expect(output.text.contains("ws-a conflicts: the resolver works on it"), "\(output)")
    #expect(try scratch.git("show", "uet/\(run)/integration:a.txt") == "one\nboth\nthree")
    let prompt = try String(
      contentsOfFile: "\(scratch.path).worktrees/\(run)/prompt", encoding: .utf8)
    #expect(prompt.contains("do the work of ws-a") && prompt.contains("- a.txt"), "\(prompt)")
    #expect(prompt.hasPrefix("Keep the lines in order.\n\n# A conflict of ws-a"), "\(prompt)")
    #expect(prompt.contains("\(byHand) by hand"), "\(prompt)")
    #expect(
      !FileManager.default.fileExists(atPath: "\(scratch.path).worktrees/\(run)/ws-a.resolver"))
    let all = try scratch.uet("conflicts", "--all")
    #expect(all.text.contains("AGENT_RESOLVED") && all.text.contains("by       resolver"), "\(all)")
    #expect(try scratch.commit("refs/uet/candidates/\(run)/ws-a") != nil)
    #expect(try scratch.uet("verify").status == 0)
    // What builds on it came along as it was.
    try scratch.git("merge-base", "--is-ancestor", "uet/\(run)/ws-c", "uet/\(run)/integration")
    // The target moves: all is merged anew, and the same places are resolved alike.
    try scratch.write("README", "more\n")
    try scratch.git("commit", "--quiet", "--all", "--message=more")
    let landed = try scratch.uet("integrate", run, "--land", "main", "--update-checkout")
    #expect(landed.status == 0, "\(landed)")
    let repairs = try scratch.uet("events", "--type", "repair_started")
    #expect(repairs.text.split(separator: "\n").count == 1, "\(repairs)")
    #expect(try scratch.uet("conflicts", "--all").text.contains("by       resolutions"))
    #expect(try scratch.git("show", "main:a.txt") == "one\nboth\nthree")
    #expect(try scratch.uet("verify", "--landed").status == 0)
  }

  /// One that came from elsewhere counts as far as its clone is trusted, and changes nothing else.
  @Test func aResolutionOfAnotherCloneCountsOnlyWhereItIsTrusted() throws {
    let (scratch, run) = try torn("{}", byHand: "another")
    #expect(try scratch.uet("integrate", run).status == 1)
    #expect(try scratch.uet("resolve", run, "ws-a").status == 0)
    let place = "\(scratch.path).worktrees/\(run)/ws-a.resolve"
    try Data("one\nboth\nthree\n".utf8).write(to: URL(fileURLWithPath: place + "/a.txt"))
    try scratch.git("-C", place, "add", "a.txt")
    let finished = try scratch.uet("resolve", run, "ws-a", "--continue")
    try #require(finished.status == 0, "\(finished)")
    let kept = try scratch.git("ls-tree", "-r", "--name-only", "refs/uet/resolutions")
    #expect(kept.contains("/seal") && kept.contains("/clone-"), "\(kept)")
    // The same folder under another clone's name is another clone's.
    let own = try scratch.git("config", "uet.cloneId")
    try scratch.git("config", "uet.cloneId", "ffffffffffffffff")
    try scratch.git("config", "uet.inbox.trust", "clone-00000001")
    try scratch.git("branch", "again", "uet/\(run)/ws-a")
    let refused = try scratch.uet("integrate", "--branch", "again")
    #expect(refused.status == 1, "\(refused)")
    let list = try scratch.uet("conflicts").text
    let flat = list.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(flat.contains("is of 'clone-\(own.prefix(8))', which is not trusted here"), "\(list)")
    try scratch.git("config", "uet.inbox.trust", "clone-\(own.prefix(8))")
    let taken = try scratch.uet("integrate", "--branch", "again")
    #expect(taken.status == 0, "\(taken)")
  }

  @Test(arguments: [
    ("echo x >> a.txt", "it left conflict markers in 'a.txt'"),
    ("true", "it left 'a.txt' as it was"),
    ("git checkout --quiet --ours a.txt; echo x > README", "it changed 'README'"),
    ("echo no idea; exit 3", "'/bin/sh' ended with status 3: no idea"),
    ("sleep 100", "'/bin/sh' did not end within 1 s"),
  ])
  func whatAToolMayNotLeaveIsRefused(script: String, reason: String) throws {
    let (scratch, run) = try torn(
      "{repair: [resolver, person], resolver: \(resolver(script)), resolver_timeout: 1s}",
      byHand: "another")
    let output = try scratch.uet("integrate", run)
    #expect(output.status == 1, "\(output)")
    let list = try scratch.uet("conflicts")
    let flat = list.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(flat.contains("resolver: \(reason)"), "\(list)")
    let status = try scratch.uet("status")
    #expect(
      status.text.contains("the resolver failed") || status.text.contains("EJECTED"), "\(status)")
    let kept = try scratch.git("for-each-ref", "--format=%(refname)", "refs/uet/salvage")
    #expect(
      kept.isEmpty == !["echo", "git"].contains { script.hasPrefix($0) } || script.contains("exit"))
    #expect(
      !FileManager.default.fileExists(atPath: "\(scratch.path).worktrees/\(run)/ws-a.resolver"))
    #expect(try scratch.uet("verify").status == 0)
  }

  @Test func theOrderIsKept() throws {
    let (scratch, run) = try torn(
      "{repair: [resolver, replay, person], resolver: \(resolver("exit 1"))}")
    let output = try scratch.uet("integrate", run)
    #expect(output.status == 0, "\(output)")
    let events = try scratch.uet("events", "--workstream", "ws-a").text
    let failed = try #require(events.range(of: "repair_failed")).lowerBound
    let resolved = try #require(events.range(of: "conflict_resolved")).lowerBound
    #expect(failed < resolved, "\(events)")
    #expect(try scratch.git("show", "uet/\(run)/integration:a.txt") == "one\nsecond\nthree")
  }

  @Test func whatIsGivenUpTellsThoseThatBuildOnIt() throws {
    let (scratch, run) = try torn("{repair: [replay, quarantine]}", byHand: "another")
    let output = try scratch.uet("integrate", run)
    #expect(output.status == 1, "\(output)")
    #expect(output.text.contains("ws-a given up: conflicts in 'a.txt'"), "\(output)")
    let status = try scratch.uet("status", run)
    #expect(status.text.contains("QUARANTINED"), "\(status)")
    let queue = try scratch.uet("queue")
    #expect(queue.text.contains("which is QUARANTINED"), "\(queue)")
    let held = try scratch.uet("show", run, "ws-c")
    #expect(held.text.contains("QUARANTINED: conflicts in 'a.txt'"), "\(held)")
    #expect(try scratch.uet("conflicts").text.contains("ws-a  QUARANTINED"))
    #expect(try scratch.uet("integrate", run).status == 1)
    #expect(try scratch.uet("resolve", run, "ws-a").status == 2)
  }

  @Test func aCrashAmidTheToolLosesNothing() throws {
    let script =
      "echo half >> a.txt; test -e ../../go || sleep 300; git checkout --quiet --theirs a.txt"
    let (scratch, run) = try torn(
      "{repair: [resolver, person], resolver: \(resolver(script))}", byHand: "another")
    let running = try scratch.direct(["integrate", run])
    let place = "\(scratch.path).worktrees/\(run)/ws-a.resolver/a.txt"
    try scratch.wait("the tool's work") {
      (try? String(contentsOfFile: place, encoding: .utf8).hasSuffix("half\n")) ?? false
    }
    let live = try scratch.uet("queue")
    #expect(live.text.contains("the resolver works on its conflict"), "\(live)")
    #expect(try scratch.uet("conflicts").text.contains("now      the resolver works on it"))
    running.signal(SIGKILL)
    _ = running.finish()
    try Data().write(to: URL(fileURLWithPath: "\(scratch.path).worktrees/go"))
    let output = try scratch.uet("integrate", run)
    #expect(output.status == 0, "\(output)")
    #expect(try scratch.git("show", "uet/\(run)/integration:a.txt") == "one\nsecond\nthree")
    let kept = try scratch.git(
      "for-each-ref", "--format=%(refname)", "refs/uet/salvage/\(run)/ws-a")
    #expect(try scratch.git("show", "\(kept):a.txt").hasSuffix("half"), "\(kept)")
    let events = try scratch.uet("events", "--type", "repair_started").text
    #expect(events.split(separator: "\n").count == 2, "\(events)")
    // What is finished is not done again.
    #expect(try scratch.uet("integrate", run).status == 0)
    #expect(try scratch.uet("events", "--type", "repair_started").text == events)
  }
}
