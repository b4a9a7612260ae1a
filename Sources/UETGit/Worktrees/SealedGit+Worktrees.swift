import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SealedGit {
  /// Makes a locked worktree at `path`, which is absolute and not there or empty, and fills it.
  ///
  /// HEAD is detached at `commit`; with `branch`, a full name, it is attached to it, and the branch
  /// is made where it does not exist (it must stand at `commit` and be checked out nowhere). With
  /// `sparse`, only what these paths name is filled, with the files of the directories above it.
  @discardableResult
  package func addWorktree(
    at path: String, commit: ObjectID, branch: String? = nil, reason: String,
    sparse: [String]? = nil
  ) async throws(GitError) -> WorktreeHandle {
    guard path.hasPrefix("/") else { throw .invalidWorktreePath(path) }
    try await judge(commit)
    let handle = try repository.registerWorktree(at: path, commit: commit, reason: reason)
    do throws(GitError) {
      try await bringMissing(of: commit)
      let cone = try sparse.flatMap { (paths) throws(GitError) in
        try SparseCone(paths, in: commit, repository)
      }
      if try !fillPlainly(handle, with: commit, cone) {
        try await checkOut(commit, in: handle, cone)
      }
      if let branch { try await attach(branch, commit, to: handle) }
    } catch {
      try? await removeWorktree(at: handle.path, force: true)
      throw error
    }
    return handle
  }

  /// Points the worktree's HEAD at a branch that nobody else has checked out.
  private func attach(
    _ branch: String, _ commit: ObjectID, to handle: WorktreeHandle
  ) async throws(GitError) {
    guard branch.hasPrefix("refs/heads/") else { throw .invalidReferenceName(branch) }
    if let place = try await checkedOutAt(branch: branch) {
      throw .branchCheckedOut(name: branch, path: place)
    }
    switch try repository.reference(branch) {
    case nil: try repository.setReference(branch, to: commit, expecting: .zero, message: "uet")
    case commit: break
    case let found: throw .referenceMoved(name: branch, found: found)
    }
    try await check(["symbolic-ref", "-m", "uet", "HEAD", branch]) {
      $0.gitDirectory = handle.gitDirectory
    }
  }

  /// Has git fill an empty worktree and keeps a copy of the index that this leaves.
  private func checkOut(
    _ commit: ObjectID, in handle: WorktreeHandle, _ cone: SparseCone?
  ) async throws(GitError) {
    try writeSparseFiles(handle, cone)
    let arguments = ["read-tree", "-m", "-u", "--no-recurse-submodules", commit.hex]
    try await check(Self.checkoutSettings(cone) + arguments) {
      $0.gitDirectory = handle.gitDirectory
      $0.workTree = handle.path
    }
    try LeftOut.save(handle, isSparse: cone != nil)
    try SavedIndex.save(handle, of: commit)
  }

  /// A sparse checkout is said on the command line: the configuration that git would keep it in may
  /// be one that all worktrees share.
  static func checkoutSettings(_ cone: SparseCone?) -> [String] {
    ["-c", "checkout.workers=4"]
      + [
        "-c", "core.sparseCheckout=\(cone != nil)", "-c", "core.sparseCheckoutCone=\(cone != nil)",
      ]
  }

  /// All worktrees, the main one first.
  package func worktrees() async throws(GitError) -> [WorktreeEntry] {
    try repository.worktreeRecords().entries
  }

  /// The path of a worktree that has the full branch name checked out, or is in the middle of a
  /// rebase or bisection of it; nil where there is none.
  package func checkedOutAt(branch: String) async throws(GitError) -> String? {
    try await holder(of: branch)?.path
  }

  /// The worktree that holds a branch. One whose folder is gone holds nothing, unless it is locked:
  /// it may be on a disk that is not there now.
  func holder(of branch: String) async throws(GitError) -> WorktreeEntry? {
    let wanted = repository.branch(behind: branch)
    return try await worktrees().first { entry in
      if entry.isBare || entry.isPrunable { return false }
      return entry.branch == wanted || Self.isBusy(entry.gitDirectory, with: wanted)
    }
  }

  private static func isBusy(_ gitDirectory: String, with branch: String) -> Bool {
    let names = ["rebase-merge/head-name", "rebase-apply/head-name"]
    if names.contains(where: { Files.line(gitDirectory + "/" + $0) == branch }) { return true }
    if let start = Files.line(gitDirectory + "/BISECT_START"), "refs/heads/" + start == branch {
      return true
    }
    let updates = Files.content(of: gitDirectory + "/rebase-merge/update-refs") ?? []
    return updates.split(separator: UInt8(ascii: "\n")).contains { $0.elementsEqual(branch.utf8) }
  }

  /// Takes a worktree away, its lock too. Without `force`, throws `worktreeDirty` where it holds
  /// anything that is not ignored and not committed.
  package func removeWorktree(at path: String, force: Bool) async throws(GitError) {
    guard let handle = repository.worktree(at: path) else { throw .notAWorktree(path: path) }
    if !force, try await isDirty(handle) { throw .worktreeDirty(path: path) }
    try repository.unregisterWorktree(handle)
  }

  /// Moves a worktree with all that is in it; what its files say of their own place is not changed.
  package func moveWorktree(_ worktree: WorktreeHandle, to path: String) throws(GitError) {
    guard rename(worktree.path, path) == 0 else { throw .system(path) }
    memory.note(nil, in: worktree)
    try GitError.onDisk(
      Files.write(Array("\(path)/.git\n".utf8), to: worktree.gitDirectory + "/gitdir"))
  }
}
