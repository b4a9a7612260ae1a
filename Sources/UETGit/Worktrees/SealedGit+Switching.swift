import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SealedGit {
  /// Makes a worktree that was used before look as if it had just been added at `commit`.
  ///
  /// Everything in it goes but what `commit` holds and what stands below `keeping`, such as
  /// declared caches: whoever calls has committed or salvaged the rest. Only files that differ are
  /// written, which is many times faster than a new worktree. Nothing that the last worker left,
  /// its `.git` file, index or HEAD, is trusted; only of `known` it is known what stands there. Cut
  /// short at any point, it is done again in full.
  package func switchWorktree(
    _ worktree: WorktreeHandle, to commit: ObjectID, keeping: [String] = [],
    sparse: [String]? = nil, from known: KnownCheckout? = nil
  ) async throws(GitError) {
    guard Files.isDirectory(worktree.path) else {
      throw .notAWorktree(path: worktree.path)
    }
    try await bringMissing(of: commit)
    try await judge(commit)
    Folder.remove(worktree.path + "/.git")
    try GitError.onDisk(
      Files.write(
        Array("gitdir: \(worktree.gitDirectory)\n".utf8), to: worktree.path + "/.git"))
    for name in Self.leftovers { Folder.remove(worktree.gitDirectory + "/" + name) }
    let cone = try sparse.flatMap { (paths) throws(GitError) in
      try SparseCone(paths, in: commit, repository)
    }
    if try switchPlainly(worktree, to: commit, cone, keeping: keeping, from: known) { return }
    CheckoutRecord.discard(worktree)
    try await switchByGit(worktree, to: commit, cone, keeping: keeping)
  }

  private func switchByGit(
    _ worktree: WorktreeHandle, to commit: ObjectID, _ cone: SparseCone?, keeping: [String]
  ) async throws(GitError) {
    Files.makeRemovable(worktree.path)
    // Git takes what it finds outside a sparse checkout for somebody's.
    if cone != nil { try Self.empty(worktree, keeping: keeping) }
    try restoreIndex(worktree, isSparse: cone != nil)
    try writeSparseFiles(worktree, cone)
    let options: (inout Options) -> Void = {
      $0.gitDirectory = worktree.gitDirectory
      $0.workTree = worktree.path
    }
    try await check(["update-ref", "--no-deref", "-m", "uet", "HEAD", commit.hex], options)
    let arguments = ["read-tree", "--reset", "-u", "--no-recurse-submodules", commit.hex]
    try await check(Self.checkoutSettings(cone) + arguments, options)
    // Excluding patterns are anchored at the root; a name is not a pattern.
    let kept = keeping.flatMap { ["-e", "/" + Self.escaped($0)] }
    try await check(["clean", "-ffdxq"] + kept, options)
    try LeftOut.save(worktree, isSparse: cone != nil)
    try SavedIndex.save(worktree, of: commit)
  }

  /// What an interrupted merge, rebase or bisection leaves.
  static let leftovers = [
    "MERGE_HEAD", "MERGE_MSG", "MERGE_MODE", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD",
    "AUTO_MERGE", "rebase-merge", "rebase-apply", "sequencer", "BISECT_START", "BISECT_LOG",
    "index.lock", "HEAD.lock",
  ]

  /// Puts the index of the last checkout back, without the files that git would wrongly take for
  /// unchanged, so that these are written anew.
  private func restoreIndex(
    _ worktree: WorktreeHandle, isSparse: Bool
  ) throws(GitError) {
    let index = worktree.gitDirectory + "/index"
    unlink(index)
    // What the last sparse checkout left out is not for the next one to leave out.
    if isSparse || Files.exists(worktree.gitDirectory + "/info/sparse-checkout") { return }
    let names = Files.names(in: worktree.gitDirectory)
    guard let name = names.first(where: { $0.hasPrefix("index.uet-") }),
      let commit = ObjectID(name.dropFirst(10)), let saved = SavedIndex(worktree, of: commit)
    else { return }
    // The mode always counts here: a wrong one is put right.
    let scan = try WorktreeScan(worktree, index: saved, heedsMode: true)
    if scan.unseenByGit.isEmpty { try GitError.onDisk(Files.copy(saved.path, to: index)) }
  }

  private static func escaped(_ path: String) -> String {
    var result = ""
    for character in path.drop(while: { $0 == "/" }) {
      if "*?[\\ !#".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }
}
