import UETModel

/// New blobs and trees that are written together: few as a file each, many as one pack, which is
/// synced once.
package struct ObjectBatch: Sendable {
  /// A pack takes as many syncs as two files, and is one more for every reader to look through.
  static let few = 16

  private var first: [(id: ObjectID, object: NewObject)] = []
  private var pack = PackFile()

  package init() {}

  package mutating func addBlob(_ bytes: [UInt8]) -> ObjectID {
    add(NewObject(kind: .blob, content: bytes))
  }

  /// The caller knows that every object is there, or here, and gives no name twice.
  package mutating func addTree(_ entries: [TreeEntry]) throws(GitError) -> ObjectID {
    add(NewObject(kind: .tree, content: try Repository.treeContent(entries)))
  }

  private mutating func add(_ object: NewObject) -> ObjectID {
    let id = Repository.hash(object.content, object.kind)
    if pack.count > 0 {
      pack.add(id, object.kind, object.content)
    } else if !first.contains(where: { $0.id == id }) {
      first.append((id, object))
      if first.count > Self.few {
        for (id, object) in first { pack.add(id, object.kind, object.content) }
        first = []
      }
    }
    return id
  }

  /// What is to be written.
  package enum Content: Sendable {
    case few([NewObject])
    case pack(NewPack)
  }

  package var content: Content {
    pack.count > 0 ? .pack(NewPack(pack)) : .few(first.map(\.object))
  }
}

/// An object that is not in the repository yet.
package struct NewObject: Sendable {
  let kind: ObjectKind
  let content: [UInt8]
}

/// A pack that is not in the repository yet.
package struct NewPack: Sendable {
  /// Without an ending.
  package let name: String
  let content: [UInt8]
  let index: [UInt8]

  init(_ file: PackFile) { (content, index, name) = file.finished() }
}

extension Repository {
  package func writeLoose(_ object: NewObject) throws(GitError) -> Loose {
    try writeLoose(object.content, object.kind)
  }

  /// Writes and syncs a pack with its index. First comes its mark, `NAME.keep` with the given text:
  /// until the caller removes that, no collection takes the pack.
  package func write(_ pack: NewPack, mark: String) throws(GitError) {
    _ = try PackFolder(self).write(pack, mark: mark)
  }
}
