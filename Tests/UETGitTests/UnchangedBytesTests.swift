import Testing
import UETModel
import UETTestSupport

@testable import UETGit

/// What stands in a worktree byte for byte as in its base is no change, and what is left out is
/// none either.
@Suite struct UnchangedBytesTests {
  /// Under `text` git would put the line ends of a file right that was committed with CRs.
  @Test func rawLineEndsThatNobodyTouchedAreNoChange() async throws {
    let fixture = try SealedGitFixture(["legacy.bat": "a\r\nb\r\n", "c": "1\n"])
    fixture.test.commit("attributes", [".gitattributes": "*.bat text\n"])
    let worktree = try await fixture.add("w")
    fixture.write(worktree, "legacy.bat", "a\r\nb\r\n")
    #expect(try await fixture.commit(worktree) == nil)
    fixture.write(worktree, "c", "2\r\n")
    let work = try #require(try await fixture.commit(worktree))
    let changes = try fixture.repository.changes(from: fixture.tip, to: work.tip)
    #expect(changes.map(\.path) == ["c"])
    // The same where git alone looks.
    fixture.git.forgetCheckout(worktree)
    #expect(try await fixture.commit(worktree)?.tree == work.tree)
  }

  @Test(arguments: ["*.txt filter=up", "*.txt text eol=crlf", "*.txt text"])
  func aWorkersCommitInASparseCheckoutDropsNothing(_ attributes: String) async throws {
    let fixture = try SealedGitFixture([
      "a/f.txt": "1\n", "b/g.txt": "2\n", "b/deep/h.txt": "3\n", "root.txt": "4\n",
      ".gitattributes": attributes + "\n",
    ])
    fixture.test.git("config", "filter.up.clean", "tr A-Z a-z")
    fixture.test.git("config", "filter.up.smudge", "tr a-z A-Z")
    let repository = try fixture.repository.another()
    let git = SealedGit(repository: repository, environment: fixture.test.environment)
    let base = fixture.tip
    let worktree = try await git.addWorktree(
      at: fixture.place("w"), commit: base, reason: "test", sparse: ["a"])
    #expect(TemporaryDirectory.read(worktree.path + "/b/g.txt") == nil)
    fixture.write(worktree, "a/f.txt", "5\n")
    fixture.test.git("commit", "-q", "-a", "-m", "own", in: worktree.path)
    fixture.write(worktree, "a/new.txt", "6\n")
    let kept = try await git.commitAll(
      worktree, base: base, message: "work\n", author: fixture.who, committer: fixture.who)
    let work = try #require(kept)
    #expect(work.hasOwnCommits)
    let changes = try repository.changes(from: base, to: work.tip)
    #expect(changes.map(\.path) == ["a/f.txt", "a/new.txt"])
  }
}
