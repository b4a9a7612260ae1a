import Synchronization
import UETModel

/// A tree cut down to what a list of patterns covers: the tree that git would write of the covered
/// entries alone.
///
/// Two trees have the same cut when each covered path is the same in both: its mode and its object,
/// be it a file, a link or a submodule. `.gitattributes` and `.gitmodules` beside or above
/// something covered count as well, for they decide what a checkout of it holds. Where nothing is
/// covered it is the empty tree.
package final class TreeCut: Sendable {
  private let walk: PatternWalk
  private let known = Mutex<[Place: ObjectID?]>([:])

  private struct Place: Hashable {
    let tree: ObjectID
    let standing: PatternWalk.Standing
  }

  private static let limit = 500_000
  private static let deepest = 4096
  private static let companions = [".gitattributes", ".gitmodules"].map { Array($0.utf8) }

  package init(_ patterns: [ScopePattern]) { walk = PatternWalk(patterns) }

  /// The cut's id; `tree` is a tree, and `stash` where it may be that no disk has seen yet.
  ///
  /// Costs what was not seen before: a folder that is covered as a whole, or not at all, is not
  /// opened, and what was found of any other is kept.
  package func id(
    of tree: ObjectID, in repository: Repository, _ stash: ObjectStash? = nil
  ) throws(GitError) -> ObjectID {
    switch walk.root {
    case .covered: return tree
    case .none: return Self.empty
    case .open(let standing):
      let found = try repository.locked { (handle) throws(GitError) in
        try cut(Place(tree: tree, standing: standing), 0, handle, stash)
      }
      return found ?? Self.empty
    }
  }

  private static let empty = Repository.hash([], .tree)

  /// nil where nothing is covered.
  private func cut(
    _ place: Place, _ depth: Int, _ handle: borrowing RepositoryHandle, _ stash: ObjectStash?
  ) throws(GitError) -> ObjectID? {
    if let known = known.withLock({ $0[place] }) { return known }
    if depth > Self.deepest {
      throw .corruptObject(place.tree, detail: "its folders are nested too deeply")
    }
    let tree =
      if let stash { try stash.tree(place.tree, handle) } else {
        try RawTree(place.tree, in: handle.objects)
      }
    var content: [UInt8] = []
    var isEmpty = true
    var offset = 0
    while let entry = try tree.entry(at: offset) {
      offset += entry.size
      switch walk.step(place.standing, entry.scalars) {
      case .covered:
        entry.append(to: &content)
        isEmpty = false
      case .open(let standing) where entry.isTree:
        let below = try cut(
          Place(tree: entry.id, standing: standing), depth + 1, handle, stash)
        guard let below else { break }
        entry.append(to: &content, id: below)
        isEmpty = false
      case .open, .none:
        if Self.companions.contains(where: { entry.name.elementsEqual($0) }) {
          entry.append(to: &content)
        }
      }
    }
    let id = isEmpty ? nil : Repository.hash(content, .tree)
    known.withLock { known in
      if known.count >= Self.limit { known.removeAll() }
      known[place] = .some(id)
    }
    return id
  }
}

extension RawTreeEntry {
  /// The name's Unicode scalars; bytes that are no UTF-8 become U+FFFD.
  fileprivate var scalars: [UInt32] {
    if name.allSatisfy({ $0 < 0x80 }) { return name.map(UInt32.init) }
    return String(decoding: name, as: UTF8.self).unicodeScalars.map(\.value)
  }
}
