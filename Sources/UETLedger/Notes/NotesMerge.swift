import UETGit
import UETModel

/// Merges two trees of notes: each note is a list of paragraphs or lines, and has in the end what
/// either side has, but for what one of them took away since the base.
struct NotesMerge {
  /// What a note is a list of.
  enum Unit: Sendable {
    /// Separated by empty lines; those of one side keep their order.
    case paragraphs
    /// Sorted.
    case lines
  }

  let repository: Repository
  let unit: Unit

  /// The merged tree, spread over 256 folders. `left` and `right` give the same in either order
  /// only where the caller orders them.
  func tree(
    base: ObjectID?, _ left: ObjectID, _ right: ObjectID, _ log: inout ObjectLog
  ) throws(GitError) -> ObjectID {
    let sides = [try Spread(left, repository), try Spread(right, repository)]
    let old = try base.map { (id) throws(GitError) in try Spread(id, repository) } ?? Spread()
    var entries = try others(sides, old)
    for folder in Set(sides[0].folders.keys).union(sides[1].folders.keys).sorted() {
      let both = sides.map { $0.folders[folder] ?? Spread.Folder() }
      if let whole = both[0].whole, both[0] == both[1] {
        entries.append(TreeEntry(name: folder, mode: .tree, id: whole))
        continue
      }
      let notes = try merged(
        both.map { (side) throws(GitError) in try side.notes(repository, folder) },
        try (old.folders[folder] ?? Spread.Folder()).notes(repository, folder), &log)
      guard !notes.isEmpty else { continue }
      let tree = try log.writeTree(
        notes.map { TreeEntry(name: String($0.key.dropFirst(2)), mode: .file, id: $0.value) })
      entries.append(TreeEntry(name: folder, mode: .tree, id: tree))
    }
    return try log.writeTree(entries)
  }

  /// What stands in the tree and is no note: of both sides, the smaller id where they differ.
  private func others(_ sides: [Spread], _ base: Spread) throws(GitError) -> [TreeEntry] {
    var result = sides[0].others
    for (name, entry) in sides[1].others {
      if let own = result[name], own.id <= entry.id { continue }
      result[name] = entry
    }
    return Array(result.values)
  }

  /// The blob of each note, by its 40 digits.
  private func merged(
    _ sides: [[String: ObjectID]], _ base: [String: ObjectID], _ log: inout ObjectLog
  ) throws(GitError) -> [String: ObjectID] {
    var result: [String: ObjectID] = [:]
    for name in Set(sides[0].keys).union(sides[1].keys) {
      let (left, right, old) = (sides[0][name], sides[1][name], base[name])
      if left == right || old == right {
        if let left { result[name] = left }
        continue
      }
      if old == left {
        if let right { result[name] = right }
        continue
      }
      let texts = try [old, left, right].map { (id) throws(GitError) -> [String] in
        guard let id else { return [] }
        return unit.parts(try repository.blob(id))
      }
      let parts = unit.merge(texts[1], texts[2], base: texts[0])
      if !parts.isEmpty { result[name] = try log.writeBlob(unit.text(parts)) }
    }
    return result
  }
}

extension NotesMerge.Unit {
  func parts(_ bytes: [UInt8]) -> [String] {
    let text = String(decoding: bytes, as: UTF8.self)
    switch self {
    case .paragraphs: return NoteText.paragraphs(text)
    case .lines: return text.split(separator: "\n").map(String.init)
    }
  }

  func text(_ parts: [String]) -> [UInt8] {
    switch self {
    case .paragraphs: Array((parts.joined(separator: "\n\n") + "\n").utf8)
    case .lines: Array(parts.map { $0 + "\n" }.joined().utf8)
    }
  }

  /// What both have, and what either has got since the base.
  func merge(_ left: [String], _ right: [String], base: [String]) -> [String] {
    let (there, here) = (Set(right), Set(left))
    let old = Set(base)
    var result = left.filter { there.contains($0) || !old.contains($0) }
    result += right.filter { !here.contains($0) && !old.contains($0) }
    var seen: Set<String> = []
    result = result.filter { seen.insert($0).inserted }
    return self == .lines ? result.sorted() : result
  }
}

/// The paragraphs of a note.
enum NoteText {
  /// Without empty lines around them; those that hold nothing are left out.
  static func paragraphs(_ text: String) -> [String] {
    text.split(separator: "\n\n").map { paragraph in
      var lines = paragraph.drop { $0 == "\n" }
      while lines.hasSuffix("\n") { lines.removeLast() }
      return String(lines)
    }.filter { !$0.isEmpty }
  }
}

/// A tree of notes by the first two digits, whatever spread whoever wrote it used.
private struct Spread {
  struct Folder: Equatable {
    /// The tree `XX`, where there is one.
    var tree: ObjectID?
    /// Notes that stand beside it, by their 40 digits.
    var beside: [String: ObjectID] = [:]

    /// The tree where it is all there is.
    var whole: ObjectID? { beside.isEmpty ? tree : nil }

    /// All notes of the folder.
    func notes(_ repository: Repository, _ prefix: String) throws(GitError) -> [String: ObjectID] {
      var result = beside
      if let tree { try Self.collect(tree, prefix, repository, &result) }
      return result
    }

    private static func collect(
      _ tree: ObjectID, _ prefix: String, _ repository: Repository,
      _ result: inout [String: ObjectID]
    ) throws(GitError) {
      for entry in try repository.tree(tree) {
        let name = prefix + entry.name
        if entry.mode == .tree, name.utf8.count < 40 {
          try collect(entry.id, name, repository, &result)
        } else if ObjectID(name) != nil, result[name] == nil {
          result[name] = entry.id
        }
      }
    }
  }

  var folders: [String: Folder] = [:]
  /// What is no note.
  var others: [String: TreeEntry] = [:]

  init() {}

  init(_ tree: ObjectID, _ repository: Repository) throws(GitError) {
    for entry in try repository.tree(tree) {
      let name = entry.name
      if entry.mode == .tree, name.utf8.count == 2, name.allSatisfy(Self.isDigit) {
        folders[name, default: Folder()].tree = entry.id
      } else if ObjectID(name) != nil, entry.mode != .tree {
        folders[String(name.prefix(2)), default: Folder()].beside[name] = entry.id
      } else {
        others[name] = entry
      }
    }
  }

  private static func isDigit(_ character: Character) -> Bool {
    ("0"..."9").contains(character) || ("a"..."f").contains(character)
  }
}
