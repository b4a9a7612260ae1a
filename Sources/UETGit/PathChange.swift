import UETModel

/// One path that differs between two trees; a rename is a removal and an addition.
package struct PathChange: Hashable, Sendable {
  /// What stands at the path on one side.
  package struct Side: Hashable, Sendable {
    package let mode: FileMode
    package let id: ObjectID

    package init(mode: FileMode, id: ObjectID) { (self.mode, self.id) = (mode, id) }
  }

  /// Relative to the repository's root, `/`-separated, as the bytes that git stores.
  package let pathBytes: [UInt8]
  /// Nil where the path is new.
  package let old: Side?
  /// Nil where the path is gone.
  package let new: Side?

  package init(pathBytes: [UInt8], old: Side?, new: Side?) {
    (self.pathBytes, self.old, self.new) = (pathBytes, old, new)
  }

  /// The path as text; bytes that are no UTF-8 become U+FFFD.
  package var path: String { String(decoding: pathBytes, as: UTF8.self) }
}
