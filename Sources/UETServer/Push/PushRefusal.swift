import UETModel

/// Why a push is refused: what, why, and what to type instead.
package struct PushRefusal: Error, Hashable, Sendable {
  /// The full name of the reference; nil where it is about the push as a whole.
  package let reference: String?
  /// Lower case, no full stop; safe to print.
  package let message: String
  /// The next command, or whom to ask; safe to print.
  package let hint: String

  package init(_ reference: String?, _ message: String, hint: String) {
    (self.reference, self.message, self.hint) = (reference, message, hint)
  }
}
