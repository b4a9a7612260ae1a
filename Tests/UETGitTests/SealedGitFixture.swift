import Testing
import UETModel
import UETTestSupport

@testable import UETGit

/// A test repository with git sealed around it.
struct SealedGitFixture {
  let test: TestRepository
  let repository: Repository
  let git: SealedGit
  let who = Signature(
    name: "A U Thor", email: "author@example.com", at: Timestamp(seconds: 1_700_000_000))

  init(_ files: [String: String] = ["a": "1\n"], environment: [String: String] = [:]) throws {
    test = TestRepository()
    test.commit("first", files)
    let all = test.environment.merging(environment) { $1 }
    repository = try Repository.open(discoveringFrom: test.path, environment: test.environment)
    git = SealedGit(repository: repository, environment: all)
  }

  var tip: ObjectID { test.id("HEAD") }

  func place(_ name: String) -> String { test.directory.path + "/worktrees/" + name }

  func add(_ name: String, at commit: ObjectID? = nil) async throws -> WorktreeHandle {
    try await git.addWorktree(at: place(name), commit: commit ?? tip, reason: "test")
  }

  func commit(
    _ worktree: WorktreeHandle, base: ObjectID? = nil, excluding: [String] = []
  ) async throws -> WorktreeCommit? {
    try await git.commitAll(
      worktree, base: base ?? tip, message: "work\n\nUET-Run: r\n", author: who, committer: who,
      excluding: excluding)
  }

  func write(_ worktree: WorktreeHandle, _ name: String, _ content: String, mode: UInt32 = 0o644) {
    TemporaryDirectory.write(Array(content.utf8), to: worktree.path + "/" + name, mode: mode)
  }
}
