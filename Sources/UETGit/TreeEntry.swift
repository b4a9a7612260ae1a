import UETModel

/// One line of a tree.
///
/// Git's names are bytes, so these are kept: two names that Swift's `String` takes for equal (`é`
/// composed or not) are two entries, and a name that is no UTF-8 survives being written again.
package struct TreeEntry: Hashable, Sendable {
  package let nameBytes: [UInt8]
  package let mode: FileMode
  package let id: ObjectID

  package init(name: String, mode: FileMode, id: ObjectID) {
    self.init(nameBytes: Array(name.utf8), mode: mode, id: id)
  }

  package init(nameBytes: [UInt8], mode: FileMode, id: ObjectID) {
    (self.nameBytes, self.mode, self.id) = (nameBytes, mode, id)
  }

  /// The name as text; bytes that are no UTF-8 become U+FFFD.
  package var name: String { String(decoding: nameBytes, as: UTF8.self) }
}
