import UETModel

/// One line of a transaction on references.
package struct ReferenceChange: Hashable, Sendable {
  /// The full name.
  package let name: String
  /// Nil removes the reference.
  package let new: ObjectID?
  /// What it must hold: nil for whatever is there, `.zero` for nothing at all.
  package let old: ObjectID?

  package init(name: String, new: ObjectID?, old: ObjectID?) {
    (self.name, self.new, self.old) = (name, new, old)
  }
}
