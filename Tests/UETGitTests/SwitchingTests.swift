import Testing
import UETModel
import UETSystem
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
    /// What was written in the same tick of the clock as a look at it is not trusted: wait for the
    /// next.
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

  /// Who has just looked switches without another look, but never over what changed since.
  @Test func aRecentLookIsGoodForOneSwitch() async throws {
    let fixture = try SealedGitFixture(["a": "1", "b": "2", "c/d": "3", ".gitignore": "*.o\n"])
    let first = fixture.tip
    let second = fixture.test.commit("second", ["a": "5", "x": "6"])
    let worktree = try await fixture.add("slot-0", at: first)
    func stage() async throws -> ObjectID {
      try await fixture.git.stageAll(worktree, base: first, isPassing: true)
    }
    func recent(_ tree: ObjectID, within limit: Duration = .seconds(600)) throws -> KnownCheckout? {
      try fixture.git.recentCheckout(
        of: worktree, tree: tree, ignoring: [], towards: second, within: limit)
    }
    fixture.write(worktree, "a", "9")
    fixture.write(worktree, "c/new", "4")
    let tree = try await stage()
    #expect(try recent(tree) != nil)
    #expect(try recent(tree, within: .zero) == nil)
    #expect(try recent(fixture.repository.treeID(of: first)) == nil)
    // In the way of the switch: another content in the very same tick as well, or something new.
    fixture.write(worktree, "a", "8")
    #expect(try recent(tree) == nil)
    fixture.write(worktree, "a", "9")
    #expect(try await stage() == tree)
    fixture.write(worktree, "x", "mine")
    #expect(try recent(tree) == nil)
    Folder.remove(worktree.path + "/x")
    // Ignored: it has to go, but may be somebody's.
    fixture.write(worktree, "y.o", "o")
    #expect(try await stage() == tree)
    #expect(try recent(tree) == nil)
    Folder.remove(worktree.path + "/y.o")
    #expect(try await stage() == tree)
    let known = try #require(try recent(tree))
    // Elsewhere: it is found when the next attempt ends.
    fixture.write(worktree, "b", "7")
    try await fixture.git.switchWorktree(worktree, to: second, from: known)
    #expect(try recent(fixture.repository.treeID(of: second)) == nil)
    #expect(state(fixture, worktree) == " M b" || state(fixture, worktree) == "M b")
    let work = try #require(try await fixture.commit(worktree, base: second))
    #expect(try fixture.repository.changes(from: second, to: work.tip).map(\.path) == ["b"])
  }

  @Test func aWorktreeWithoutItsIndexIsFilledAnew() async throws {
    let fixture = try SealedGitFixture(["a": "1", "b/c": "2"])
    let worktree = try await fixture.add("slot-0")
    fixture.write(worktree, "a", "7")
    for name in Files.names(in: worktree.gitDirectory) where name.hasPrefix("index") {
      Folder.remove(worktree.gitDirectory + "/" + name)
    }
    try await fixture.git.switchWorktree(worktree, to: fixture.tip)
    #expect(state(fixture, worktree) == "")
    #expect(TemporaryDirectory.read(worktree.path + "/a") == Array("1".utf8))
  }
}
