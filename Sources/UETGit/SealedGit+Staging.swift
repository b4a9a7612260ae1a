import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SealedGit {
  /// The tree of all that stands in the worktree, is not ignored and not below `excluding`.
  ///
  /// The worker's index is neither read nor written: a scratch index starts at `base`. Filters that
  /// the configuration declares apply; durable.
  package func stageAll(
    _ worktree: WorktreeHandle, base: ObjectID, excluding: [String] = []
  ) async throws(GitError) -> ObjectID {
    let index = StagingIndex(worktree)
    try await check(["read-tree", "-i", "-m", "--no-recurse-submodules", base.hex], index.options)
    let listed = try await check(
      ["ls-files", "-z", "-t", "-o", "-m", "-d", "--exclude-standard"], index.options)
    guard var changes = WorktreeChanges(listing: listed.stdout) else {
      throw .unexpectedOutput(command: "git ls-files")
    }
    changes.drop(excluding)
    if changes.isEmpty { return try repository.treeID(of: base) }
    if !changes.removed.isEmpty {
      try await check(["update-index", "--force-remove", "-z", "--stdin"]) {
        index.options(&$0)
        $0.input = changes.removed.flatMap { $0 + [0] }
      }
    }
    let written = try changes.written(in: worktree)
    if !written.isEmpty {
      try await check(["update-index", "--add", "--remove", "--replace", "-z", "--stdin"]) {
        index.options(&$0)
        $0.input = written.flatMap { $0 + [0] }
      }
    }
    let output = try await check(["write-tree"], index.options)
    guard let tree = ObjectID(output.text.prefix(40)) else {
      throw .unexpectedOutput(command: "git write-tree")
    }
    return tree
  }

  /// Commits all that `stageAll` finds, on top of the worker's own commits where HEAD descends from
  /// `base`, else on `base`; moves no reference. Nil where nothing changed.
  package func commitAll(
    _ worktree: WorktreeHandle, base: ObjectID, message: String, author: Signature,
    committer: Signature, excluding: [String] = []
  ) async throws(GitError) -> WorktreeCommit? {
    let head = try repository.head(of: worktree) ?? base
    let isOnTop = head != base && repository.contains(head)
    let hasOwnCommits = isOnTop ? try repository.isAncestor(base, of: head) : false
    let parent = hasOwnCommits ? head : base
    let tree = try await stageAll(worktree, base: parent, excluding: excluding)
    if try tree == repository.treeID(of: parent) {
      guard hasOwnCommits else { return nil }
      return WorktreeCommit(base: base, tip: parent, tree: tree, hasOwnCommits: true)
    }
    let tip = try repository.writeCommit(
      tree: tree, parents: [parent], message: message, author: author, committer: committer)
    return WorktreeCommit(base: base, tip: tip, tree: tree, hasOwnCommits: hasOwnCommits)
  }

  /// Whether the worktree holds anything that is neither ignored nor in its HEAD.
  package func isDirty(_ worktree: WorktreeHandle) async throws(GitError) -> Bool {
    guard FilePaths.isDirectory(worktree.path) else { return false }
    guard let head = try repository.head(of: worktree) else { return true }
    return try await stageAll(worktree, base: head) != repository.treeID(of: head)
  }

  /// Whether the user's own checkout has changes; its index is only read.
  package func isDirty() async throws(GitError) -> Bool {
    guard let workTree = repository.workTree else { return false }
    let output = try await check(["status", "--porcelain", "-z", "--ignore-submodules=dirty"]) {
      $0.gitDirectory = repository.gitDirectory
      $0.workTree = workTree
    }
    return !output.stdout.isEmpty
  }
}

/// A copy of the worktree's index as it was after the checkout, for one staging.
///
/// The copy keeps its modification time: git tells by it which files it must read again.
private final class StagingIndex: Sendable {
  private let path: String
  private let worktree: WorktreeHandle

  init(_ worktree: WorktreeHandle) {
    self.worktree = worktree
    path = worktree.gitDirectory + "/index.uet.\(UInt64.random(in: 0 ... .max))"
    // Without the copy git reads every file, which is slower and gives the same.
    try? FilePaths.copy(worktree.savedIndex, to: path)
  }

  deinit {
    unlink(path)
    unlink(path + ".lock")
  }

  func options(_ options: inout SealedGit.Options) {
    options.gitDirectory = worktree.gitDirectory
    options.workTree = worktree.path
    options.environment["GIT_INDEX_FILE"] = path
    options.isDurable = true
  }
}
