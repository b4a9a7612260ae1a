import Testing
import UETModel
import UETTestSupport

@testable import UETGit

@Suite struct RepositoryHistoryTests {
  let test = TestRepository()

  private func open(_ path: String? = nil) throws(GitError) -> Repository {
    try Repository.open(discoveringFrom: path ?? test.path, environment: test.environment)
  }

  /// A criss-cross: two merges of the same two commits, in either order.
  private func crissCross() -> (root: ObjectID, a: ObjectID, b: ObjectID, x: ObjectID, y: ObjectID)
  {
    let root = test.commit("root", ["f": "0"])
    test.git("checkout", "-q", "-b", "left")
    let a = test.commit("a", ["a": "1"])
    test.git("checkout", "-q", "-b", "right", root.hex)
    let b = test.commit("b", ["b": "1"])
    test.git("merge", "-q", "-m", "x", a.hex)
    let x = test.id("HEAD")
    test.git("checkout", "-q", "left")
    test.git("merge", "-q", "-m", "y", b.hex)
    return (root, a, b, x, test.id("HEAD"))
  }

  @Test func ancestryAndMergeBases() throws {
    let (root, a, b, x, y) = crissCross()
    let repository = try open()
    #expect(try repository.isAncestor(root, of: x))
    #expect(try repository.isAncestor(x, of: x))
    #expect(try !repository.isAncestor(x, of: y))
    #expect(Set(try repository.mergeBases(x, y)) == [a, b])
    #expect(try repository.mergeBases(a, b) == [root])
    #expect(try repository.mergeBases(root, x) == [root])
  }

  @Test func unrelatedHistoriesHaveNoBase() throws {
    let root = test.commit("root")
    test.git("checkout", "-q", "--orphan", "other")
    let other = test.commit("other root")
    let repository = try open()
    #expect(try repository.mergeBases(root, other).isEmpty)
    #expect(throws: GitError.self) {
      try repository.mergeBases(root, Repository.hashBlob([1]))
    }
  }

  @Test func commitsBetween() throws {
    let (root, a, b, x, y) = crissCross()
    let repository = try open()
    let all = try repository.commits(in: x, notIn: [root])
    #expect(Set(all) == [a, b, x] && all.last == x)
    #expect(try repository.commits(in: y, notIn: [a, b]) == [y])
    #expect(try repository.commits(in: root, notIn: [root]).isEmpty)
    #expect(try repository.commits(in: root, notIn: []) == [root])
  }

  @Test func aShallowCloneAnswersWithinWhatItHas() throws {
    var made: [ObjectID] = []
    for index in 0..<5 { made.append(test.commit("c\(index)", ["f": "\(index)"])) }
    test.git("branch", "side", made[3].hex)
    let clone = test.directory.path + "/shallow"
    test.git("clone", "-q", "--depth=3", "--no-single-branch", "file://" + test.path, clone)
    let repository = try open(clone)
    #expect(repository.isShallow)
    let all = test.git("rev-list", "--topo-order", "--reverse", made[4].hex, in: clone)
    #expect(
      try repository.commits(in: made[4], notIn: []).map(\.hex)
        == all.split(separator: "\n").map(String.init))
    #expect(!repository.contains(made[0]))
    #expect(try repository.isAncestor(made[2], of: made[4]))
    #expect(try !repository.isAncestor(made[4], of: made[2]))
    #expect(try repository.mergeBases(made[4], made[3]) == [made[3]])
    #expect(try repository.commits(in: made[4], notIn: [made[3]]) == [made[4]])
  }

  @Test func changesAreThoseOfGitDiffTree() throws {
    let first = test.commit(
      "first", ["a": "1", "dir/b": "2", "dir.x": "3", "gone": "4", "kind": "5", "mode": "6"])
    test.git("rm", "-q", "gone", "kind")
    test.write("kind/inner é\n", "7")
    test.write("mode", "6", mode: 0o755)
    test.write("dir/b", "22")
    test.write("-new", "8")
    test.git("update-index", "--add", "--cacheinfo", "160000,\(first.hex),module")
    test.git("add", "-A", "--", "kind", "mode", "dir", "./-new")
    let link = test.git("hash-object", "-w", "--stdin", input: "target")
    test.git("update-index", "--add", "--cacheinfo", "120000,\(link),a")
    test.git("commit", "-q", "-m", "second")
    let second = test.id("HEAD")
    let repository = try open()
    let changes = try repository.changes(from: first, to: second)
    let expected = test.git("diff-tree", "-r", "-z", "--raw", "--no-renames", first.hex, second.hex)
    #expect(raw(changes) == expected)
    #expect(changes.count == 8)
    #expect(try repository.changes(from: first, to: first).isEmpty)
    let whole = try repository.changes(from: nil, to: first)
    #expect(whole.map(\.path) == ["a", "dir.x", "dir/b", "gone", "kind", "mode"])
    #expect(whole.allSatisfy { $0.old == nil })
  }

  /// As `git diff-tree -r -z --raw` prints it.
  private func raw(_ changes: [PathChange]) -> String {
    changes.map { change in
      let zero = (mode: "000000", id: ObjectID.zero)
      let old = change.old.map { ($0.mode.octal, $0.id) } ?? zero
      let new = change.new.map { ($0.mode.octal, $0.id) } ?? zero
      let isTypeChange =
        change.old.map { ($0.mode == .symlink) != (change.new?.mode == .symlink) } ?? false
      let letter =
        change.old == nil ? "A" : change.new == nil ? "D" : isTypeChange ? "T" : "M"
      return ":\(old.0) \(new.0) \(old.1) \(new.1) \(letter)\0\(change.path)\0"
    }.joined()
  }
}
