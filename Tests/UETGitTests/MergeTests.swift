import Testing
import UETModel
import UETTestSupport

@testable import UETGit

@Suite struct MergeTests {
  /// Makes two commits on top of the fixture's tip.
  private func sides(
    _ fixture: SealedGitFixture, _ ours: [String: String], _ theirs: [String: String]
  ) -> (ours: ObjectID, theirs: ObjectID) {
    let base = fixture.tip
    let first = fixture.test.commit("ours", ours)
    fixture.test.git("checkout", "-q", "--detach", base.hex)
    let second = fixture.test.commit("theirs", theirs)
    fixture.test.git("checkout", "-q", "main")
    return (first, second)
  }

  @Test func cleanAndCheap() async throws {
    let fixture = try SealedGitFixture(["a": "1\n2\n3\n4\n5\n", "b": "1"])
    let base = fixture.tip
    let (ours, theirs) = sides(
      fixture, ["a": "0\n2\n3\n4\n5\n"], ["a": "1\n2\n3\n4\n6\n", "c": "x"])
    let merged = try await fixture.git.mergeTree(ours, theirs)
    fixture.test.git("merge", "-q", "-m", "m", theirs.hex)
    #expect(merged == .clean(tree: fixture.test.id("HEAD^{tree}")))
    let tree = try fixture.repository.treeID(of: ours)
    #expect(try await fixture.git.mergeTree(ours, base) == .clean(tree: tree))
    #expect(try await fixture.git.mergeTree(base, ours) == .clean(tree: tree))
    #expect(try await fixture.git.mergeTree(ours, ours) == .clean(tree: tree))
  }

  @Test func conflictsCarryPathsKindsAndMessages() async throws {
    let fixture = try SealedGitFixture([
      "same é": "1\n", "gone": "long enough to count\n", "c": "3",
    ])
    fixture.test.git("rm", "-q", "gone")
    fixture.test.git("stash", "-q")
    let base = fixture.tip
    let (ours, theirs) = sides(
      fixture, ["same é": "ours\n", "gone": "changed long enough to count\n"],
      ["same é": "theirs\n"])
    fixture.test.git("checkout", "-q", "--detach", theirs.hex)
    fixture.test.git("rm", "-q", "gone")
    let other = fixture.test.commit("gone")
    let result = try await fixture.git.mergeTree(ours, other)
    guard case .conflict(let tree, let paths, let messages) = result else {
      Issue.record("expected a conflict, got \(result)")
      return
    }
    #expect(paths.map(\.path) == ["gone", "same é"])
    #expect(paths[0].theirs == nil && paths[0].ours != nil && paths[0].base != nil)
    #expect(
      paths[1].base?.id == (try fixture.repository.entry(at: "same é", in: base)?.id))
    let conflicts = messages.filter(\.isConflict)
    #expect(Set(conflicts.map(\.kind)) == ["CONFLICT (modify/delete)", "CONFLICT (contents)"])
    #expect(conflicts.first { $0.kind.contains("contents") }?.paths == ["same é"])
    #expect(conflicts.allSatisfy { !$0.text.hasSuffix("\n") && !$0.text.isEmpty })
    #expect(messages.contains { $0.kind == "Auto-merging" })
    let marked = try #require(try fixture.repository.entry(at: "same é", in: tree))
    let text = String(decoding: try fixture.repository.blob(marked.id), as: UTF8.self)
    #expect(text.contains("<<<<<<< ") && text.contains("theirs"))
  }

  @Test func aRecordedBaseCounts() async throws {
    let fixture = try SealedGitFixture(["a": "1\n", "b": "1\n"])
    let base = fixture.tip
    let (ours, theirs) = sides(fixture, ["a": "2\n"], ["a": "3\n"])
    // With theirs for the base, ours is the only side that changed anything.
    let tree = try fixture.repository.treeID(of: ours)
    #expect(try await fixture.git.mergeTree(ours, theirs, base: theirs) == .clean(tree: tree))
    #expect(try await fixture.git.mergeTree(ours, theirs, base: base) != .clean(tree: tree))
    fixture.test.git("checkout", "-q", "--orphan", "other")
    let root = fixture.test.commit("root", ["a": "2\n", "c": "4\n"])
    await #expect(throws: GitError.unrelatedHistories(theirs, root)) {
      try await fixture.git.mergeTree(theirs, root)
    }
    let merged = try await fixture.git.mergeTree(ours, root, base: base)
    #expect(try fixture.repository.tree(merged.tree).map(\.name) == ["a", "b", "c"])
  }

  @Test func attributesOfOursCountAndNotThoseOfTheCheckout() async throws {
    let fixture = try SealedGitFixture([
      "a": "1\n", "dir/l": "1\n", ".gitattributes": "# none\n",
      "dir/.gitattributes": "l merge=union\n",
    ])
    let (ours, theirs) = sides(
      fixture, ["a": "2\n", "dir/l": "2\n"], ["a": "3\n", "dir/l": "3\n"])
    fixture.test.write(".gitattributes", "a merge=union\n")
    let result = try await fixture.git.mergeTree(ours, theirs)
    guard case .conflict(let tree, let paths, _) = result else {
      Issue.record("expected a conflict, got \(result)")
      return
    }
    #expect(paths.map(\.path) == ["a"])
    #expect(fixture.test.git("show", "\(tree):dir/l") == "2\n3")
  }
}
