/// A set of paths: an exact path, a directory with all below it, or a glob.
package struct ScopePattern: Hashable, Sendable {
  /// The pattern as written.
  package let text: String

  package enum Problem: Error, Hashable, Sendable {
    case empty, absolute, parentDirectory, nul, gitDirectory, unbalanced
  }

  package init(_ text: String) throws(Problem) {
    if text.isEmpty { throw .empty }
    self.text = text
  }

  /// Whether the pattern covers `path`, a `/`-separated path relative to the repository's root.
  package func matches(_ path: String) -> Bool {
    path == text || path.hasPrefix(text.hasSuffix("/") ? text : text + "/")
  }
}
