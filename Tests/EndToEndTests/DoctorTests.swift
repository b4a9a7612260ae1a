import Foundation
import Testing

/// `git uet doctor` finds what is wrong, names the command, and mends what loses nothing.
@Suite struct DoctorTests {
  @Test func allIsWellInAFreshRepository() throws {
    let scratch = try Scratch()
    let output = try scratch.uet("doctor")
    #expect(output.status == 0 && output.text.contains("all is well"), "\(output)")
    for word in ["git", "libraries", "uet-supervise", "memory", "repository: room", "cache"] {
      #expect(output.text.contains(word), "\(word)")
    }
    let outside = try scratch.uet("doctor", in: "/")
    #expect(outside.status == 1 && outside.text.contains("git init"), "\(outside)")
  }

  @Test func aProgramThatIsMissingIsToldBeforeARun() throws {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml",
      "version: 1\ntools: {codex: {command: [no-such-agent]}, gptme: {executor: slurm}}\n")
    for tool in ["codex", "gptme"] {
      try scratch.write(
        "workstreams/ws-\(tool).yaml",
        "id: ws-\(tool)\ntasks: [Write]\nfiles_scope: [\(tool)]\ntool: \(tool)\n")
    }
    let found = try scratch.uet("doctor")
    #expect(found.text.contains("the program 'no-such-agent' is not found"), "\(found)")
    #expect(!found.text.contains("'gptme' is not found"), "another machine may have it: \(found)")
    let run = try scratch.uet("run")
    #expect(run.status == 2 && run.errors.contains("'no-such-agent' of the tool 'codex'"), "\(run)")
  }

  @Test func watchingTellsWhatChangesUntilASignal() throws {
    let scratch = try Scratch()
    let running = try scratch.direct(["doctor", "--watch", "--every", "50ms"])
    try scratch.wait("the first look") { running.printed.contains("uet-supervise") }
    let lock = URL(fileURLWithPath: scratch.path + "/.git/refs/heads/main.lock")
    try Data().write(to: lock)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)], ofItemAtPath: lock.path)
    try scratch.wait("the lock") { running.printed.contains("problem  lock") }
    try FileManager.default.removeItem(at: lock)
    try scratch.wait("its end") { running.printed.contains("gone     lock") }
    running.signal(SIGTERM)
    let output = running.finish()
    #expect(output.status == 143, "\(output)")
    #expect(
      output.text.components(separatedBy: "  uet-supervise").count == 2, "said once: \(output)")
    #expect(try scratch.uet("doctor", "--watch", "--fix").status == 2)
    #expect(try scratch.uet("doctor", "--every", "soon").status == 2)
  }

  @Test func whatIsBrokenIsNamedAndMended() throws {
    let scratch = try Scratch()
    try scratch.bundle("ws-b", scope: ["b"], "echo b > b")
    try scratch.bundle("ws-a", scope: ["a"], after: ["ws-b"], "echo a > a; sleep 300")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let running = try scratch.direct(["run"])
    try scratch.wait("the work of ws-a") { scratch.worktreeHolds("ws-a/a") }
    running.signal(SIGKILL)
    _ = running.finish()
    let run = try scratch.onlyRun()
    try FileManager.default.removeItem(atPath: "\(scratch.path).worktrees/\(run)/ws-b")
    let lock = scratch.path + "/.git/refs/heads/main.lock"
    try Data().write(to: URL(fileURLWithPath: lock))
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)], ofItemAtPath: lock)
    try scratch.git("config", "remote.x.fetch", "+refs/uet/*:refs/uet/*")

    let found = try scratch.uet("doctor")
    #expect(found.status == 1, "\(found)")
    for words in [
      "lock 'refs/heads/main.lock'", "run '\(run)'", "git uet resume \(run)",
      "1 on git's list, but gone: ws-b", "replaces the record of this clone",
    ] { #expect(found.text.contains(words), "\(words): \(found)") }
    #expect(FileManager.default.fileExists(atPath: lock), "looking changes nothing")

    let mended = try scratch.uet("doctor", "--fix", "--json")
    #expect(mended.status == 1, "the refspec is a person's to mend: \(mended)")
    #expect(!FileManager.default.fileExists(atPath: lock))
    #expect(try scratch.git("show", "refs/uet/salvage/\(run)/ws-a/1:a") == "a")
    try scratch.git(
      "config", "--fixed-value", "--unset-all", "remote.x.fetch", "+refs/uet/*:refs/uet/*")
    let after = try scratch.uet("doctor", "--json")
    #expect(after.status == 0 && after.text.contains("\"healthy\": true"), "\(after)")
  }

  /// Worktrees of others: one is gone, one is locked and gone, and one has two records.
  @Test func whatGitHasOfWorktreesAndIsNotThereIsNamed() throws {
    let scratch = try Scratch()
    let folder = scratch.root.path
    for name in ["gone", "held", "twice"] {
      try scratch.git("worktree", "add", "--quiet", "\(folder)/\(name)", "-b", name)
    }
    try scratch.git("worktree", "lock", "--reason", "on a stick", "\(folder)/held")
    for name in ["gone", "held"] { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
    let records = scratch.path + "/.git/worktrees"
    try FileManager.default.copyItem(atPath: records + "/twice", toPath: records + "/again")
    let found = try scratch.uet("doctor")
    #expect(found.status == 0, "\(found)")
    for words in [
      "'worktrees/gone'   its folder '\(folder)/gone' is gone", "fix: git worktree prune",
      "is gone; it is locked (on a stick) and holds 'held'",
      "git worktree unlock \(folder)/held && git worktree prune",
      "'worktrees/again'  it is a second record of '\(folder)/twice'",
    ] { #expect(found.text.contains(words), "\(words): \(found)") }
    try scratch.git("worktree", "unlock", "\(folder)/held")
    try scratch.git("worktree", "prune")
    #expect(try !scratch.uet("doctor").text.contains("is gone"))
  }
}
