import UETModel

/// A path that an item names, looked up in the repository.
package struct PlacedPath: Hashable, Sendable {
  package enum Standing: String, CaseIterable, Hashable, Sendable {
    /// It is there.
    case exists
    /// It was there once.
    case existed
    /// It is the end of one longer path, which is meant.
    case suffix
    /// It is the end of several: all of them are covered until a person says which is meant.
    case several
    /// It is not there, and its folder is.
    case new
    /// Neither is there.
    case unknown
  }

  package let named: NamedPath
  package let standing: Standing
  /// What the scope gets for it; nil where nothing can be said.
  package let pattern: String?
  /// Whether it need not be there yet.
  package let isCreated: Bool
  /// How many files of the repository it may mean.
  package let candidates: Int

  /// nil for a word that is a path only if the repository had such a one.
  ///
  /// - Parameter others: Longer paths that the same list names, by their last part.
  init?(_ named: NamedPath, in paths: RepositoryPaths, others: [Substring: Set<String>]) {
    self.named = named
    let text = named.text
    let isFolder = text.hasSuffix("/")
    let plain = isFolder ? String(text.dropLast()) : text
    var (standing, pattern, isCreated, count) = (Standing.unknown, text, true, 1)
    if text.contains("*") || text.contains("?") {
      // What stands before the first sign of a glob says where it looks.
      let head = text.prefix { $0 != "*" && $0 != "?" && $0 != "[" }
      let folder = head.lastIndex(of: "/").map { String(head[..<$0]) } ?? ""
      let isThere = folder.isEmpty || paths.isFolder(folder)
      (standing, isCreated) = (isThere ? .exists : .unknown, !isThere)
    } else if paths.isFile(plain) || paths.isFolder(plain) {
      (standing, isCreated) = (.exists, false)
    } else if paths.wasThere(plain) {
      standing = .existed
    } else {
      let endings = isFolder ? [] : paths.endings(text)
      let meant = endings.isEmpty ? Self.meant(text, others) : endings
      count = max(1, meant.count)
      if meant.count == 1, let only = meant.first {
        (standing, pattern, isCreated) = (.suffix, only, !paths.isFile(only))
      } else if meant.count > 1 {
        (standing, pattern, isCreated) = (.several, "**/" + text, endings.isEmpty)
      } else if paths.hasFolder(of: text) {
        standing = text.contains("/") || text.hasPrefix(".") ? .new : .unknown
      }
    }
    if named.needsProof, standing == .unknown || standing == .new { return nil }
    self.standing = standing
    self.isCreated = isCreated
    candidates = count
    // A bare name that nothing is known of may be anywhere.
    let isPlaced =
      standing != .unknown || text.contains("/") || named.kind == .declared
    self.pattern = isPlaced ? Self.valid(pattern) : nil
  }

  /// Paths of the same list that a bare name is the end of.
  private static func meant(_ text: String, _ others: [Substring: Set<String>]) -> [String] {
    let name = text.split(separator: "/").last ?? text[...]
    return (others[name] ?? []).filter { $0.hasSuffix("/" + text) }.sorted()
  }

  private static func valid(_ text: String) -> String? {
    if (try? ScopePattern(text)) != nil { return text }
    let quoted = ScopePattern.quoted(text)
    return (try? ScopePattern(quoted)) == nil ? nil : quoted
  }
}
