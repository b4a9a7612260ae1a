import UETModel

/// Why a file is no document, and at which byte.
package struct DocumentProblem: Error, Hashable, Sendable {
  /// Stable name of the kind of problem, in snake case.
  package var code: String
  package var message: String
  package var offset: Int
  package var hint: String?
  /// The byte of what it clashes with; set where that helps to name the place.
  package var related: Int?

  package init(_ code: String, _ message: String, at offset: Int, hint: String? = nil) {
    self.code = code
    self.message = message
    self.offset = offset
    self.hint = hint
  }

  package static func tooDeep(at offset: Int) -> DocumentProblem {
    DocumentProblem(
      "too_deep", "nested more than \(Node.maximumDepth) levels deep", at: offset)
  }

  package static func duplicateKey(_ key: String, at offset: Int, firstLine: Int) -> DocumentProblem
  {
    DocumentProblem(
      "duplicate_key", "key \(key.quoted()) appears twice; the first is on line \(firstLine)",
      at: offset)
  }
}
