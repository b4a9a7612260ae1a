import Testing
import UETModel
import UETTestSupport

@testable import UETGit

/// What stands among git's records of worktrees and is none, or is broken: it holds no branch, and
/// is named.
@Suite struct WorktreeDebrisTests {
  private let fixture: SealedGitFixture
  private let root: String

  init() throws {
    fixture = try SealedGitFixture()
    root = fixture.test.path + "/.git/worktrees"
    fixture.test.git("checkout", "-q", "--detach")
  }

  private func write(_ name: String, _ text: String) {
    TemporaryDirectory.write(Array(text.utf8), to: root + "/" + name)
  }

  private func ghost(gitdir: String?, head: String? = "ref: refs/heads/main\n") {
    if let gitdir { write("ghost/gitdir", gitdir) }
    if let head { write("ghost/HEAD", head) }
    write("ghost/commondir", "../..\n")
  }

  private func expectDebris(_ name: String, holding: String? = nil) async throws {
    let debris = try fixture.repository.worktreeRecords().debris
    #expect(debris.map(\.path) == [root + "/" + name])
    #expect(try await fixture.git.checkedOutAt(branch: "refs/heads/main") == holding)
    let worktree = try await fixture.add("w")
    #expect(fixture.repository.worktree(at: worktree.path) == worktree)
  }

  @Test func aFile() async throws {
    write("ghost", "x\n")
    try await expectDebris("ghost")
  }

  @Test(arguments: ["", "x\n", "/etc/passwd\n", "/.git\n"])
  func whatNamesNoWorktree(gitdir: String) async throws {
    ghost(gitdir: gitdir)
    try await expectDebris("ghost")
  }

  @Test func whatHasNothing() async throws {
    ghost(gitdir: nil)
    try await expectDebris("ghost")
  }

  @Test(arguments: ["garbage\n", "0000000000000000000000000000000000000000\n", nil])
  func whatHasNoHead(head: String?) async throws {
    ghost(gitdir: fixture.place("ghostly") + "/.git\n", head: head)
    try await expectDebris("ghost")
  }

  @Test func twins() async throws {
    let worktree = try await fixture.add("two")
    fixture.test.git("checkout", "-q", "main", in: worktree.path)
    fixture.test.git("config", "x.y", "z")
    let copy = GitProcess(
      ["cp", "-r", root + "/two", root + "/a-copy"], in: "/", environment: fixture.test.environment)
    #expect(copy.status == 0)
    let (entries, debris) = try fixture.repository.worktreeRecords()
    #expect(entries.map(\.gitDirectory).dropFirst() == [worktree.gitDirectory])
    #expect(debris.map(\.path) == [root + "/a-copy"])
  }

  @Test func aFolderThatIsGoneHoldsNothingUnlessItIsLocked() async throws {
    let place = fixture.place("gone")
    fixture.test.git("worktree", "add", "-q", place, "main")
    #expect(try await fixture.git.checkedOutAt(branch: "refs/heads/main") == place)
    Folder.remove(place)
    #expect(try await fixture.git.checkedOutAt(branch: "refs/heads/main") == nil)
    #expect(try await fixture.git.worktrees().last?.isPrunable == true)
    fixture.test.git("worktree", "lock", place)
    #expect(try await fixture.git.checkedOutAt(branch: "refs/heads/main") == place)
  }

  /// The list of git itself is the measure for what is in order.
  @Test func whatIsInOrderIsAsGitListsIt() async throws {
    fixture.test.git("branch", "topic")
    fixture.test.git("symbolic-ref", "refs/heads/alias", "refs/heads/topic")
    let linked = fixture.place("linked")
    fixture.test.git("worktree", "add", "-q", linked, "topic")
    fixture.test.git("worktree", "add", "-q", "--detach", fixture.place("b c"))
    fixture.test.git("worktree", "lock", "--reason", "for\nlater", linked)
    let text = fixture.test.tryGit(["worktree", "list", "--porcelain", "-z"]).text
    let listed = text.split(separator: "\0\0").map { record in
      record.split(separator: "\0").filter { !$0.hasPrefix("prunable") }.joined(separator: "|")
    }
    let ours = try await fixture.git.worktrees().map { entry in
      var parts = ["worktree \(entry.path)", "HEAD \(entry.head?.hex ?? "")"]
      parts.append(entry.branch.map { "branch \($0)" } ?? "detached")
      if let lock = entry.lock { parts.append("locked \(lock)") }
      return parts.joined(separator: "|")
    }
    #expect(ours == listed)
    #expect(try await fixture.git.checkedOutAt(branch: "refs/heads/alias") == linked)
  }

  /// As git 2.48 and later write them with `worktree.useRelativePaths`.
  @Test func relativePaths() async throws {
    let place = fixture.place("relative")
    fixture.test.git("worktree", "add", "-q", place, "main")
    write("relative/gitdir", "../../../../worktrees/relative/.git\n")
    TemporaryDirectory.write(
      Array("gitdir: ../../repo/.git/worktrees/relative\n".utf8), to: place + "/.git")
    fixture.test.write(
      ".git/config",
      "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trelativeWorktrees = true\n")
    for start in [fixture.test.path, place] {
      let repository = try Repository.open(
        discoveringFrom: start, environment: fixture.test.environment)
      #expect(repository.workTree == start && repository.mainWorkTree == fixture.test.path)
      let git = SealedGit(repository: repository, environment: fixture.test.environment)
      #expect(try await git.checkedOutAt(branch: "refs/heads/main") == place)
      #expect(try repository.worktreeRecords().debris == [])
    }
  }
}
