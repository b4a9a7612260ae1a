import Testing
import UETModel
import UETSystem
import UETTestSupport

@testable import UETGit

/// Repositories that were made inside a worktree.
@Suite struct InnerRepositoryTests {
  private func fixture(_ script: String) async throws -> (SealedGitFixture, WorktreeHandle) {
    let fixture = try SealedGitFixture(["a": "1", ".gitignore": "ignored/\n"])
    let worktree = try await fixture.add("w")
    let process = GitProcess(
      ["sh", "-ec", script], in: worktree.path, environment: fixture.test.environment)
    #expect(process.status == 0)
    return (fixture, worktree)
  }

  private func files(_ fixture: SealedGitFixture, _ commit: ObjectID) -> [String] {
    fixture.test.git("ls-tree", "-r", "--name-only", commit.hex).split(separator: "\n")
      .map(String.init)
  }

  @Test func allThatOnlyItHoldsIsKept() async throws {
    let (fixture, worktree) = try await fixture(
      """
      mkdir ignored; git init -q ignored/app; cd ignored/app; printf .env > .git/info/exclude
      printf 1 > one; git add one; git commit -q -m one; git branch other
      printf s > .env; printf 2 > two; git add two; git commit -q -m two
      git checkout -q other; printf 3 > three; git config filter.evil.clean 'touch ../../../evil; cat'
      printf '* filter=evil\\n' > .gitattributes
      """)
    let found = fixture.git.innerRepositories(in: worktree)
    #expect(found.map(\.path) == ["ignored/app"])
    let inner = try #require(found.first)
    #expect(try await fixture.git.holdsWork(inner, files: false))
    let kept = try #require(try await fixture.git.keep(inner, as: "refs/uet/salvage/x"))
    #expect(try fixture.repository.reference("refs/uet/salvage/x") == kept)
    #expect(files(fixture, kept) == [".gitattributes", "one", "three"])
    #expect(try fixture.repository.commit(kept).parents.count == 2)
    let all = fixture.test.git("log", "--format=%s", kept.hex).split(separator: "\n")
    #expect(Set(all) == ["files of the repository 'ignored/app', kept", "one", "two"])
    #expect(!Files.exists(fixture.place("evil")))
  }

  @Test func aCloneHoldsWhatIsNew() async throws {
    let (fixture, worktree) = try await fixture(
      """
      git init -q ../up; git -C ../up commit -q --allow-empty -m up
      mkdir ignored; git clone -q ../up ignored/same; git clone -q --mirror ../up ignored/mirror
      git clone -q ../up ignored/more; git -C ignored/more commit -q --allow-empty -m more
      git init -q ignored/empty; git init -q --bare ignored/bare
      printf x > ignored/same/file
      """)
    var held: [String] = []
    for inner in fixture.git.innerRepositories(in: worktree)
    where try await fixture.git.keep(inner, as: "refs/uet/salvage/\(held.count)") != nil {
      held.append(inner.path)
    }
    #expect(held == ["ignored/more"])
  }

  @Test func cachesAreNotLookedThrough() async throws {
    let (fixture, worktree) = try await fixture("mkdir ignored; git init -q ignored/dep")
    #expect(fixture.git.innerRepositories(in: worktree).map(\.path) == ["ignored/dep"])
    #expect(fixture.git.innerRepositories(in: worktree, excluding: ["ignored/"]).isEmpty)
  }

  @Test func itsStateChangesWithItsCommits() async throws {
    let (fixture, worktree) = try await fixture(
      "git init -q app; git -C app commit -q --allow-empty -m one")
    let inner = try #require(fixture.git.innerRepositories(in: worktree).first)
    let state = inner.state
    #expect(inner.state == state)
    fixture.test.git(
      "commit", "--quiet", "--allow-empty", "--message=two", in: worktree.path + "/app")
    #expect(inner.state != state)
  }
}
