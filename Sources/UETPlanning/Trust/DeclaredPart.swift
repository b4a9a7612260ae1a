import UETModel

/// One thing that a repository's files have run, or that decides on what runs and what passes.
package struct DeclaredPart: Hashable, Sendable {
  /// The file that says so, relative to the root.
  package let file: String
  /// A setting, or a workstream and what of it.
  package let name: String
  package let value: JSONValue

  package init(file: String, name: String, value: JSONValue) {
    (self.file, self.name, self.value) = (file, name, value)
  }

  /// What it is told from others by; the file it stands in does not matter.
  package var content: String { "\(name)\0\(value.encoded(.canonical))" }
}
