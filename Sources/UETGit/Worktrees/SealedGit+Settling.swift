import UETModel
import UETSystem

extension SealedGit {
  /// Points the worktree's HEAD and index at `commit`, whose tree is what stands there, so that who
  /// opens it to review sees a clean checkout of the result.
  package func settle(_ worktree: WorktreeHandle, at commit: ObjectID) async throws(GitError) {
    if let record = record(of: worktree),
      try record.tree == repository.treeID(of: commit)
    {
      try GitError.onDisk(
        Files.write(IndexFile.bytes(record.entries), to: worktree.gitDirectory + "/index"))
      return try GitError.onDisk(
        Files.write(Array("\(commit.hex)\n".utf8), to: worktree.gitDirectory + "/HEAD"))
    }
    let place: (inout Options) -> Void = { options in
      options.gitDirectory = worktree.gitDirectory
      options.workTree = worktree.path
    }
    try await check(["update-ref", "--no-deref", "HEAD", commit.hex], place)
    try await check(["read-tree", "-m", "--no-recurse-submodules", commit.hex], place)
    _ = try await run(["update-index", "-q", "--refresh"], place)
  }

  /// Points the worktree's HEAD and index at `commit`, whatever stands there and in its index, so
  /// that neither leads to anything else.
  package func leave(_ worktree: WorktreeHandle, at commit: ObjectID) async throws(GitError) {
    CheckoutRecord.discard(worktree)
    let place: (inout Options) -> Void = { options in
      options.gitDirectory = worktree.gitDirectory
      options.workTree = worktree.path
    }
    try await check(["update-ref", "--no-deref", "HEAD", commit.hex], place)
    try await check(["read-tree", "--no-recurse-submodules", commit.hex], place)
  }

  /// Brings what `commit` changed since `base`, which the worktree is a clean checkout of, into its
  /// files and its index; HEAD stays.
  package func stage(
    _ commit: ObjectID, onto base: ObjectID, in worktree: WorktreeHandle, isSparse: Bool
  ) async throws(GitError) {
    try await bringMissing(of: commit)
    try await judge(commit)
    CheckoutRecord.discard(worktree)
    let place: (inout Options) -> Void = { options in
      options.gitDirectory = worktree.gitDirectory
      options.workTree = worktree.path
    }
    let settings = [
      "-c", "core.sparseCheckout=\(isSparse)", "-c", "core.sparseCheckoutCone=\(isSparse)",
    ]
    _ = try await run(settings + ["update-index", "-q", "--refresh"], place)
    try await check(
      settings + ["read-tree", "-m", "-u", "--no-recurse-submodules", base.hex, commit.hex], place)
  }

  /// Makes the worktree a clean checkout of `commit`: nothing that was changed, added or ignored
  /// there stays.
  package func reset(_ worktree: WorktreeHandle, to commit: ObjectID) async throws(GitError) {
    try await bringMissing(of: commit)
    try await judge(commit)
    if try switchPlainly(worktree, to: commit, nil, keeping: []) { return }
    CheckoutRecord.discard(worktree)
    let place: (inout Options) -> Void = { options in
      options.gitDirectory = worktree.gitDirectory
      options.workTree = worktree.path
    }
    try await check(["update-ref", "--no-deref", "HEAD", commit.hex], place)
    try await check(["read-tree", "--reset", "-u", "--no-recurse-submodules", commit.hex], place)
    try await check(["clean", "-ffdxq"], place)
  }
}
