import UETModel

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
  /// `sparse`, only these directories are filled. The short registration is done by one at a time,
  /// over all processes; the checkout runs beside others.
  @discardableResult
  package func addWorktree(
    at path: String, commit: ObjectID, branch: String? = nil, reason: String,
    sparse: [String]? = nil
  ) async throws(GitError) -> WorktreeHandle {
    guard path.hasPrefix("/") else { throw .invalidWorktreePath(path) }
    let handle = try await oneAtATime { () async throws(GitError) in
      try await register(path, commit, branch, reason: reason)
    }
    do throws(GitError) {
      if let sparse {
        try await oneAtATime { () async throws(GitError) in try await makeSparse(handle, sparse) }
      }
      try await checkOut(commit, in: handle)
    } catch {
      try? await removeWorktree(at: handle.path, force: true)
      throw error
    }
    return handle
  }

  private func register(
    _ path: String, _ commit: ObjectID, _ branch: String?, reason: String
  ) async throws(GitError) -> WorktreeHandle {
    let arguments = [
      "worktree", "add", "--no-checkout", "--detach", "--lock", "--reason",
      reason.isEmpty ? "git-uet" : reason, "--", path, commit.hex,
    ]
    try await addPatiently(arguments)
    guard let handle = repository.worktree(at: path) else { throw .notAWorktree(path: path) }
    guard let branch else { return handle }
    do throws(GitError) {
      try await attach(branch, commit, to: handle)
    } catch {
      try? await remove(handle)
      throw error
    }
    return handle
  }

  /// Adds the worktree, again where another program that knows nothing of our lock was in the way.
  private func addPatiently(_ arguments: [String]) async throws(GitError) {
    for attempt in 1... {
      let output = try await run(arguments)
      if output.status == 0 { return }
      let isTransient =
        output.stderr.contains("commondir") || output.stderr.contains("could not lock config file")
      if !isTransient || attempt == 5 { throw Self.failure(arguments, output) }
    }
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

  private func makeSparse(
    _ handle: WorktreeHandle, _ directories: [String]
  ) async throws(GitError) {
    let input = directories.map { $0 + "\n" }.joined()
    if directories.contains(where: { $0.utf8.contains(UInt8(ascii: "\n")) }) {
      throw .invalidArgument(directories.joined(separator: " "))
    }
    try await check(["sparse-checkout", "set", "--cone", "--no-sparse-index", "--stdin"]) {
      $0.gitDirectory = handle.gitDirectory
      $0.workTree = handle.path
      $0.input = Array(input.utf8)
    }
  }

  /// Fills an empty worktree and keeps a copy of the index that this leaves.
  private func checkOut(_ commit: ObjectID, in handle: WorktreeHandle) async throws(GitError) {
    try await check([
      "-c", "checkout.workers=4", "read-tree", "-m", "-u", "--no-recurse-submodules", commit.hex,
    ]) {
      $0.gitDirectory = handle.gitDirectory
      $0.workTree = handle.path
    }
    try SavedIndex.save(handle, of: commit)
  }

  /// Runs `body` while no other task or process changes the list of worktrees: parallel
  /// registrations read each other's half-made files.
  private func oneAtATime<R>(_ body: () async throws(GitError) -> R) async throws(GitError) -> R {
    let folder = repository.commonDirectory + "/uet"
    mkdir(folder, 0o755)
    let lock = try await FileLock(at: folder + "/worktrees.lock", seconds: 60)
    do throws(GitError) {
      let result = try await body()
      lock.release()
      return result
    } catch {
      lock.release()
      throw error
    }
  }

  /// All worktrees, the main one first.
  package func worktrees() async throws(GitError) -> [WorktreeEntry] {
    WorktreeEntry.parse(try await check(["worktree", "list", "--porcelain", "-z"]).stdout)
  }

  /// The path of a worktree that has the full branch name checked out, or is in the middle of a
  /// rebase or bisection of it; nil where there is none.
  package func checkedOutAt(branch: String) async throws(GitError) -> String? {
    for entry in try await worktrees() {
      if entry.branch == branch && !entry.isBare { return entry.path }
      let isMain = !FilePaths.isFile(entry.path + "/.git")
      let directory = isMain ? nil : repository.worktree(at: entry.path)?.gitDirectory
      if Self.isBusy(directory ?? repository.commonDirectory, with: branch) { return entry.path }
    }
    return nil
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

  /// Takes a worktree away, its lock too. Without `force`, throws `worktreeDirty` where it holds
  /// anything that is not ignored and not committed.
  package func removeWorktree(at path: String, force: Bool) async throws(GitError) {
    guard let handle = repository.worktree(at: path) else { throw .notAWorktree(path: path) }
    if !force, try await isDirty(handle) { throw .worktreeDirty(path: path) }
    try await oneAtATime { () async throws(GitError) in try await remove(handle) }
  }

  /// git's own removal reads the worktree's `.git` file, and without force runs `git status` there;
  /// so the file is written anew first, and the directory made such that it can go.
  private func remove(_ handle: WorktreeHandle) async throws(GitError) {
    if FilePaths.isDirectory(handle.path) {
      FilePaths.removeAll(handle.path + "/.git")
      try FilePaths.write(
        Array("gitdir: \(handle.gitDirectory)\n".utf8), to: handle.path + "/.git")
      FilePaths.makeRemovable(handle.path)
    }
    try await check(["worktree", "remove", "--force", "--force", "--", handle.path])
  }
}
