import UETModel

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
  /// A worktree whose folder is gone, or has become somebody else's, holds no branch, unless it is locked:
  /// then it may come back.
  package func checkout(of branch: String) async throws(GitError) -> Checkout? {
    for (position, entry) in try await worktrees().enumerated() {
      guard let checkout = self.checkout(entry, isMain: position == 0) else { continue }
      let isHere = entry.branch == branch && !entry.isBare
      if isHere || Self.isBusy(checkout.gitDirectory, with: branch) { return checkout }
    }
    return nil
  }

  /// The path of a worktree that has the full branch name checked out, or is in the middle of a
  /// rebase or bisection of it; nil where there is none.
  package func checkedOutAt(branch: String) async throws(GitError) -> String? {
    try await checkout(of: branch)?.path
  }

  /// What git has on its list, as a place where a branch may be; nil for one that is gone.
  private func checkout(_ entry: WorktreeEntry, isMain: Bool) -> Checkout? {
    if isMain {
      // git guesses where the files are from where the repository is.
      let isHere = repository.gitDirectory == repository.commonDirectory
      let path = isHere ? repository.workTree ?? entry.path : entry.path
      return Checkout(
        path: path, gitDirectory: repository.commonDirectory, branch: entry.branch,
        isThere: true, lock: nil)
    }
    guard let handle = repository.worktree(at: entry.path) else { return nil }
    let isThere = handle.isLinkedBack
    if !isThere, entry.lock == nil { return nil }
    return Checkout(
      path: entry.path, gitDirectory: handle.gitDirectory, branch: entry.branch,
      isThere: isThere, lock: entry.lock)
  }

  private static func isBusy(_ gitDirectory: String, with branch: String) -> Bool {
    let names = ["rebase-merge/head-name", "rebase-apply/head-name"]
    if names.contains(where: { FilePaths.line(gitDirectory + "/" + $0) == branch }) { return true }
    if let start = FilePaths.line(gitDirectory + "/BISECT_START"), "refs/heads/" + start == branch {
      return true
    }
    let updates = FilePaths.read(gitDirectory + "/rebase-merge/update-refs") ?? []
    return updates.split(separator: UInt8(ascii: "\n")).contains { $0.elementsEqual(branch.utf8) }
  }

  /// Why the checkout must not be moved from one commit to another by a program; nil where it may.
  package func obstacle(
    in checkout: Checkout, branch: String
  ) async throws(GitError) -> String? {
    for (file, work) in Self.unfinished
    where FilePaths.isFile(checkout.gitDirectory + "/" + file)
      || FilePaths.isDirectory(checkout.gitDirectory + "/" + file)
    {
      return "a \(work) is under way there"
    }
    if checkout.branch != branch { return "it is not plainly checked out there" }
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
    let place = place(checkout)
    _ = try await run(["update-index", "-q", "--refresh"], place)
    let staged = try await run(["diff-index", "--cached", "--quiet", commit.hex], place)
    guard staged.status == 0 else { return false }
    return try await run(["diff-files", "--quiet", "--ignore-submodules=dirty"], place).status == 0
  }

  /// Makes the index and the files those of another commit, as a fast-forward does; nothing that was
  /// changed or is not tracked is overwritten. HEAD and the branch stay.
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
