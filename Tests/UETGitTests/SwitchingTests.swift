import Testing
import UETModel
import UETTestSupport

@testable import UETGit

@Suite struct SwitchingTests {
  private func state(_ fixture: SealedGitFixture, _ worktree: WorktreeHandle) -> String {
    fixture.test.git("status", "--porcelain", "--ignored", in: worktree.path)
  }

  @Test func aUsedWorktreeIsAsGoodAsNew() async throws {
    let fixture = try SealedGitFixture(["a": "1", "b/c": "2", ".gitignore": "*.o\ncache\n"])
    let first = fixture.tip
    let second = fixture.test.commit("second", ["a": "2", "d": "3"])
    let worktree = try await fixture.add("slot-0", at: first)
    let script = """
      printf 9 > a; rm -r b; printf x > new; printf o > x.o; mkdir cache kept-not
      printf c > cache/f; printf c > kept-not/f; git checkout -q -b own; git commit -qam own
      git init -q nested; rm .git; printf 'gitdir: /nowhere' > .git; chmod 0 kept-not
      """
    let shell = GitProcess(
      ["sh", "-ec", script], in: worktree.path, environment: fixture.test.environment)
    #expect(shell.status == 0, "\(shell.errors)")
    try await fixture.git.switchWorktree(worktree, to: second, keeping: ["cache"])
    #expect(state(fixture, worktree) == "!! cache/")
    #expect(fixture.test.git("rev-parse", "HEAD", in: worktree.path) == second.hex)
    #expect(fixture.test.tryGit(["symbolic-ref", "-q", "HEAD"], in: worktree.path).status == 1)
    #expect(TemporaryDirectory.read(worktree.path + "/a") == Array("2".utf8))
    #expect(try await fixture.commit(worktree, base: second) == nil)
    fixture.write(worktree, "a", "7")
    let work = try #require(try await fixture.commit(worktree, base: second))
    #expect(try fixture.repository.changes(from: second, to: work.tip).map(\.path) == ["a"])
    // The same size in the same second is no way to stay.
    try await fixture.git.switchWorktree(worktree, to: second)
    #expect(TemporaryDirectory.read(worktree.path + "/a") == Array("2".utf8))
    #expect(state(fixture, worktree) == "")
  }

  /// What the last attempt left is switched by what differs; anything else is looked at closely.
  @Test func onlyAnUntouchedCheckoutIsKnown() async throws {
    let fixture = try SealedGitFixture(
      ["a": "1", "b/c": "2", "b/d": "3", "e": "4", ".gitignore": "*.o\ncache\n"])
    let first = fixture.tip
    fixture.test.git("rm", "-q", "-r", "b", "e")
    let second = fixture.test.commit("second", ["b": "a file now", "e/f": "5", "x": "6"])
    let worktree = try await fixture.add("slot-0", at: first)
    func known(_ tree: ObjectID) throws -> KnownCheckout? {
      try fixture.git.knownCheckout(of: worktree, tree: tree, ignoring: ["cache", ".env"])
    }
    /// What was written in the same tick of the clock as a look at it is not trusted: wait for the next.
    func script(_ text: String) throws {
      let shell = GitProcess(
        ["sh", "-ec", text], in: worktree.path, environment: fixture.test.environment)
      #expect(shell.status == 0, "\(shell.errors)")
      let now = try CheckoutRecord.now(in: worktree.path)
      var polls = 0
      while polls < 10_000, try CheckoutRecord.now(in: worktree.path) == now { polls += 1 }
    }
    try script("printf 9 > a; mkdir cache; printf c > cache/f; printf k > .env")
    let tree = try await fixture.git.stageAll(
      worktree, base: first, excluding: [".env"])
    #expect(try known(tree) != nil)
    #expect(try known(fixture.repository.treeID(of: first)) == nil)
    for (text, undo) in [
      ("printf 8 > a", "printf 9 > a"), ("rm e", "printf 4 > e"), ("chmod +x e", "chmod -x e"),
      ("printf n > new", "rm new"), ("printf o > b/x.o", "rm b/x.o"),
      ("mkdir b/new", "rmdir b/new"),
      ("mkdir b/.git", "rmdir b/.git"), ("ln -s a link", "rm link"),
    ] {
      try script(text)
      #expect(try known(tree) == nil, "\(text)")
      try script(undo)
      _ = try await fixture.git.stageAll(worktree, base: first, excluding: [".env"])
    }
    let checkout = try #require(try known(tree))
    try await fixture.git.switchWorktree(
      worktree, to: second, keeping: ["cache"], from: checkout)
    #expect(state(fixture, worktree) == "!! cache/")
    #expect(TemporaryDirectory.read(worktree.path + "/b") == Array("a file now".utf8))
    #expect(try await fixture.commit(worktree, base: second) == nil)
  }

  @Test func aWorktreeWithoutItsIndexIsFilledAnew() async throws {
    let fixture = try SealedGitFixture(["a": "1", "b/c": "2"])
    let worktree = try await fixture.add("slot-0")
    fixture.write(worktree, "a", "7")
    for name in FilePaths.names(in: worktree.gitDirectory) where name.hasPrefix("index") {
      Folder.remove(worktree.gitDirectory + "/" + name)
    }
    try await fixture.git.switchWorktree(worktree, to: fixture.tip)
    #expect(state(fixture, worktree) == "")
    #expect(TemporaryDirectory.read(worktree.path + "/a") == Array("1".utf8))
  }
}
