import UETGit
import UETLedger
import UETModel

/// Puts files into trees, without an index.
struct TreeEdit: Sendable {
  let repository: Repository

  /// `tree` with the blob at `path`; nil stands for the empty tree.
  func put(
    _ blob: ObjectID, _ mode: FileMode, at path: String, in tree: ObjectID?
  ) throws(GitError) -> ObjectID {
    try put(blob, mode, path.split(separator: "/")[...], tree) { (entries) throws(GitError) in
      try repository.writeTree(entries)
    }
  }

  /// Puts in a blob, in trees that are to outlast a collection.
  func put(
    _ blob: ObjectID, _ mode: FileMode, at path: String, in tree: ObjectID?,
    _ log: inout ObjectLog
  ) throws(GitError) -> ObjectID {
    try put(blob, mode, path.split(separator: "/")[...], tree) { (entries) throws(GitError) in
      try log.writeTree(entries)
    }
  }

  private typealias Write = (_ entries: [TreeEntry]) throws(GitError) -> ObjectID

  private func put(
    _ blob: ObjectID, _ mode: FileMode, _ path: ArraySlice<Substring>, _ tree: ObjectID?,
    _ write: Write
  ) throws(GitError) -> ObjectID {
    guard let name = path.first.map({ Array($0.utf8) }) else {
      throw .invalidTreeEntry(name: "", detail: "no name")
    }
    var entries = try tree.map { (id) throws(GitError) in try repository.tree(id) } ?? []
    let place = entries.firstIndex { $0.nameBytes == name }
    let entry: TreeEntry
    if path.count == 1 {
      entry = TreeEntry(nameBytes: name, mode: mode, id: blob)
    } else {
      let below = place.flatMap { entries[$0].mode == .tree ? entries[$0].id : nil }
      let inner = try put(blob, mode, path.dropFirst(), below, write)
      entry = TreeEntry(nameBytes: name, mode: .tree, id: inner)
    }
    if let place { entries[place] = entry } else { entries.append(entry) }
    return try write(entries)
  }
}
