import CLibgit2
import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Repository {
  /// The entries of a tree in git's order; `id` names a tree or a commit.
  package func tree(_ id: ObjectID) throws(GitError) -> [TreeEntry] {
    try locked { (handle) throws(GitError) in
      try handle.withTree(id) { (tree) throws(GitError) in try entries(of: tree, id) }
    }
  }

  /// The tree that a commit, a tag or the tree itself stands for.
  package func treeID(of id: ObjectID) throws(GitError) -> ObjectID {
    try locked { (handle) throws(GitError) in
      try handle.withTree(id) { (tree) throws(GitError) in
        git_tree_id(tree).map { ObjectID($0.pointee) } ?? id
      }
    }
  }

  private func entries(of tree: OpaquePointer, _ id: ObjectID) throws(GitError) -> [TreeEntry] {
    let count = git_tree_entrycount(tree)
    var result: [TreeEntry] = []
    result.reserveCapacity(count)
    for index in 0..<count {
      guard let entry = git_tree_entry_byindex(tree, index) else { continue }
      result.append(try treeEntry(entry, id))
    }
    return result
  }

  private func treeEntry(_ entry: OpaquePointer, _ id: ObjectID) throws(GitError) -> TreeEntry {
    let raw = UInt32(bitPattern: Int32(git_tree_entry_filemode_raw(entry).rawValue))
    guard let name = git_tree_entry_name(entry), let oid = git_tree_entry_id(entry),
      let mode = FileMode(raw: raw)
    else { throw .corruptObject(id, detail: "an entry has mode \(String(raw, radix: 8))") }
    let bytes = [UInt8](UnsafeRawBufferPointer(start: name, count: strlen(name)))
    return TreeEntry(nameBytes: bytes, mode: mode, id: ObjectID(oid.pointee))
  }

  /// What stands at `path`, relative to the root of the tree or commit `tree`; nil for nothing.
  package func entry(at path: String, in tree: ObjectID) throws(GitError) -> TreeEntry? {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true)
    if parts.isEmpty || path.utf8.contains(0) { return nil }
    return try locked { (handle) throws(GitError) in
      try handle.withTree(tree) { (root) throws(GitError) -> TreeEntry? in
        var entry: OpaquePointer?
        let code = git_tree_entry_bypath(&entry, root, parts.joined(separator: "/"))
        if code == GIT_ENOTFOUND.rawValue { return nil }
        guard code == 0, let entry else { throw handle.objectFailure(code, tree) }
        defer { git_tree_entry_free(entry) }
        return try treeEntry(entry, tree)
      }
    }
  }

  /// Stores a tree; the entries may come in any order, and every object must be there.
  package func writeTree(_ entries: [TreeEntry]) throws(GitError) -> ObjectID {
    var names: Set<[UInt8]> = []
    for entry in entries where !names.insert(entry.nameBytes).inserted {
      throw .invalidTreeEntry(name: entry.name, detail: "the name occurs twice")
    }
    return try locked { (handle) throws(GitError) in
      var builder: OpaquePointer?
      let code = git_treebuilder_new(&builder, handle.repository, nil)
      guard code == 0, let builder else { throw Libgit2.failure(code, "start a tree") }
      defer { git_treebuilder_free(builder) }
      for entry in entries { try Self.insert(entry, into: builder) }
      var oid = git_oid()
      let written = git_treebuilder_write(&oid, builder)
      guard written == 0 else {
        throw Libgit2.failure(written, "write a tree", path: commonDirectory + "/objects")
      }
      return ObjectID(oid)
    }
  }

  private static func insert(
    _ entry: TreeEntry, into builder: OpaquePointer
  ) throws(GitError) {
    if entry.nameBytes.contains(0) {
      throw .invalidTreeEntry(name: entry.name, detail: "the name holds a NUL")
    }
    var oid = entry.id.oid
    let mode = git_filemode_t(rawValue: numericCast(entry.mode.rawValue))
    let name = entry.nameBytes.map(CChar.init(bitPattern:)) + [0]
    guard git_treebuilder_insert(nil, builder, name, &oid, mode) == 0 else {
      throw .invalidTreeEntry(name: entry.name, detail: Libgit2.lastMessage)
    }
  }
}
