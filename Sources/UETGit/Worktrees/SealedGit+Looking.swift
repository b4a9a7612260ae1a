import UETModel

extension SealedGit {
  /// The tree of what is staged in a worktree; nil where paths are unmerged.
  package func indexTree(of worktree: WorktreeHandle) async throws(GitError) -> ObjectID? {
    let arguments = ["write-tree"]
    let output = try await run(arguments) {
      $0.gitDirectory = worktree.gitDirectory
      $0.workTree = worktree.path
      $0.isDurable = true
    }
    if output.status != 0 {
      if output.stderr.contains("unmerged") { return nil }
      throw Self.failure(arguments, output)
    }
    guard let tree = ObjectID(output.text.prefix(40)) else {
      throw .unexpectedOutput(command: "git write-tree")
    }
    return tree
  }

  /// The folders in a worktree that are repositories of their own, neither tracked nor ignored.
  package func embeddedRepositories(
    in worktree: WorktreeHandle
  ) async throws(GitError) -> [String] {
    let listed = try await check(["ls-files", "-z", "-o", "--exclude-standard"]) {
      $0.gitDirectory = worktree.gitDirectory
      $0.workTree = worktree.path
    }
    return listed.stdout.split(separator: 0).filter { $0.last == UInt8(ascii: "/") }
      .map { String(decoding: $0.dropLast(), as: UTF8.self) }
  }
}
