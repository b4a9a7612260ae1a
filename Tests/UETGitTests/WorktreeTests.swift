import Testing
import UETModel
import UETSystem
import UETTestSupport

@testable import UETGit

@Suite struct WorktreeTests {
  @Test func addListRemove() async throws {
    let fixture = try SealedGitFixture(["a": "1\n", "dir/b": "2\n"])
    let worktree = try await fixture.git.addWorktree(
      at: fixture.place("ws-1"), commit: fixture.tip, reason: "run r, ws-1\nsecond line")
    #expect(worktree.gitDirectory == fixture.test.path + "/.git/worktrees/ws-1")
    #expect(TemporaryDirectory.read(worktree.path + "/dir/b") == Array("2\n".utf8))
    #expect(fixture.test.git("status", "--porcelain", in: worktree.path) == "")
    let entries = try await fixture.git.worktrees()
    #expect(entries.map(\.path) == [fixture.test.path, worktree.path])
    #expect(entries[0].branch == "refs/heads/main" && entries[0].lock == nil)
    #expect(entries[1].branch == nil && entries[1].head == fixture.tip)
    #expect(entries[1].lock == "run r, ws-1\nsecond line" && !entries[1].isPrunable)
    #expect(fixture.repository.worktree(at: worktree.path) == worktree)
    try await fixture.git.removeWorktree(at: worktree.path, force: false)
    #expect(try await fixture.git.worktrees().count == 1)
    #expect(!Files.exists(worktree.path) && !Files.exists(worktree.gitDirectory))
    await #expect(throws: GitError.notAWorktree(path: worktree.path)) {
      try await fixture.git.removeWorktree(at: worktree.path, force: false)
    }
  }

  @Test(arguments: ["-x", "--upload-pack=evil", "a b", "é", "new\nline", "x;y$(z)'\""])
  func hostilePathNames(name: String) async throws {
    let fixture = try SealedGitFixture()
    let worktree = try await fixture.add(name)
    #expect(try await fixture.git.worktrees().map(\.path).contains(worktree.path))
    fixture.write(worktree, name, "content")
    let work = try #require(try await fixture.commit(worktree))
    #expect(
      try fixture.repository.changes(from: fixture.tip, to: work.tip).map(\.path) == [name])
    try await fixture.git.removeWorktree(at: worktree.path, force: true)
    #expect(!Files.exists(worktree.path))
  }

  @Test func workIsNotRemovedWithoutForce() async throws {
    let fixture = try SealedGitFixture()
    let worktree = try await fixture.add("w")
    fixture.write(worktree, "new", "work")
    await #expect(throws: GitError.worktreeDirty(path: worktree.path)) {
      try await fixture.git.removeWorktree(at: worktree.path, force: false)
    }
    #expect(TemporaryDirectory.read(worktree.path + "/new") != nil)
    try await fixture.git.removeWorktree(at: worktree.path, force: true)
  }

  @Test func aWorktreeCanShowItsBranch() async throws {
    let fixture = try SealedGitFixture()
    let branch = "refs/heads/uet/r/ws-1"
    let worktree = try await fixture.git.addWorktree(
      at: fixture.place("w"), commit: fixture.tip, branch: branch, reason: "r")
    #expect(fixture.test.git("symbolic-ref", "HEAD", in: worktree.path) == branch)
    #expect(try await fixture.git.checkedOutAt(branch: branch) == worktree.path)
    await #expect(throws: GitError.branchCheckedOut(name: branch, path: worktree.path)) {
      try await fixture.git.addWorktree(
        at: fixture.place("v"), commit: fixture.tip, branch: branch, reason: "r")
    }
    let main = GitError.branchCheckedOut(name: "refs/heads/main", path: fixture.test.path)
    await #expect(throws: main) {
      try await fixture.git.addWorktree(
        at: fixture.place("v"), commit: fixture.tip, branch: "refs/heads/main", reason: "r")
    }
    #expect(!Files.exists(fixture.place("v")))
    #expect(try await fixture.git.worktrees().count == 2)
  }

  @Test func aBranchInARebaseOrBisectionCountsAsCheckedOut() async throws {
    let fixture = try SealedGitFixture()
    let base = fixture.tip
    fixture.test.commit("ours", ["a": "ours"])
    fixture.test.git("checkout", "-q", "-b", "topic", base.hex)
    fixture.test.commit("theirs", ["a": "theirs"])
    #expect(fixture.test.tryGit(["rebase", "main"]).status != 0)
    #expect(try await fixture.git.checkedOutAt(branch: "refs/heads/topic") == fixture.test.path)
    #expect(try await fixture.git.checkedOutAt(branch: "refs/heads/main") == nil)
    fixture.test.git("rebase", "--abort")
    let worktree = try await fixture.add("w", at: base)
    fixture.test.git("checkout", "-q", "main", in: worktree.path)
    fixture.test.git("bisect", "start", "main", base.hex, in: worktree.path)
    fixture.test.git("checkout", "-q", "--detach", in: worktree.path)
    #expect(try await fixture.git.checkedOutAt(branch: "refs/heads/main") == worktree.path)
  }

  @Test func sparse() async throws {
    let fixture = try SealedGitFixture(["a": "1", "src/x/b": "2", "docs/c": "3", "src/d": "4"])
    let worktree = try await fixture.git.addWorktree(
      at: fixture.place("w"), commit: fixture.tip, reason: "r", sparse: ["src/x"])
    #expect(Files.exists(worktree.path + "/src/x/b"))
    #expect(!Files.exists(worktree.path + "/docs"))
    #expect(try await fixture.commit(worktree) == nil)
    fixture.write(worktree, "src/x/new", "5")
    let work = try #require(try await fixture.commit(worktree))
    #expect(
      try fixture.repository.changes(from: fixture.tip, to: work.tip).map(\.path) == ["src/x/new"])
    #expect(fixture.test.git("status", "--porcelain") == "")
  }

  @Test func aWorktreeThatVanishedCanBeClearedAway() async throws {
    let fixture = try SealedGitFixture()
    let worktree = try await fixture.add("w")
    #expect(
      GitProcess(["rm", "-rf", worktree.path], in: "/", environment: fixture.test.environment)
        .status == 0)
    await #expect(throws: GitError.self) { try await fixture.add("w") }
    try await fixture.git.removeWorktree(at: worktree.path, force: false)
    #expect(try await fixture.add("w") == worktree)
  }

  @Test func whatIsInTheWayStays() async throws {
    let fixture = try SealedGitFixture()
    TemporaryDirectory.write([1], to: fixture.place("w") + "/mine")
    await #expect(throws: GitError.self) { try await fixture.add("w") }
    #expect(TemporaryDirectory.read(fixture.place("w") + "/mine") == [1])
    #expect(try await fixture.git.worktrees().count == 1)
    await #expect(throws: GitError.invalidWorktreePath("relative")) {
      try await fixture.git.addWorktree(at: "relative", commit: fixture.tip, reason: "r")
    }
    await #expect(throws: GitError.self) {
      try await fixture.add("v", at: Repository.hashBlob([1, 2]))
    }
    #expect(!Files.exists(fixture.place("v")))
  }

  @Test func bareAndUnbornRepositories() async throws {
    let fixture = try SealedGitFixture()
    let bare = fixture.test.directory.path + "/bare.git"
    fixture.test.git("clone", "-q", "--bare", fixture.test.path, bare)
    let repository = try Repository.open(
      discoveringFrom: bare, environment: fixture.test.environment)
    let git = SealedGit(repository: repository, environment: fixture.test.environment)
    let worktree = try await git.addWorktree(
      at: fixture.place("w"), commit: fixture.tip, reason: "r")
    fixture.write(worktree, "b", "2")
    let tree = try await git.stageAll(worktree, base: fixture.tip)
    #expect(try repository.tree(tree).map(\.name) == ["a", "b"])
    #expect(try await !git.isDirty())
    #expect(try await git.checkedOutAt(branch: "refs/heads/main") == nil)
    let unborn = TestRepository()
    let empty = try Repository.open(discoveringFrom: unborn.path, environment: unborn.environment)
    let sealed = SealedGit(repository: empty, environment: unborn.environment)
    #expect(try await sealed.worktrees().map(\.head) == [nil])
  }

  @Test func manyAtOnce() async throws {
    let fixture = try SealedGitFixture(["a": "1", "b/c": "2"])
    let (git, tip) = (fixture.git, fixture.tip)
    let places = (0..<24).map { fixture.place("w\($0)") }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for place in places {
        group.addTask { try await git.addWorktree(at: place, commit: tip, reason: "r") }
      }
      try await group.waitForAll()
    }
    #expect(try await git.worktrees().count == 25)
    #expect(places.allSatisfy { Files.exists($0 + "/b/c") })
    try await withThrowingTaskGroup(of: Void.self) { group in
      for place in places {
        group.addTask { try await git.removeWorktree(at: place, force: false) }
      }
      try await group.waitForAll()
    }
    #expect(try await git.worktrees().count == 1)
  }

  @Test func aTamperedWorktreeIsNeitherTrustedNorInTheWay() async throws {
    let fixture = try SealedGitFixture()
    let worktree = try await fixture.add("w")
    let mark = fixture.test.directory.path + "/ran"
    let evil = fixture.test.directory.path + "/evil.git"
    fixture.test.git("init", "-q", "--bare", evil)
    TemporaryDirectory.write(
      Array("#!/bin/sh\ntouch '\(mark)'\n".utf8), to: fixture.place("x.sh"), mode: 0o755)
    fixture.test.git("config", "core.fsmonitor", fixture.place("x.sh"), in: evil)
    fixture.write(worktree, ".git", "gitdir: \(evil)\n")
    fixture.write(worktree, "new", "work")
    let work = try #require(try await fixture.commit(worktree))
    #expect(try fixture.repository.changes(from: fixture.tip, to: work.tip).map(\.path) == ["new"])
    #expect(try await fixture.git.isDirty(worktree))
    try await fixture.git.removeWorktree(at: worktree.path, force: true)
    #expect(TemporaryDirectory.read(mark) == nil)
    #expect(Files.exists(evil) && !Files.exists(worktree.path))
  }
}
