import Synchronization
import UETModel

/// The trees that were found to be in order, by their names: nothing of them is read again.
final class JudgedTrees: Sendable {
  /// How far a tree reaches below itself.
  struct Extent: Hashable, Sendable {
    var files: Int32 = 0
    /// Bytes of its longest path.
    var length: UInt16 = 0
    var depth: UInt16 = 0
  }

  private let extents = Mutex<[ObjectID: Extent]>([:])
  private static let limit = 1_000_000

  subscript(tree: ObjectID) -> Extent? { extents.withLock { $0[tree] } }

  func note(_ tree: ObjectID, _ extent: Extent) {
    extents.withLock { extents in
      if extents.count >= Self.limit { extents.removeAll() }
      extents[tree] = extent
    }
  }
}
