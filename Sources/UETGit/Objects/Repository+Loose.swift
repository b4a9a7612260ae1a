import CLibgit2
import UETModel
import UETSystem

/// Writing in files of their own what is new or known to be there: no pack is looked through, which
/// costs more than the writing where there are many.
extension Repository {
  /// An object that was written, and whether its file was there before, so that nothing was synced.
  package struct Loose: Sendable {
    package let id: ObjectID
    package let wasThere: Bool
  }

  package func writeLooseBlob(_ bytes: [UInt8]) throws(GitError) -> Loose {
    try writeLoose(bytes, .blob)
  }

  /// Stores a tree; the caller knows that every object is there, and gives no name twice.
  package func writeLooseTree(_ entries: [TreeEntry]) throws(GitError) -> Loose {
    try writeLoose(try Self.treeContent(entries), .tree)
  }

  /// Stores a commit; of its tree and parents only those in `doubtful` are looked for.
  package func writeLooseCommit(
    tree: ObjectID, parents: [ObjectID], message: String, author: Signature, committer: Signature,
    doubtful: [ObjectID]
  ) throws(GitError) -> Loose {
    let text = try Self.commitText(
      tree: tree, parents: parents, message: message, author: author, committer: committer)
    for id in doubtful { try require(id, GIT_OBJECT_COMMIT, "commit") }
    return try writeLoose(text, .commit)
  }

  /// Removes those objects that are files of their own.
  package func removeLoose(_ ids: Set<ObjectID>) {
    for id in ids { try? Files.remove(LooseObject(id, in: commonDirectory).path) }
  }

  func writeLoose(_ bytes: [UInt8], _ kind: ObjectKind) throws(GitError) -> Loose {
    let id = Self.hash(bytes, kind)
    let file = LooseObject(id, in: commonDirectory)
    if file.touch() { return Loose(id: id, wasThere: true) }
    try file.write(kind, bytes, isSynced: Self.isSyncing)
    return Loose(id: id, wasThere: false)
  }

  /// The bytes of a tree, in git's order, in which a directory's name ends in `/`.
  static func treeContent(_ entries: [TreeEntry]) throws(GitError) -> [UInt8] {
    var content: [UInt8] = []
    content.reserveCapacity(entries.reduce(0) { $0 + $1.nameBytes.count + 28 })
    var earlier: TreeEntry?
    for entry in isSorted(entries) ? entries : entries.sorted(by: isBefore) {
      let name = entry.nameBytes
      let isBad = name.isEmpty || name.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
      guard !isBad, name != earlier?.nameBytes else {
        throw .invalidTreeEntry(
          name: entry.name, detail: isBad ? "no name" : "the name occurs twice")
      }
      content += String(entry.mode.rawValue, radix: 8).utf8
      content.append(0x20)
      content += name
      content.append(0)
      entry.id.append(to: &content)
      earlier = entry
    }
    return content
  }

  private static func isSorted(_ entries: [TreeEntry]) -> Bool {
    for place in entries.indices.dropFirst() where !isBefore(entries[place - 1], entries[place]) {
      return false
    }
    return true
  }

  private static func isBefore(_ one: TreeEntry, _ other: TreeEntry) -> Bool {
    let common = min(one.nameBytes.count, other.nameBytes.count)
    for place in 0..<common where one.nameBytes[place] != other.nameBytes[place] {
      return one.nameBytes[place] < other.nameBytes[place]
    }
    return byte(one, common) < byte(other, common)
  }

  private static func byte(_ entry: TreeEntry, _ place: Int) -> UInt8 {
    if place < entry.nameBytes.count { return entry.nameBytes[place] }
    return entry.mode == .tree ? UInt8(ascii: "/") : 0
  }
}
