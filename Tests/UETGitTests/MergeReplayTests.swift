import Foundation
import Testing
import UETModel
import UETTestSupport

@testable import UETGit

/// Merges of a real history, made again: the same as git's own, one by one.
///
/// `UET_MERGE_REPOSITORY=PATH UET_LONG=1 swift test --filter MergeReplayTests` takes any repository; it is only
/// read.
@Suite struct MergeReplayTests {
  private static let path = ProcessInfo.processInfo.environment["UET_MERGE_REPOSITORY"]

  @Test(.enabled(if: isLong && path != nil)) func everyMergeOfTheHistory() async throws {
    let source = try #require(Self.path)
    let test = TestRepository(.bare)
    // Its objects are borrowed, what is new goes into a place of its own.
    let objects = test.git(
      "rev-parse", "--path-format=absolute", "--git-path", "objects", in: source)
    TemporaryDirectory.write(
      Array((objects + "\n").utf8), to: test.path + "/objects/info/alternates")
    let merges = test.tryGit([
      "--git-dir=\(gitDirectory(test, source))", "rev-list", "--merges", "--parents", "--all",
    ])
    let repository = try Repository.open(
      discoveringFrom: test.path, environment: test.environment)
    var pairs: [(ObjectID, ObjectID)] = []
    for line in merges.text.split(separator: "\n") {
      let ids = line.split(separator: " ").compactMap { ObjectID($0) }
      guard ids.count == 3, try !repository.mergeBases(ids[1], ids[2]).isEmpty else { continue }
      pairs.append((ids[1], ids[2]))
    }
    try await replay(pairs, test, repository)
  }

  private func gitDirectory(_ test: TestRepository, _ source: String) -> String {
    test.git("rev-parse", "--absolute-git-dir", in: source)
  }

  private func replay(
    _ pairs: [(ObjectID, ObjectID)], _ test: TestRepository, _ repository: Repository
  ) async throws {
    let lines = pairs.map { "\($0.hex) \($1.hex)\n" }.joined()
    let git = test.tryGit(["merge-tree", "--stdin", "-z"], input: Array(lines.utf8))
    let session = MergeSession(
      SealedGit(repository: repository, environment: test.environment))
    defer { session.close() }
    var answers = AnswerScan.answers(in: git.output)[...]
    var (torn, inProcess, differ) = (0, 0, 0)
    for (ours, theirs) in pairs {
      let expected = MergeOutput.parseAnswer(answers.popFirst() ?? [])
      let result = try await session.merge(ours, theirs)
      if case .conflict = result { torn += 1 }
      if case .clean(let tree) = result, session.stash.holds(tree) { inProcess += 1 }
      if session.isFull { try session.stash.settle() }
      if result != expected {
        differ += 1
        Issue.record("\(ours) with \(theirs): \(result) instead of \(String(describing: expected))")
      }
    }
    print(
      "merges: \(pairs.count), conflicts: \(torn), new trees in process: \(inProcess), different: \(differ)"
    )
    #expect(pairs.count > 0 && differ == 0)
  }
}
