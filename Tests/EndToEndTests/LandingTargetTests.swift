import Foundation
import Testing

/// Targets that are other names, that are checked out, that tags are named like; and what stands
/// there already.
@Suite struct LandingTargetTests {
  /// A symbolic reference is the branch that it stands for, whose checkout counts; it stays
  /// symbolic.
  @Test func anotherNameOfABranchIsThatBranch() throws {
    let scene = try LandingScene(["a": "echo a > a.txt"])
    let scratch = scene.scratch
    try scratch.git("symbolic-ref", "refs/heads/trunk", "refs/heads/main")
    try scratch.git("symbolic-ref", "refs/heads/lost", "refs/heads/nowhere")
    try scratch.git("tag", "v1")
    try scratch.git("symbolic-ref", "refs/heads/release", "refs/tags/v1")
    let none = try scratch.uet("integrate", scene.run, "--land", "lost")
    #expect(none.status == 2 && none.errors.contains("no branch 'lost'"), "\(none)")
    let tag = try scratch.uet("integrate", scene.run, "--land", "release")
    #expect(tag.status == 2 && tag.errors.contains("which is no branch"), "\(tag)")
    try scratch.git("checkout", "--quiet", "main")
    let held = try scratch.uet("integrate", scene.run, "--land", "trunk")
    #expect(held.status == 3 && held.errors.contains("'main' is checked out at"), "\(held)")
    try scratch.git("checkout", "--quiet", "--detach")
    let landed = try scratch.uet("integrate", scene.run, "--land", "trunk")
    #expect(landed.status == 0, "\(landed)")
    #expect(landed.errors.contains("'trunk' is another name of 'main'"), "\(landed)")
    #expect(try scratch.git("symbolic-ref", "refs/heads/trunk") == "refs/heads/main")
    #expect(try scene.files() == ["a.txt"])
    let back = try scratch.uet("rollback", "ws-a")
    #expect(back.status == 0, "\(back)")
    #expect(try scene.files() == [] && scratch.uet("verify", "--landed").status == 0)
  }

  /// Neither a landing nor a rollback writes over what is ignored, file or folder.
  @Test func ignoredFilesInTheWayAreKept() throws {
    let scene = try LandingScene(["a": "echo a > a.txt", "old": "git rm --quiet old.txt"]) {
      try $0.write("old.txt", "tracked\n")
    }
    let scratch = scene.scratch
    try scratch.git("checkout", "--quiet", "main")
    try scratch.write(".git/info/exclude", "a.txt\nold.txt\n")
    try scratch.write("a.txt", "mine\n")
    func land() throws -> Scratch.Output {
      try scratch.uet("integrate", scene.run, "--land", "main", "--update-checkout")
    }
    let main = try scratch.commit("main")
    let file = try land()
    #expect(file.status == 3 && file.errors.contains("'a.txt'"), "\(file)")
    #expect(scratch.read("a.txt") == "mine\n")
    try FileManager.default.removeItem(atPath: scratch.path + "/a.txt")
    try scratch.write("a.txt/inner", "mine too\n")
    let folder = try land()
    #expect(folder.status == 3 && folder.errors.contains("a.txt"), "\(folder)")
    #expect(scratch.read("a.txt/inner") == "mine too\n")
    #expect(try scratch.commit("main") == main && scratch.read("old.txt") == "tracked\n")
    try FileManager.default.removeItem(atPath: scratch.path + "/a.txt")
    let landed = try land()
    #expect(landed.status == 0 && scratch.read("old.txt") == nil, "\(landed)")
    try scratch.write("old.txt", "mine as well\n")
    let back = try scratch.uet("rollback", "ws-old", "--update-checkout")
    #expect(back.status == 3 && back.text.contains("old.txt") || back.errors.contains("old.txt"))
    #expect(scratch.read("old.txt") == "mine as well\n", "\(back)")
  }

  /// Said before a gate runs, not after all of them.
  @Test func aCheckedOutTargetIsSaidFirst() throws {
    let stage = try LandingStage(["a"])
    try stage.scratch.git("checkout", "--quiet", "release")
    stage.put("wait")
    let running = try stage.start("integrate", stage.run, "--land", "release")
    try stage.scratch.wait("the warning") {
      running.complained.contains("'release' is checked out at")
    }
    stage.remove("wait")
    let end = running.finish()
    #expect(end.status == 3 && end.errors.contains("--update-checkout"), "\(end)")
  }

  /// A worktree whose folder is gone holds no branch, unless it is locked: then it is named.
  @Test func aVanishedWorktreeHoldsNothing() throws {
    let scene = try LandingScene(["a": "echo a > a.txt"])
    let scratch = scene.scratch
    let place = scratch.root.appendingPathComponent("stick/old").path
    try scratch.git("worktree", "add", "--quiet", place, "main")
    try scratch.git("worktree", "lock", place)
    try FileManager.default.removeItem(atPath: place)
    let locked = try scene.land(status: 3)
    #expect(locked.errors.contains("locked") && locked.errors.contains("unlock"), "\(locked)")
    try scratch.git("worktree", "unlock", place)
    _ = try scene.land()
    #expect(try scene.files() == ["a.txt"])
    #expect(try scratch.uet("rollback", "ws-a").status == 0)
  }

  /// A branch is meant wherever one of that name stands beside a tag.
  @Test func aBranchGoesBeforeATagOfItsName() throws {
    let scene = try LandingScene(["a": "echo a > a.txt"])
    let scratch = scene.scratch
    try scratch.git("branch", "topic", "main")
    try scratch.git("checkout", "--quiet", "topic")
    try scratch.write("t.txt", "t\n")
    try scratch.git("add", "t.txt")
    try scratch.git("commit", "--quiet", "--message=topic")
    try scratch.git("checkout", "--quiet", "--detach", "refs/heads/main")
    for name in ["main", "topic", "uet/\(scene.run)/ws-a", "uet/\(scene.run)/integration"] {
      try scratch.git("tag", name, "refs/heads/main~1")
    }
    _ = try scene.land()
    let branch = try scratch.uet("integrate", "--branch", "topic", "--land", "main")
    #expect(branch.status == 0, "\(branch)")
    let files = try scratch.git("ls-tree", "--name-only", "refs/heads/main")
    #expect(files.contains("a.txt") && files.contains("t.txt"), "\(files)")
    #expect(
      try scratch.git("rev-parse", "refs/tags/main") != scratch.git("rev-parse", "refs/heads/main"))
    #expect(try scratch.uet("verify", "--landed").status == 0)
    let run = try scratch.uet("run", "--base", "topic", "--dry-run")
    let tip = try scratch.git("rev-parse", "--short=10", "refs/heads/topic")
    #expect(run.text.contains(tip) || run.errors.contains(tip), "\(run)")
  }

  /// Others move the target back in the moment after the landing: that is not told as landed.
  @Test func aTargetThatIsMovedBackAtOnceIsNotLandedIn() throws {
    let stage = try LandingStage(["a"])
    let before = try stage.scratch.git("rev-parse", "release")
    stage.hold(.after)
    let running = try stage.start("integrate", stage.run, "--land", "release")
    try stage.waitUntilHeld(.after)
    try stage.scratch.git("branch", "--force", "release", before)
    stage.put("go")
    let end = running.finish()
    #expect(end.status == 1, "\(end)")
    #expect(end.errors.contains("'release' does not hold that any more"), "\(end)")
    #expect(end.errors.contains("git push . "), "\(end)")
  }
}
