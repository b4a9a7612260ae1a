import UETSystem

/// What a sparse checkout that git made leaves out, kept in the worktree's administrative
/// directory.
///
/// The index would say it, but that is the worker's; and a commit of the worker's has all of it,
/// though none of it is on the disk.
struct LeftOut {
  let paths: [[UInt8]]

  private static let name = "/uet-left-out"

  init(of worktree: WorktreeHandle) {
    let bytes = Files.content(of: worktree.gitDirectory + Self.name) ?? []
    paths = bytes.split(separator: 0).map(Array.init)
  }

  /// Takes down what the index of a checkout that was just made leaves out.
  static func save(_ worktree: WorktreeHandle, isSparse: Bool) throws(GitError) {
    let path = worktree.gitDirectory + name
    try? Files.remove(path)
    guard isSparse else { return }
    let index = worktree.gitDirectory + "/index"
    guard let bytes = Files.content(of: index), let entries = IndexFile.entries(bytes) else {
      throw .unexpectedOutput(command: "git read-tree")
    }
    try GitError.onDisk(
      Files.write(entries.filter(\.isSkipped).flatMap { $0.path + [0] }, to: path))
  }
}
