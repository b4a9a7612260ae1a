/// A file named in `run.copy`: relative, inside the work tree, never git's own.
struct LocalFile: Sendable {
  let path: String

  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard !text.isEmpty, !text.contains("\0"),
      parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && $0.lowercased() != ".git" })
    else { return nil }
    path = text
  }
}
