import Foundation
import Testing
import UETModel
import UETTestSupport

@testable import UETGit

/// Merges of a real history, made again: the same as git's own, one by one.
///
/// `UET_MERGE_REPOSITORY=PATH UET_LONG=1 swift test --filter MergeReplayTests` takes any
/// repository; it is only read. With `UET_MERGE_COUNT=N`, the newest N merges.
@Suite struct MergeReplayTests {
  private static let path = ProcessInfo.processInfo.environment["UET_MERGE_REPOSITORY"]

  @Test(.enabled(if: isLong && path != nil, "needs UET_LONG=1 and UET_MERGE_REPOSITORY"))
  func everyMergeOfTheHistory() async throws {
    let source = try #require(Self.path)
    let test = TestRepository(.bare)
    // Its objects are borrowed, what is new goes into a place of its own.
    let objects = test.git(
      "rev-parse", "--path-format=absolute", "--git-path", "objects", in: source)
    TemporaryDirectory.write(
      Array((objects + "\n").utf8), to: test.path + "/objects/info/alternates")
    let count = ProcessInfo.processInfo.environment["UET_MERGE_COUNT"] ?? "-1"
    let merges = test.tryGit([
      "--git-dir=\(gitDirectory(test, source))", "rev-list", "--merges", "--parents", "--all",
      "--max-count=\(count)",
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
    let expectations = try expectations(pairs, test)
    let session = MergeSession(
      SealedGit(repository: repository, environment: test.environment))
    defer { session.close() }
    var (torn, inProcess, differ) = (0, 0, 0)
    for (index, (ours, theirs)) in pairs.enumerated() {
      let expected = expectations[index]
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

  /// What git makes of the pairs, each with the attributes of its first side in the work tree, as
  /// in a clean checkout of that: pairs of the same attributes are asked together.
  private func expectations(
    _ pairs: [(ObjectID, ObjectID)], _ test: TestRepository
  ) throws -> [MergeResult?] {
    var groups: [[String]: [Int]] = [:]
    var known: [ObjectID: [String]] = [:]
    for (index, pair) in pairs.enumerated() {
      let tree = test.id("\(pair.0.hex)^{tree}")
      let files = known[tree] ?? attributeFiles(of: tree, test)
      known[tree] = files
      groups[files, default: []].append(index)
    }
    var results = [MergeResult?](repeating: nil, count: pairs.count)
    for (files, indices) in groups {
      let place = TemporaryDirectory()
      for file in files {
        let parts = file.split(separator: "\t", maxSplits: 1)
        let content = test.tryGit(["cat-file", "blob", String(parts[0])]).output
        TemporaryDirectory.write(content, to: place.path + "/" + parts[1])
      }
      let lines = indices.map { "\(pairs[$0].0.hex) \(pairs[$0].1.hex)\n" }.joined()
      let git = test.tryGit(
        ["--git-dir=" + test.path, "--work-tree=" + place.path, "merge-tree", "--stdin", "-z"],
        in: place.path, input: Array(lines.utf8))
      let answers = AnswerScan.answers(in: git.output)
      for (index, answer) in zip(indices, answers) {
        results[index] = MergeOutput.parseAnswer(answer)
      }
    }
    return results
  }

  /// `BLOB`, a tab and the path of each.
  private func attributeFiles(of tree: ObjectID, _ test: TestRepository) -> [String] {
    let listed = test.tryGit(["ls-tree", "-r", "-z", "--full-tree", tree.hex]).text
    return listed.split(separator: "\0").compactMap { line in
      let parts = line.split(separator: "\t", maxSplits: 1)
      let words = parts[0].split(separator: " ")
      guard parts.count == 2, words.count == 3, words[0].hasPrefix("100"),
        parts[1] == ".gitattributes" || parts[1].hasSuffix("/.gitattributes")
      else { return nil }
      return "\(words[2])\t\(parts[1])"
    }
  }
}
