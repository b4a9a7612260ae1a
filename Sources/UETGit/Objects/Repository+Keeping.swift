import CLibgit2
import UETModel
import UETSystem

extension Repository {
  /// Whether all of `ids` are on the disk now, loose, packed or borrowed.
  ///
  /// `contains` answers from memory: it goes on with what it has read, and with packs that were
  /// removed since. This looks at the files, as a process that starts now would.
  package func areStored(_ ids: [ObjectID]) -> Bool {
    let objects = commonDirectory + "/objects"
    let rest = ids.filter { id in
      let hex = id.hex
      return !Files.exists("\(objects)/\(hex.prefix(2))/\(hex.dropFirst(2))")
    }
    if rest.isEmpty { return true }
    var database: OpaquePointer?
    guard git_odb_open(&database, objects) == 0, let database else { return false }
    defer { git_odb_free(database) }
    return rest.allSatisfy { id in
      var oid = id.oid
      return git_odb_exists(database, &oid) == 1
    }
  }

  /// Writes objects that are here once more, as a pack of their own, synced; the loose ones stay.
  ///
  /// For what a reference leads to already: a collection that is under way may not know that, and
  /// takes loose objects until its end. But it removes only packs that it had seen before it looked
  /// at the references, so this one stays; and one that sees this pack sees the reference.
  ///
  /// False where they are too much to be held in memory.
  package func pack(_ ids: [ObjectID]) throws(GitError) -> Bool {
    var pack = PackFile()
    for id in ids {
      let (kind, content) = try raw(id)
      pack.add(id, kind, content)
      guard pack.size < Self.largestPack else { return false }
    }
    if pack.count > 0 { PackFolder.remove(try PackFolder(self).write(pack)) }
    return true
  }

  private static let largestPack = 64 << 20

  /// An object without its header.
  func raw(_ id: ObjectID) throws(GitError) -> (ObjectKind, [UInt8]) {
    let (type, content) = try read(id)
    guard let kind = ObjectKind(type) else {
      throw .wrongKind(id, expected: "commit, tree or blob")
    }
    return (kind, content)
  }
}

extension ObjectKind {
  /// Nil for a tag, and for what is none.
  init?(_ type: git_object_t) {
    switch type {
    case GIT_OBJECT_COMMIT: self = .commit
    case GIT_OBJECT_TREE: self = .tree
    case GIT_OBJECT_BLOB: self = .blob
    default: return nil
    }
  }
}
