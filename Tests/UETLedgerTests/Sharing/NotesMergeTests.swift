import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

@Suite struct NotesMergeTests {
  @Test(arguments: [
    // Base, left, right, merged.
    (["a"], ["a", "b"], ["a", "c"], ["a", "b", "c"]),
    (["a", "b"], ["a"], ["a", "b", "c"], ["a", "c"]),
    (["a", "b"], ["b"], ["a"], []),
    ([], ["a", "x"], ["x", "b"], ["a", "x", "b"]),
    (["old"], ["new"], ["old"], ["new"]),
    (["old"], ["new"], ["old", "said"], ["new", "said"]),
  ])
  func paragraphsOfBothStay(
    base: [String], left: [String], right: [String], merged: [String]
  ) {
    #expect(NotesMerge.Unit.paragraphs.merge(left, right, base: base) == merged)
    #expect(
      NotesMerge.Unit.lines.merge(left, right, base: base)
        == NotesMerge.Unit.lines.merge(right, left, base: base))
  }

  /// Against a model that knows only sets, over notes that git or we spread in whatever way.
  @Test func nothingIsLostWhateverTheSpread() throws {
    let failure = Seeds(short: 20, long: 2000).firstFailure(filter: "NotesMergeTests") { seed in
      var random = SeededGenerator(seed: seed)
      let world = try NotesWorld()
      let base = world.randomNotes(&random)
      let sides = (0..<2).map { _ in world.changed(base, &random) }
      let trees = try ([base] + sides).map { try world.tree($0, &random) }
      var log = ObjectLog(world.repository)
      let merge = NotesMerge(repository: world.repository, unit: .lines)
      let merged = try merge.tree(base: trees[0], trees[1], trees[2], &log)
      let mirrored = try merge.tree(base: trees[0], trees[2], trees[1], &log)
      try Violation.unless(
        try world.notes(merged) == world.notes(mirrored), "the order of the sides shows")
      let expected = world.merged(base, sides[0], sides[1])
      let found = try world.notes(merged)
      try Violation.unless(found == expected, "\(found)\nshould be\n\(expected)")
    }
    #expect(failure == nil)
  }

  @Test func gitReadsWhatWasMerged() async throws {
    let world = try SharedWorld(clones: 2)
    for clone in world.clones {
      for index in 0..<3 {
        world.host.git(
          "notes", "--ref=uet", "append", "-m", "\(clone.name) on \(index)",
          index == 0 ? "HEAD" : "HEAD~1", in: clone.path)
      }
    }
    for clone in world.clones + world.clones { try await clone.synced() }
    for clone in world.clones {
      for (revision, words) in [("HEAD", ["on 0"]), ("HEAD~1", ["on 1", "on 2"])] {
        let note = world.host.git("notes", "--ref=uet", "show", revision, in: clone.path)
        for word in words {
          #expect(note.contains("clone-0 \(word)") && note.contains("clone-1 \(word)"), "\(note)")
        }
      }
    }
  }
}

/// Notes as a model: for each object a set of lines.
private struct NotesWorld {
  typealias Notes = [String: Set<String>]

  let test = TestRepository()
  let repository: Repository
  /// Many share their first digits, so that folders have several.
  private let names: [String]

  init() throws {
    repository = try Repository.open(discoveringFrom: test.path, environment: test.environment)
    names =
      (0..<12).map { index in
        String(repeating: "ab", count: 1) + String(repeating: "0", count: 37)
          + String(index, radix: 16)
      } + (0..<4).map { "c\($0)" + String(repeating: "1", count: 38) }
  }

  func randomNotes(_ random: inout SeededGenerator) -> Notes {
    var notes: Notes = [:]
    for name in names where random.oneIn(2) {
      notes[name] = Set((0...Int.random(in: 0...2, using: &random)).map { "line \($0)" })
    }
    return notes
  }

  func changed(_ notes: Notes, _ random: inout SeededGenerator) -> Notes {
    var result = notes
    for name in names where random.oneIn(3) {
      switch Int.random(in: 0...2, using: &random) {
      case 0: result[name] = nil
      case 1: result[name, default: []].insert("new \(Int.random(in: 0...3, using: &random))")
      default: result[name] = result[name]?.filter { _ in random.oneIn(2) }
      }
      if result[name]?.isEmpty ?? false { result[name] = nil }
    }
    return result
  }

  func merged(_ base: Notes, _ left: Notes, _ right: Notes) -> Notes {
    var result: Notes = [:]
    for name in names {
      let (old, one, other) = (base[name] ?? [], left[name] ?? [], right[name] ?? [])
      let lines = one.union(other).filter { line in
        !old.contains(line) || (one.contains(line) && other.contains(line))
      }
      if !lines.isEmpty { result[name] = lines }
    }
    return result
  }

  /// Each note flat, in one folder, or in two.
  func tree(_ notes: Notes, _ random: inout SeededGenerator) throws -> ObjectID {
    let depth = Int.random(in: 0...2, using: &random)
    return try tree(notes.map { ($0.key[...], $0.value) }, depth)
  }

  private func tree(_ notes: [(Substring, Set<String>)], _ depth: Int) throws -> ObjectID {
    if depth == 0 {
      return try repository.writeTree(
        notes.map { name, lines in
          let text = lines.sorted().map { $0 + "\n" }.joined()
          let blob = try repository.writeBlob(Array(text.utf8))
          return TreeEntry(name: String(name), mode: .file, id: blob)
        })
    }
    let folders = Dictionary(grouping: notes) { $0.0.prefix(2) }
    return try repository.writeTree(
      folders.map { folder, notes in
        let inner = try tree(notes.map { ($0.0.dropFirst(2), $0.1) }, depth - 1)
        return TreeEntry(name: String(folder), mode: .tree, id: inner)
      })
  }

  func notes(_ tree: ObjectID, _ prefix: String = "") throws -> Notes {
    var notes: Notes = [:]
    for entry in try repository.tree(tree) {
      if entry.mode == .tree {
        notes.merge(try self.notes(entry.id, prefix + entry.name)) { one, _ in one }
      } else {
        let text = String(decoding: try repository.blob(entry.id), as: UTF8.self)
        notes[prefix + entry.name] = Set(text.split(separator: "\n").map(String.init))
      }
    }
    return notes
  }
}
