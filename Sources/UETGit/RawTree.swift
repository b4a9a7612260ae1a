import CLibgit2
import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A tree as libgit2 holds it, whose entries are read in place.
struct RawTree: ~Copyable {
  private let tree: OpaquePointer?
  private let count: Int

  /// The tree that nothing is in.
  init() { (tree, count) = (nil, 0) }

  init(_ id: git_oid, _ repository: OpaquePointer) throws(GitError) {
    var id = id
    var tree: OpaquePointer?
    let code = git_tree_lookup(&tree, repository, &id)
    guard code == 0, let tree else {
      throw code == GIT_ENOTFOUND.rawValue
        ? .objectMissing(ObjectID(id)) : .corruptObject(ObjectID(id), detail: Libgit2.lastMessage)
    }
    self.tree = tree
    count = git_tree_entrycount(tree)
  }

  deinit { git_tree_free(tree) }

  /// Entries are valid as long as the tree is.
  subscript(position: Int) -> RawTreeEntry? {
    guard position < count, let entry = git_tree_entry_byindex(tree, position) else { return nil }
    return RawTreeEntry(entry)
  }

  /// Whether the name stands for a file here and for a directory there, or the other way round.
  func hasOtherKind(_ entry: RawTreeEntry) -> Bool {
    guard let tree, let twin = git_tree_entry_byname(tree, entry.name) else { return false }
    return (git_tree_entry_type(twin) == GIT_OBJECT_TREE) != entry.isTree
  }
}

/// An entry within a `RawTree` that is still there.
struct RawTreeEntry: Equatable {
  let name: UnsafePointer<CChar>
  let length: Int
  /// As git reads it: an odd file mode counts as one of the two usual ones.
  let mode: UInt32
  let id: UnsafePointer<git_oid>

  fileprivate init?(_ entry: OpaquePointer) {
    guard let name = git_tree_entry_name(entry), let id = git_tree_entry_id(entry) else {
      return nil
    }
    self.name = name
    self.id = id
    length = strlen(name)
    mode = UInt32(bitPattern: Int32(git_tree_entry_filemode(entry).rawValue))
  }

  var isTree: Bool { mode == FileMode.tree.rawValue }

  static func == (left: RawTreeEntry, right: RawTreeEntry) -> Bool {
    left.mode == right.mode && git_oid_equal(left.id, right.id) == 1
  }

  /// Git's order of a tree, in which a directory's name ends in `/`.
  func isBefore(_ other: RawTreeEntry) -> Bool {
    let order = memcmp(name, other.name, min(length, other.length))
    if order != 0 { return order < 0 }
    return byte(at: min(length, other.length)) < other.byte(at: min(length, other.length))
  }

  private func byte(at position: Int) -> UInt8 {
    if position < length { return UInt8(bitPattern: name[position]) }
    return isTree ? UInt8(ascii: "/") : 0
  }

  /// Appends the entry as a tree object holds it, with another object where one is given.
  func append(to content: inout [UInt8], id other: UnsafePointer<git_oid>? = nil) {
    content += String(mode, radix: 8).utf8
    content.append(UInt8(ascii: " "))
    content += UnsafeRawBufferPointer(start: name, count: length)
    content.append(0)
    content += UnsafeRawBufferPointer(start: other ?? id, count: 20)
  }
}
