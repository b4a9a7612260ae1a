import Testing
import UETModel
import UETTestSupport

@testable import UETGit

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Chains of merges give what git gives for each.
///
/// A failure prints its seed; `UET_SEED=N swift test --filter TreeMergePropertyTests` replays it.
@Suite struct TreeMergePropertyTests {
  static var seeds: [UInt64] {
    if let one = getenv("UET_SEED").flatMap({ UInt64(String(cString: $0)) }) { return [one] }
    return Array(1...(getenv("UET_LONG") == nil ? 4 : 60))
  }

  /// Paths with what they hold; the mode decides what the text means.
  private typealias Files = [String: (mode: FileMode, text: String)]

  private static let folders = ["", "a/", "b/", "a/c/", "d/e/", "b/f/g/"]

  private func path(_ random: inout SeededRandom) -> String {
    let folder = Self.folders.randomElement(using: &random) ?? ""
    return folder + (["x", "y", "z", "a", "b", "e"].randomElement(using: &random) ?? "x")
  }

  /// Lines of which most stay when some are edited, so that git sees renames.
  private func text(_ random: inout SeededRandom) -> String {
    let kind = random.next() % 8
    return (0..<10).map { "line \($0) of \(kind)\n" }.joined()
  }

  private func edit(_ text: String, _ random: inout SeededRandom) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let index = Int.random(in: 0..<lines.count, using: &random)
    lines[index] = "edited \(random.next() % 3)"
    return lines.joined(separator: "\n")
  }

  /// Puts a file, and out of its way what git could not have beside it.
  private func put(_ path: String, _ file: (mode: FileMode, text: String), _ files: inout Files) {
    for other in files.keys where other.hasPrefix(path + "/") || path.hasPrefix(other + "/") {
      files[other] = nil
    }
    files[path] = file
  }

  private func change(_ files: inout Files, _ random: inout SeededRandom) {
    let some = files.keys.sorted().randomElement(using: &random)
    switch Int.random(in: 0..<12, using: &random) {
    case 0, 1, 2: put(path(&random), (.file, text(&random)), &files)
    case 3, 4: if let some, let file = files[some] { files[some]?.text = edit(file.text, &random) }
    case 5, 6: if let some { files[some] = nil }
    case 7:
      guard let some, let file = files.removeValue(forKey: some) else { return }
      let isEdited = Bool.random(using: &random)
      put(path(&random), isEdited ? (file.mode, edit(file.text, &random)) : file, &files)
    case 8, 9: renameFolder(&files, &random)
    case 10: if let some { files[some]?.mode = .executable }
    default:
      let mode: FileMode = Bool.random(using: &random) ? .symlink : .submodule
      put(path(&random), (mode, text(&random)), &files)
    }
  }

  private func renameFolder(_ files: inout Files, _ random: inout SeededRandom) {
    let from = Self.folders.dropFirst().randomElement(using: &random) ?? "a/"
    let to = ["n/", "b/", "a/", "d/h/", ""].randomElement(using: &random) ?? "n/"
    for path in files.keys.sorted() where path.hasPrefix(from) {
      guard let file = files.removeValue(forKey: path) else { continue }
      put(to + path.dropFirst(from.count), file, &files)
    }
  }

  private func write(_ files: Files, _ repository: Repository) throws -> ObjectID {
    var entries: [TreeEntry] = []
    var folders: [String: Files] = [:]
    for (path, file) in files {
      if let slash = path.firstIndex(of: "/") {
        folders[String(path[..<slash]), default: [:]][String(path[path.index(after: slash)...])] =
          file
      } else {
        let id = Repository.hashBlob(Array(file.text.utf8))
        if file.mode != .submodule { _ = try repository.writeBlob(Array(file.text.utf8)) }
        entries.append(TreeEntry(name: path, mode: file.mode, id: id))
      }
    }
    for (name, inner) in folders {
      entries.append(TreeEntry(name: name, mode: .tree, id: try write(inner, repository)))
    }
    return try repository.writeTree(entries)
  }

  @Test(arguments: seeds) func whatGitGives(seed: UInt64) async throws {
    let fixture = try SealedGitFixture()
    let repository = fixture.repository
    func commit(_ files: Files, _ parents: [ObjectID]) throws -> ObjectID {
      try repository.writeCommit(
        tree: write(files, repository), parents: parents, message: "m", author: fixture.who,
        committer: fixture.who)
    }
    var random = SeededRandom(seed: seed)
    let session = MergeSession(fixture.git)
    defer { session.close() }
    var questions: [(sides: (ObjectID, ObjectID), result: MergeResult)] = []
    for _ in 0..<60 {
      var base: Files = [:]
      for _ in 0..<Int.random(in: 4...14, using: &random) {
        put(path(&random), (.file, text(&random)), &base)
      }
      let root = try commit(base, [])
      // Branches of one commit are merged one after the other, as a queue does.
      var target = root
      for _ in 0..<Int.random(in: 2...4, using: &random) {
        var files = base
        for _ in 0..<Int.random(in: 1...3, using: &random) { change(&files, &random) }
        let branch = try commit(files, [root])
        let isRecorded = Bool.random(using: &random)
        let result = try await session.merge(target, branch, base: isRecorded ? root : nil)
        questions.append(((target, branch), result))
        guard case .clean(let tree) = result else { break }
        target = try await session.writeCommit(
          tree: tree, parents: [target, branch], message: "m", author: fixture.who,
          committer: fixture.who)
      }
    }
    try session.stash.settle()
    session.stash.release()
    try check(questions, fixture, "seed \(seed)")
    #expect(fixture.test.tryGit(["fsck", "--strict", "--no-dangling"]).status == 0)
  }

  private func check(
    _ questions: [(sides: (ObjectID, ObjectID), result: MergeResult)], _ fixture: SealedGitFixture,
    _ title: String
  ) throws {
    let lines = questions.map { "\($0.sides.0.hex) \($0.sides.1.hex)\n" }.joined()
    let git = fixture.test.tryGit(["merge-tree", "--stdin", "-z"], input: Array(lines.utf8))
    var answers = AnswerScan.answers(in: git.output)[...]
    var torn = 0
    for (index, question) in questions.enumerated() {
      if case .conflict = question.result { torn += 1 }
      let expected = answers.popFirst().flatMap(MergeOutput.parseAnswer)
      #expect(question.result == expected, "\(title), merge \(index): \(git.errors)")
    }
    #expect(torn > 5 && torn < questions.count * 3 / 4, "\(torn) of \(questions.count)")
  }
}
