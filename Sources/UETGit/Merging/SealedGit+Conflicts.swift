import UETModel
import UETSystem

extension SealedGit {
  /// Merges `theirs` into a worktree without committing, as `git merge` does; gives the paths in
  /// conflict.
  ///
  /// What conflicts by the rules that count for everyone is laid out as a conflict also where
  /// attributes that only this clone has would settle it.
  package func beginMerge(
    of theirs: ObjectID, onto ours: ObjectID, base: ObjectID?, in handle: WorktreeHandle
  ) async throws(GitError) -> [String] {
    _ = try await run(["merge", "--no-commit", "--no-ff", theirs.hex]) { options in
      enter(handle, &options)
      options.mergesByRule(in: repository)
    }
    let unmerged = try await unmerged(in: handle)
    if !unmerged.isEmpty { return unmerged }
    let session = MergeSession(self)
    defer { session.close() }
    guard case .conflict(let tree, let paths, _) = try await session.merge(ours, theirs, base: base)
    else { return [] }
    try await layOut(tree, paths, theirs, in: handle)
    return try await self.unmerged(in: handle)
  }

  private func layOut(
    _ tree: ObjectID, _ paths: [ConflictedPath], _ theirs: ObjectID, in handle: WorktreeHandle
  ) async throws(GitError) {
    try await check(["read-tree", "-u", "--reset", tree.hex]) { enter(handle, &$0) }
    var input: [UInt8] = []
    func add(_ text: String) { input += Array(text.utf8) + [0] }
    for path in paths {
      add("0 \(ObjectID.zero.hex)\t\(path.path)")
      for (stage, side) in [(1, path.base), (2, path.ours), (3, path.theirs)] {
        if let side { add("\(side.mode.octal) \(side.id.hex) \(stage)\t\(path.path)") }
      }
    }
    let entries = input
    try await check(["update-index", "-z", "--index-info"]) { options in
      enter(handle, &options)
      options.input = entries
    }
    for (file, text) in [("MERGE_HEAD", "\(theirs.hex)\n"), ("MERGE_MSG", "Merge \(theirs.hex)\n")]
    {
      try GitError.onDisk(Files.write(text.utf8, to: "\(handle.gitDirectory)/\(file)"))
    }
  }

  /// The paths in conflict in a worktree.
  package func unmerged(in handle: WorktreeHandle) async throws(GitError) -> [String] {
    let listed = try await check(["ls-files", "-u", "-z"]) { enter(handle, &$0) }
    let paths = listed.stdout.split(separator: 0).compactMap { entry in
      entry.split(separator: UInt8(ascii: "\t"), maxSplits: 1).last.map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    return Set(paths).sorted()
  }

  private func enter(_ handle: WorktreeHandle, _ options: inout Options) {
    options.gitDirectory = handle.gitDirectory
    options.workTree = handle.path
  }
}
