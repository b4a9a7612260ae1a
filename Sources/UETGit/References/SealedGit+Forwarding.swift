import UETModel
import UETSystem

extension SealedGit {
  /// A checkout of a branch: the main one or a linked worktree.
  package struct Checkout: Hashable, Sendable {
    package let path: String
    let gitDirectory: String
    /// The full name of the branch; nil where HEAD is detached.
    package let branch: String?
    /// Whether its folder is there.
    package let isThere: Bool
    /// Why it is locked; nil where it is not.
    package let lock: String?
  }

  /// The checkout that stands in the way of moving a branch; nil where there is none.
  ///
  /// A worktree whose folder is gone, or has become somebody else's, holds no branch, unless it is
  /// locked: then it may come back.
  package func checkout(of branch: String) async throws(GitError) -> Checkout? {
    guard let entry = try await holder(of: branch) else { return nil }
    let isThere = entry.isMain || repository.worktree(at: entry.path)?.isLinkedBack ?? false
    return Checkout(
      path: entry.path, gitDirectory: entry.gitDirectory, branch: entry.branch, isThere: isThere,
      lock: entry.lock)
  }

  /// Why the checkout must not be moved from one commit to another by a program; nil where it may.
  package func obstacle(
    in checkout: Checkout, branch: String
  ) async throws(GitError) -> String? {
    for (file, work) in Self.unfinished
    where Files.isFile(checkout.gitDirectory + "/" + file)
      || Files.isDirectory(checkout.gitDirectory + "/" + file)
    {
      return "a \(work) is under way there"
    }
    guard Files.isDirectory(checkout.path) else { return "its folder is not there" }
    // Of the main checkout of a separate git directory only git's own directory may be known.
    if checkout.path == checkout.gitDirectory { return "its folder is not known from here" }
    if checkout.branch != repository.branch(behind: branch) {
      return "it is not plainly checked out there"
    }
    let status = try await check(
      ["status", "--porcelain", "-z", "--untracked-files=no", "--ignore-submodules=dirty"],
      place(checkout))
    let changed = status.stdout.split(separator: 0)
    guard let first = changed.first else { return nil }
    let name = String(decoding: first.dropFirst(3), as: UTF8.self)
    return "it has uncommitted changes in '\(name)'" + changed.more(than: 1)
  }

  private static let unfinished = [
    ("MERGE_HEAD", "merge"), ("CHERRY_PICK_HEAD", "cherry-pick"), ("REVERT_HEAD", "revert"),
    ("rebase-merge", "rebase"), ("rebase-apply", "rebase"), ("BISECT_LOG", "bisection"),
    ("sequencer", "sequence of picks"),
  ]

  /// Whether the index and the files are those of a commit, whatever HEAD says.
  package func shows(_ commit: ObjectID, in checkout: Checkout) async throws(GitError) -> Bool {
    guard Files.isDirectory(checkout.path) else { return false }
    let place = place(checkout)
    _ = try await run(["update-index", "-q", "--refresh"], place)
    let staged = try await run(["diff-index", "--cached", "--quiet", commit.hex], place)
    guard staged.status == 0 else { return false }
    return try await run(["diff-files", "--quiet", "--ignore-submodules=dirty"], place).status == 0
  }

  /// Makes the index and the files those of another commit, as a fast-forward does; nothing that
  /// was changed or is not tracked is overwritten. HEAD and the branch stay.
  package func forward(
    _ checkout: Checkout, from old: ObjectID, to new: ObjectID
  ) async throws(GitError) {
    try await check(
      ["read-tree", "-m", "-u", "--no-recurse-submodules", old.hex, new.hex], place(checkout))
  }

  private func place(_ checkout: Checkout) -> (inout Options) -> Void {
    { options in
      options.gitDirectory = checkout.gitDirectory
      options.workTree = checkout.path
    }
  }
}
