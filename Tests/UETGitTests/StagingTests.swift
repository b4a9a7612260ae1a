import Testing
import UETModel
import UETTestSupport

@testable import UETGit

@Suite struct StagingTests {
  private func paths(_ fixture: SealedGitFixture, _ work: WorktreeCommit) throws -> [String] {
    try fixture.repository.changes(from: work.base, to: work.tip).map(\.path)
  }

  @Test func nothingChangedIsNil() async throws {
    let fixture = try SealedGitFixture()
    let worktree = try await fixture.add("w")
    #expect(try await fixture.commit(worktree) == nil)
    #expect(try await !fixture.git.isDirty(worktree))
  }

  @Test func everyKindOfChange() async throws {
    let fixture = try SealedGitFixture([
      "edit": "1", "gone": "2", "mode": "3", "file-to-dir": "4", "dir-to-file/x": "5",
      "dir-to-link/x": "6", "keep/x": "7", ".gitignore": "*.o\n",
    ])
    let worktree = try await fixture.add("w")
    let script = """
      printf 22 > edit; rm gone; chmod +x mode
      rm file-to-dir; mkdir file-to-dir; printf 8 > file-to-dir/y
      rm -r dir-to-file; printf 9 > dir-to-file
      rm -r dir-to-link; ln -s keep dir-to-link
      ln -s /etc/passwd link; printf 1 > ignored.o; printf 2 > 'new é'; mkfifo pipe
      """
    #expect(shell(script, worktree, fixture).status == 0)
    let work = try #require(try await fixture.commit(worktree))
    let listing = fixture.test.git("ls-tree", "-r", "-z", work.tip.hex).split(separator: "\0")
    let entries = listing.map { line in
      line.prefix(6) + " " + line[line.index(after: line.firstIndex(of: "\t")!)...]
    }
    #expect(
      entries.map(String.init) == [
        "100644 .gitignore", "100644 dir-to-file", "120000 dir-to-link", "100644 edit",
        "100644 file-to-dir/y", "100644 keep/x", "120000 link", "100755 mode", "100644 new é",
      ])
    #expect(try fixture.repository.commit(work.tip).parents == [work.base])
    #expect(fixture.test.tryGit(["fsck", "--strict"]).status == 0)
    // Nothing of the worker's own was touched.
    #expect(fixture.test.git("diff", "--cached", "--name-only", in: worktree.path) == "")
    #expect(fixture.test.id("HEAD") == work.base)
  }

  private func shell(
    _ script: String, _ worktree: WorktreeHandle, _ fixture: SealedGitFixture
  ) -> GitProcess {
    GitProcess(
      ["sh", "-ec", script], in: worktree.path, environment: fixture.test.environment)
  }

  @Test func theWorkersIndexDoesNotMatter() async throws {
    let fixture = try SealedGitFixture(["a": "1", "b": "2"])
    let worktree = try await fixture.add("w")
    let script = """
      printf staged > a; git add a; printf final > a
      git rm -q --cached b; printf x > never; git add -N never
      """
    #expect(shell(script, worktree, fixture).status == 0)
    let work = try #require(try await fixture.commit(worktree))
    #expect(try paths(fixture, work) == ["a", "never"])
    #expect(fixture.test.git("show", "\(work.tip):a") == "final")
    fixture.write(worktree, "../../repo/.git/worktrees/w/index", "garbage")
    #expect(try await fixture.commit(worktree) != nil)
  }

  @Test func anEditOfTheSameSizeRightAfterTheCheckoutIsSeen() async throws {
    let fixture = try SealedGitFixture(["a": "1", "b": "2"])
    let worktree = try await fixture.add("w")
    fixture.write(worktree, "a", "9")
    let work = try #require(try await fixture.commit(worktree))
    #expect(try paths(fixture, work) == ["a"])
  }

  @Test func copiedAndIgnoredFilesStayOut() async throws {
    let fixture = try SealedGitFixture(["a": "1", ".env": "tracked", ".gitignore": "out/\n"])
    let worktree = try await fixture.add("w")
    fixture.write(worktree, ".env", "secret")
    fixture.write(worktree, "caches/x/y", "copied")
    fixture.write(worktree, "caches2", "mine")
    fixture.write(worktree, "out/x", "ignored")
    let work = try #require(
      try await fixture.commit(worktree, excluding: [".env", "/caches/", "nothing"]))
    #expect(try paths(fixture, work) == ["caches2"])
    #expect(try await fixture.git.stageAll(worktree, base: fixture.tip) != work.tree)
  }

  @Test func theWorkersOwnCommitsAreKept() async throws {
    let fixture = try SealedGitFixture(["a": "1", ".gitignore": "*.log\n"])
    let worktree = try await fixture.add("w")
    let script = """
      git checkout -q -b mine; printf 2 > b; printf 3 > forced.log
      git add -f b forced.log; git commit -q -m own
      """
    #expect(shell(script, worktree, fixture).status == 0)
    let own = fixture.test.id("mine")
    let onlyOwn = try #require(try await fixture.commit(worktree))
    #expect(onlyOwn.tip == own && onlyOwn.hasOwnCommits && onlyOwn.base == fixture.tip)
    fixture.write(worktree, "c", "4")
    let work = try #require(try await fixture.commit(worktree))
    #expect(try fixture.repository.commit(work.tip).parents == [own])
    #expect(try paths(fixture, work) == ["b", "c", "forced.log"])
    #expect(fixture.test.id("mine") == own)
  }

  @Test func aRewrittenBaseIsNotBuiltOn() async throws {
    let fixture = try SealedGitFixture(["a": "1"])
    let worktree = try await fixture.add("w")
    let script = "printf 2 > b; git add b; git commit -q --amend -m rewritten; printf 3 > c"
    #expect(shell(script, worktree, fixture).status == 0)
    let work = try #require(try await fixture.commit(worktree))
    #expect(!work.hasOwnCommits)
    #expect(try fixture.repository.commit(work.tip).parents == [fixture.tip])
    #expect(try paths(fixture, work) == ["b", "c"])
    #expect(shell("git checkout -q --orphan x", worktree, fixture).status == 0)
    #expect(try await fixture.commit(worktree)?.tree == work.tree)
  }

  @Test func filtersOfTheConfigurationApply() async throws {
    let fixture = try SealedGitFixture(["a": "1", ".gitattributes": "*.up filter=up\n"])
    fixture.test.git("config", "filter.up.clean", "tr a-z A-Z")
    let worktree = try await fixture.add("w")
    fixture.write(worktree, "x.up", "shout")
    let work = try #require(try await fixture.commit(worktree))
    #expect(fixture.test.git("show", "\(work.tip):x.up") == "SHOUT")
  }

  @Test func theFilesOfARepositoryInsideAreKept() async throws {
    let fixture = try SealedGitFixture(["a": "1", ".gitignore": "*.o\n"])
    let worktree = try await fixture.add("w")
    let script = """
      git init -q sub; printf x > sub/f; printf o > sub/g.o; ln -s f sub/link
      git init -q sub/in; printf y > sub/in/z; git -C sub add .gitmodules f || :
      git -C sub commit -q --allow-empty -m inner; git init -q skipped; printf 1 > skipped/f
      """
    #expect(shell(script, worktree, fixture).status == 0)
    let work = try #require(try await fixture.commit(worktree, excluding: ["skipped", "sub/link"]))
    #expect(try paths(fixture, work) == ["sub/f", "sub/in/z"])
  }

  @Test func aDeclaredSubmoduleIsRecordedAsSuch() async throws {
    let fixture = try SealedGitFixture()
    let worktree = try await fixture.add("w")
    let script = """
      git init -q sub; git -C sub commit -q --allow-empty -m inner
      printf '[submodule "s"]\n\tpath = sub\n\turl = ./s\n' > .gitmodules
      """
    #expect(shell(script, worktree, fixture).status == 0)
    let work = try #require(try await fixture.commit(worktree))
    let changes = try fixture.repository.changes(from: work.base, to: work.tip)
    #expect(changes.map(\.path) == [".gitmodules", "sub"])
    #expect(changes[1].new?.mode == .submodule)
    let inner = fixture.test.git("rev-parse", "HEAD", in: worktree.path + "/sub")
    #expect(changes[1].new?.id.hex == inner)
    // The submodule moves on: its commit counts, and its own configuration is not asked.
    #expect(shell("git -C sub commit -q --allow-empty -m more", worktree, fixture).status == 0)
    #expect(try await fixture.commit(worktree)?.tree != work.tree)
  }
}
