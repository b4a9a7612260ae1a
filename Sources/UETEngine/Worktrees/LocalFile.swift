import UETSystem

/// A path named in `run.copy` or `run.caches`: relative, inside the work tree, never git's own.
struct LocalFile: Sendable {
  let path: String

  init?(_ text: String) {
    let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
    let parts = trimmed.split(separator: "/", omittingEmptySubsequences: false)
    guard !trimmed.isEmpty, !trimmed.contains("\0"),
      parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && $0.lowercased() != ".git" })
    else { return nil }
    path = trimmed
  }

  /// Whether no link or file stands in the way to it, which would lead out of the worktree.
  func isReached(in root: String) -> Bool {
    var place = root
    for part in path.split(separator: "/").dropLast() {
      place += "/" + part
      if let kind = Files.kind(place), kind != .directory { return false }
    }
    return true
  }
}
