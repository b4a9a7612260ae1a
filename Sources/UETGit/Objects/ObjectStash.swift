import CLibgit2
import Synchronization
import UETModel
import UETSystem

/// New trees and commits that are in memory alone until they are settled: then as one pack, synced
/// once, instead of a synced file for each.
///
/// Reading looks here first and then into the repository, so a chain of merges can be made on top
/// of commits that no disk has seen.
package final class ObjectStash: ObjectWriting, Sendable {
  let repository: Repository
  private let inside = Mutex(Inside())

  private struct Inside: Sendable {
    var pack = PackFile()
    var objects: [ObjectID: Object] = [:]
    /// Written as loose files as well, for others to read, and not synced.
    var spilled: [ObjectID: String] = [:]
    /// Packs that were settled and are kept from a collection until `release`.
    var keeps: [String] = []
  }

  private struct Object: Sendable {
    let kind: ObjectKind
    let content: [UInt8]
  }

  package init(_ repository: Repository) { self.repository = repository }

  /// Bytes of the pack so far.
  var size: Int { inside.withLock { $0.pack.size } }

  package func holds(_ id: ObjectID) -> Bool { inside.withLock { $0.objects[id] != nil } }

  /// Takes an object in; `near` names one that it is likely to resemble.
  func write(
    _ content: [UInt8], _ kind: ObjectKind, near: ObjectID? = nil
  ) throws(GitError) -> ObjectID {
    let id = Repository.hash(content, kind)
    inside.withLock { inside in
      guard inside.objects[id] == nil else { return }
      let twin = near.flatMap { id in inside.objects[id].map { (id, $0.content) } }
      inside.pack.add(id, kind, content, like: twin)
      inside.objects[id] = Object(kind: kind, content: content)
    }
    return id
  }

  func content(_ id: ObjectID) -> [UInt8]? { inside.withLock { $0.objects[id]?.content } }

  func tree(
    _ id: ObjectID, _ handle: borrowing RepositoryHandle
  ) throws(GitError) -> RawTree {
    if let content = content(id) { return RawTree(copying: content) }
    return try RawTree(id, in: handle.objects)
  }

  /// The tree of a commit, or the tree itself.
  package func treeID(of id: ObjectID) throws(GitError) -> ObjectID {
    let object = inside.withLock { $0.objects[id] }
    guard let object else { return try repository.treeID(of: id) }
    switch object.kind {
    case .commit:
      // "tree " and forty digits begin every commit.
      guard let tree = ObjectID(hexadecimal: object.content.dropFirst(5).prefix(40)) else {
        throw .corruptObject(id, detail: "no tree")
      }
      return tree
    case .tree: return id
    case .blob: throw .wrongKind(id, expected: "tree")
    }
  }

  package func writeBlob(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
    try write(bytes, .blob)
  }

  /// Takes a tree in; what it names must be here or in the repository.
  package func writeTree(_ entries: [TreeEntry]) throws(GitError) -> ObjectID {
    try write(Repository.treeContent(entries), .tree)
  }

  /// Takes a commit in; its parents and tree must be here or in the repository.
  package func writeCommit(
    tree: ObjectID, parents: [ObjectID], message: String, author: Signature, committer: Signature
  ) throws(GitError) -> ObjectID {
    let text = try Repository.commitText(
      tree: tree, parents: parents, message: message, author: author, committer: committer)
    return try write(text, .commit)
  }

  /// Writes what is here as loose objects, for git to read: not synced, since `settle` is still to
  /// come.
  func spill() throws(GitError) {
    let fresh = inside.withLock { inside in
      inside.objects.filter { inside.spilled[$0.key] == nil }
    }
    for (id, object) in fresh {
      let file = LooseObject(id, in: repository.commonDirectory)
      let isNew = try file.writeUnsynced(object.kind, object.content)
      inside.withLock { $0.spilled[id] = isNew ? file.path : "" }
    }
  }

  /// Writes once more what was taken away since.
  func spillAgain() throws(GitError) {
    inside.withLock { inside in
      inside.spilled = inside.spilled.filter { !$0.value.isEmpty && Files.exists($0.value) }
    }
    try spill()
  }

  /// Writes what is here the ordinary way, object by object, as durably as the process writes.
  func writeThrough() throws(GitError) {
    let objects = inside.withLock { $0.objects.values.map(\.self) }
    for object in objects {
      _ = try repository.write(object.content, as: object.kind.libgit2)
    }
    inside.withLock { $0 = Inside() }
  }
}

extension ObjectStash {
  /// Writes what is here durably: few objects as a file each, many as a pack, as `settle` does.
  package func store() throws(GitError) {
    let count = inside.withLock { $0.objects.count }
    if count > ObjectBatch.few { try settle() } else { try writeThrough() }
  }

  /// Writes what is here as one pack and returns when it is on the disk.
  ///
  /// Until `release` no collection takes the pack's objects, though no reference leads to them yet.
  package func settle() throws(GitError) {
    let (pack, spilled) = inside.withLock { ($0.pack, $0.spilled) }
    if pack.count == 0 { return }
    let keep = try PackFolder(repository).write(pack)
    inside.withLock { inside in
      inside.keeps.append(keep)
      // What came meanwhile stays for the next time.
      let late = inside.objects.filter { !pack.contains($0.key) }
      inside.pack = PackFile()
      inside.spilled = [:]
      inside.objects = late
      for (id, object) in late { inside.pack.add(id, object.kind, object.content) }
    }
    for path in spilled.values where !path.isEmpty { try? Files.remove(path) }
  }

  /// Lets collections have what was settled: references lead to it now.
  package func release() {
    let keeps = inside.withLock { inside in
      defer { inside.keeps = [] }
      return inside.keeps
    }
    for keep in keeps { PackFolder.remove(keep) }
  }
}

extension ObjectKind {
  var libgit2: git_object_t {
    switch self {
    case .commit: GIT_OBJECT_COMMIT
    case .tree: GIT_OBJECT_TREE
    case .blob: GIT_OBJECT_BLOB
    }
  }
}

extension Repository {
  /// The name of an object of these bytes.
  static func hash(_ content: [UInt8], _ kind: ObjectKind) -> ObjectID {
    Libgit2.start()
    var oid = git_oid()
    content.withUnsafeBytes { buffer in
      _ = git_odb_hash(&oid, buffer.baseAddress, buffer.count, kind.libgit2)
    }
    return ObjectID(oid)
  }
}
