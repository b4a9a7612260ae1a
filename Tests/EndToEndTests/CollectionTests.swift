import Foundation
import Testing

/// `git uet gc`: what is put away can still be looked at, and nothing else goes.
@Suite struct CollectionTests {
  @Test func archivedRunsCanStillBeLookedAt() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    let run = try project.run()
    let questions = [
      ["status", run], ["show", run, "ws-one", "--json"], ["events", run, "--json"],
      ["logs", run, "ws-one"], ["verify", run], ["replay", run, "--json"],
    ]
    let before = try questions.map { try scratch.running($0).finish() }
    let young = try scratch.uet("gc")
    #expect(young.text == "nothing to collect\n", "\(young)")
    let dry = try scratch.uet("gc", "--older-than", "0s", "--unlanded", "--dry-run")
    #expect(dry.text.contains("would archive run \(run)"), "\(dry)")
    #expect(try scratch.commit("refs/uet/runs/\(run)/main") != nil)
    let kept = try scratch.uet("gc", "--older-than", "0s")
    #expect(
      kept.status == 0 && kept.text.contains("'ws-one' and 1 more have not landed"), "\(kept)")
    #expect(kept.text.contains("git uet gc --unlanded"), "\(kept)")
    let output = try scratch.uet("gc", "--older-than", "0s", "--unlanded")
    #expect(output.status == 0, "\(output)")
    #expect(
      output.text.contains(
        "archived 1 run in refs/uet/archive, removed 2 worktrees and 2 branches"), "\(output)")
    #expect(try scratch.git("for-each-ref", "refs/uet/runs", "refs/heads/uet").isEmpty)
    #expect(try scratch.uet("runs").text == "no runs yet\n")
    #expect(try scratch.uet("runs", "--archived").text.contains(run))
    // Nothing that a collection of git's takes is missed.
    try scratch.git("reflog", "expire", "--expire=now", "--all")
    try scratch.git("gc", "--quiet", "--prune=now")
    for (question, answer) in zip(questions, before) {
      let after = try scratch.running(question).finish()
      #expect(after.status == 0 && after.text == answer.text, "\(question): \(after)")
    }
    let again = try scratch.uet("gc", "--older-than", "0s")
    #expect(again.text == "nothing to collect\n", "\(again)")
    let refused = try scratch.uet("integrate", run)
    #expect(refused.status == 2 && refused.errors.contains("is archived"), "\(refused)")
    try scratch.git("fsck", "--strict")
    // The hint brings it back.
    let hint = refused.errors.split(separator: "\n").first { $0.contains("git update-ref") } ?? ""
    let words = hint.split(separator: " ").map(String.init)
    try scratch.git("update-ref", words[words.count - 2], words[words.count - 1])
    #expect(try scratch.uet("integrate", run).status == 0)
  }

  @Test func whatIsNotMergedOrArchivedStays() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    let run = try project.run()
    let worktree = "\(scratch.path).worktrees/\(run)/ws-one"
    try Data("new\n".utf8).write(to: URL(fileURLWithPath: worktree + "/mine.txt"))
    // A person went on with the second branch.
    try scratch.git("switch", "--quiet", "uet/\(run)/ws-two")
    try scratch.write("two", "more\n")
    try scratch.git("commit", "--quiet", "--all", "--message=more")
    try scratch.git("switch", "--quiet", "main")
    try scratch.git("branch", "uet/keep/me")
    let output = try scratch.uet("gc", "--older-than", "0s", "--unlanded")
    // The archive is made of what is there at that moment, a person's commits on a branch too.
    #expect(output.status == 0 && output.text.contains("kept worktree \(worktree)"), "\(output)")
    #expect(output.text.contains("git uet clean \(run)"), "\(output)")
    #expect(FileManager.default.fileExists(atPath: worktree + "/mine.txt"))
    #expect(try scratch.commit("uet/keep/me") != nil)
    try scratch.git("branch", "uet/\(run)/ws-two", "main")
    try scratch.git("switch", "--quiet", "uet/\(run)/ws-two")
    try scratch.write("two", "even more\n")
    try scratch.git("add", "two")
    try scratch.git("commit", "--quiet", "--message=later")
    try scratch.git("switch", "--quiet", "main")
    let later = try scratch.uet("gc", "--older-than", "0s", "--unlanded")
    #expect(later.text.contains("kept branch uet/\(run)/ws-two"), "\(later)")
    #expect(try scratch.commit("uet/\(run)/ws-two") != nil)
  }

  @Test func landedBranchesGoAndUnlandedStay() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    try scratch.git("branch", "target")
    let run = try project.run()
    try scratch.git("switch", "--quiet", "--detach")
    let landed = try scratch.uet("integrate", "--land", "main", run)
    #expect(landed.status == 0, "\(landed)")
    let output = try scratch.uet("gc", "--json")
    #expect(output.status == 0, "\(output)")
    #expect(try scratch.git("for-each-ref", "refs/heads/uet").isEmpty, "\(output)")
    #expect(try scratch.commit("refs/uet/runs/\(run)/main") != nil, "the record is young")
    let other = try project.run()
    let second = try scratch.uet("gc")
    #expect(second.text == "nothing to collect\n", "\(second)")
    #expect(try scratch.commit("refs/heads/uet/\(other)/ws-one") != nil)
  }

  /// A squash takes a result in as a landing does.
  @Test func squashedWorkGoesAndFailedWorkStays() throws {
    let scratch = try Scratch()
    try scratch.bundle("ws-good", scope: ["good"], "echo > good")
    try scratch.bundle("ws-bad", scope: ["bad"], "echo > bad; false")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run").status == 1)
    let run = try scratch.onlyRun()
    try scratch.git("merge", "--quiet", "--squash", "uet/\(run)/ws-good")
    try scratch.git("commit", "--quiet", "--message=squashed")
    let worktrees = try scratch.uet("worktrees")
    #expect(worktrees.text.contains("ws-good  landed"), "\(worktrees)")
    let kept = try scratch.uet("gc", "--older-than", "0s")
    #expect(kept.text.contains("keep work that did not land"), "\(kept)")
    #expect(!kept.text.contains("'ws-good'"), "\(kept)")
    #expect(try scratch.git("for-each-ref", "refs/heads/uet").isEmpty, "\(kept)")
    #expect(try !scratch.git("for-each-ref", "refs/uet/salvage/\(run)/ws-bad").isEmpty)
    #expect(try scratch.uet("verify", run).status == 0)
    let all = try scratch.uet("gc", "--older-than", "0s", "--unlanded")
    #expect(all.text.contains("archived run \(run)"), "\(all)")
  }

  @Test func aRunThatGoesOnOrCanBeResumedIsLeftAlone() throws {
    let scratch = try Scratch()
    try scratch.bundle(
      "ws-wait", scope: ["wait"],
      "while test ! -e '\(scratch.path)/../go'; do sleep 0.02; done; echo > wait")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let running = try scratch.direct(["run"])
    try scratch.wait("the attempt to start") { running.printed.contains("ws-wait started") }
    let run = try scratch.onlyRun()
    let live = try scratch.uet("gc", "--older-than", "0s")
    #expect(live.text.contains("a process holds it"), "\(live)")
    running.signal(SIGKILL)
    _ = running.finish()
    let dead = try scratch.uet("gc", "--older-than", "0s")
    #expect(dead.text.contains("git uet resume \(run)"), "\(dead)")
    #expect(try scratch.commit("refs/uet/runs/\(run)/main") != nil)
    try Data().write(to: scratch.root.appendingPathComponent("go"))
    #expect(try scratch.uet("resume").status == 0)
  }

  @Test func aKilledCollectionIsDoneAgain() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    var runs: [String] = []
    for _ in 0..<3 { runs.append(try project.run()) }
    let isLong = ProcessInfo.processInfo.environment["UET_LONG"] == "1"
    for round in 0..<(isLong ? 60 : 6) {
      let running = try scratch.direct(["gc", "--older-than", "0s", "--unlanded"])
      usleep(UInt32(15_000 + round * (isLong ? 4_000 : 25_000)))
      running.signal(SIGKILL)
      _ = running.finish()
      for run in runs {
        let verified = try scratch.uet("verify", run)
        #expect(
          verified.status == 0 && verified.text.contains("sound"), "round \(round): \(verified)")
      }
    }
    let output = try scratch.uet("gc", "--older-than", "0s", "--unlanded")
    #expect(output.status == 0, "\(output)")
    #expect(try scratch.git("for-each-ref", "refs/uet/runs", "refs/heads/uet").isEmpty, "\(output)")
    let archived = try scratch.uet("runs", "--archived").text
    for run in runs { #expect(archived.contains(run)) }
    try scratch.git("fsck", "--strict")
  }

  @Test func theArchiveIsShared() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    let run = try project.run()
    #expect(try scratch.uet("sync").status == 0)
    let clone = try project.clone("clone")
    #expect(try scratch.uet("sync", in: clone).status == 0)
    let other = try project.run(in: clone)
    // Each puts its own away, neither knows of the other.
    #expect(try scratch.uet("gc", "--older-than", "0s", "--unlanded").status == 0)
    #expect(try scratch.uet("gc", "--older-than", "0s", "--unlanded", in: clone).status == 0)
    for folder in [scratch.path, clone, scratch.path] {
      let sync = try scratch.uet("sync", in: folder)
      #expect(sync.status == 0, "\(sync)")
    }
    #expect(try project.records(scratch.path) == project.records(clone))
    #expect(try project.records(scratch.path) == project.records(project.host))
    for folder in [scratch.path, clone] {
      let archived = try scratch.uet("runs", "--archived", in: folder).text
      #expect(archived.contains(run) && archived.contains(other), "\(archived)")
      #expect(try scratch.uet("runs", in: folder).text == "no runs yet\n")
      #expect(try scratch.uet("verify", other, in: folder).status == 0)
    }
  }

  @Test func anotherArchiveHasAName() throws {
    let project = try SharedProject()
    let run = try project.run()
    let wrong = try project.scratch.uet("gc", "--archive", "refs/heads/main")
    #expect(wrong.status == 2 && wrong.errors.contains("archive-2026"), "\(wrong)")
    let output = try project.scratch.uet(
      "gc", "--older-than", "0s", "--unlanded", "--archive", "archive-2026")
    #expect(output.status == 0 && output.text.contains("refs/uet/archive-2026"), "\(output)")
    #expect(try project.scratch.uet("status", run).status == 0)
    #expect(try project.scratch.uet("gc", "--older-than", "soon").status == 2)
  }

  /// The result of an attempt has no branch yet while its gates run, and a collection may come
  /// then.
  @Test func aCollectionDuringAGateTakesNothing() throws {
    let scratch = try Scratch()
    try scratch.bundle(
      "ws-a", scope: ["a"],
      extra: "test_gates: [{type: unit, required: true, command: [git, gc, --quiet, --prune=now]}]",
      "echo work > a")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let output = try scratch.uet("run")
    #expect(output.status == 0 && output.text.contains("1 succeeded"), "\(output)")
    let run = try scratch.onlyRun()
    #expect(try scratch.git("show", "uet/\(run)/ws-a:a") == "work")
    #expect(try scratch.git("for-each-ref", "refs/uet/salvage").isEmpty)
    try scratch.git("fsck", "--strict")
    #expect(try scratch.uet("verify", run).status == 0)
  }
}
