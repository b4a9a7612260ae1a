import Testing
import UETModel
import UETTestSupport

@testable import UETGit

/// What the merge of trees decides by itself, and what it leaves to git.
@Suite struct TreeMergeTests {
  struct Scenario: Sendable, CustomTestStringConvertible {
    let name: String
    let base: [String: String]
    let ours: [String: String]
    let theirs: [String: String]
    /// Nil: git must be asked.
    let merged: [String: String]?

    var testDescription: String { name }
  }

  private static let long = (0..<20).map { "line \($0)\n" }.joined()

  static let scenarios = [
    Scenario(
      name: "different files", base: ["a": "1", "d/b": "1"], ours: ["a": "2", "d/b": "1"],
      theirs: ["a": "1", "d/b": "2"], merged: ["a": "2", "d/b": "2"]),
    Scenario(
      name: "different files of one new directory", base: ["a": "1"],
      ours: ["a": "1", "n/x": "1"], theirs: ["a": "1", "n/y": "2"],
      merged: ["a": "1", "n/x": "1", "n/y": "2"]),
    Scenario(
      name: "a rename beside an edit elsewhere", base: ["a": long, "d/b": "1"],
      ours: ["z": long, "d/b": "1"], theirs: ["a": long, "d/b": "2"],
      merged: ["z": long, "d/b": "2"]),
    Scenario(
      name: "the same edit on both sides", base: ["a": "1", "b": "1"], ours: ["a": "2", "b": "2"],
      theirs: ["a": "2", "b": "1"], merged: ["a": "2", "b": "2"]),
    Scenario(
      name: "everything dropped, by halves", base: ["a": "1", "d/b": "1"], ours: ["d/b": "1"],
      theirs: ["a": "1"], merged: [:]),
    Scenario(
      name: "a file made a directory", base: ["a": "1", "b": "1"], ours: ["a/x": "1", "b": "1"],
      theirs: ["a": "1", "b": "2"], merged: nil),
    Scenario(
      name: "the same file edited", base: ["a": "1"], ours: ["a": "2"], theirs: ["a": "3"],
      merged: nil),
    Scenario(
      name: "rename/modify", base: ["a": long], ours: ["z": long], theirs: ["a": long + "more\n"],
      merged: nil),
    Scenario(
      name: "rename/delete", base: ["a": long, "b": "1"], ours: ["z": long, "b": "1"],
      theirs: ["b": "1"], merged: nil),
    Scenario(
      name: "rename to two names", base: ["a": long], ours: ["y": long], theirs: ["z": long],
      merged: nil),
    Scenario(
      name: "a file added to a renamed directory", base: ["d/a": long, "d/b": long + "b"],
      ours: ["e/a": long, "e/b": long + "b"],
      theirs: ["d/a": long, "d/b": long + "b", "d/new": "1"], merged: nil),
    Scenario(
      name: "a file against a directory", base: ["a": "1"], ours: ["a": "1", "x": "1"],
      theirs: ["a": "1", "x/y": "1"], merged: nil),
    Scenario(
      name: "the same file added", base: ["a": "1"], ours: ["a": "1", "x": "1"],
      theirs: ["a": "1", "x": "1"], merged: nil),
  ]

  @Test(arguments: scenarios) func decides(scenario: Scenario) async throws {
    let fixture = try SealedGitFixture()
    let repository = fixture.repository
    let trees = try [scenario.base, scenario.ours, scenario.theirs].map {
      try write($0, repository)
    }
    let merged = try repository.mergeTrees(base: trees[0], ours: trees[1], theirs: trees[2])
    #expect(try merged == scenario.merged.map { try write($0, repository) })
    let swapped = try repository.mergeTrees(base: trees[0], ours: trees[2], theirs: trees[1])
    #expect(swapped == merged)
    // Whoever decides, git's own merge has the last word.
    let commits = try trees.map { tree in
      try repository.writeCommit(
        tree: tree, parents: [], message: "m", author: fixture.who, committer: fixture.who)
    }
    let result = try await fixture.git.mergeTree(commits[1], commits[2], base: commits[0])
    if let merged { #expect(result == .clean(tree: merged)) }
    if case .conflict(_, let paths, let messages) = result {
      #expect(!paths.isEmpty && messages.contains(where: \.isConflict))
    }
  }

  private func write(_ files: [String: String], _ repository: Repository) throws -> ObjectID {
    var entries: [TreeEntry] = []
    var folders: [String: [String: String]] = [:]
    for (path, text) in files {
      if let slash = path.firstIndex(of: "/") {
        let rest = String(path[path.index(after: slash)...])
        folders[String(path[..<slash]), default: [:]][rest] = text
      } else {
        let id = try repository.writeBlob(Array(text.utf8))
        entries.append(TreeEntry(name: path, mode: .file, id: id))
      }
    }
    for (name, inner) in folders {
      entries.append(TreeEntry(name: name, mode: .tree, id: try write(inner, repository)))
    }
    return try repository.writeTree(entries)
  }
}

extension Repository {
  /// The merged tree, written; nil where git must be asked.
  fileprivate func mergeTrees(base: ObjectID, ours: ObjectID, theirs: ObjectID) throws -> ObjectID?
  {
    let stash = ObjectStash(self)
    guard let tree = try stash.mergeTrees(base: base, ours: ours, theirs: theirs) else {
      return nil
    }
    try stash.writeThrough()
    return tree
  }
}
