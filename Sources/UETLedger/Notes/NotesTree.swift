import UETGit
import UETModel

/// The tree of a notes reference, in git's own format: a note's path is the object it belongs to.
///
/// Notes are spread over 256 folders by the first two digits. What git or a user wrote with another
/// spread is found, and kept or replaced where it is.
struct NotesTree {
  let repository: Repository

  /// What becomes of one object's note: the old text in, nil where there is none; the new one out,
  /// which is taken away where it is empty.
  typealias Change = (_ old: [UInt8]?) -> [UInt8]

  /// The tree with the changes made. `tree` is nil where there are no notes yet.
  func applying(
    _ changes: [ObjectID: Change], to tree: ObjectID?, _ log: inout ObjectLog
  ) throws(GitError) -> ObjectID {
    let named = changes.map { (name: $0.key.hex[...], change: $0.value) }
    return try rewrite(tree, named, depth: 0, &log)
  }

  private typealias Named = (name: Substring, change: Change)

  private func rewrite(
    _ tree: ObjectID?, _ changes: [Named], depth: Int, _ log: inout ObjectLog
  ) throws(GitError) -> ObjectID {
    var entries: [String: TreeEntry] = [:]
    var foreign: [TreeEntry] = []
    for entry in try tree.map({ (id) throws(GitError) in try repository.tree(id) }) ?? [] {
      let name = entry.name
      if Array(name.utf8) == entry.nameBytes {
        entries[name] = entry
      } else {
        foreign.append(entry)
      }
    }
    var deeper: [String: [Named]] = [:]
    for (name, change) in changes {
      let folder = String(name.prefix(2))
      let isFolder = entries[folder]?.mode == .tree
      if isFolder || (depth == 0 && entries[String(name)] == nil) {
        // A note that stands beside its folder would be shown twice: it moves into the folder.
        let here = try entries.removeValue(forKey: String(name)).map {
          (entry) throws(GitError) in try repository.blob(entry.id)
        }
        deeper[folder, default: []].append((name.dropFirst(2), { change($0 ?? here) }))
      } else {
        let old = try entries[String(name)].map { (entry) throws(GitError) in
          try repository.blob(entry.id)
        }
        let new = change(old)
        entries[String(name)] =
          new.isEmpty
          ? nil
          : TreeEntry(name: String(name), mode: .file, id: try log.writeBlob(new))
      }
    }
    for (folder, changes) in deeper {
      let inner = try rewrite(entries[folder]?.id, changes, depth: depth + 1, &log)
      let isEmpty = try repository.tree(inner).isEmpty
      entries[folder] = isEmpty ? nil : TreeEntry(name: folder, mode: .tree, id: inner)
    }
    return try log.writeTree(Array(entries.values) + foreign)
  }
}
