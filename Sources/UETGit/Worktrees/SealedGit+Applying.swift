import UETModel

extension SealedGit {
  /// What came of applying a series of patches.
  package enum Applied: Hashable, Sendable {
    case commit(ObjectID)
    /// git's own words on what does not apply.
    case refused(String)
  }

  /// Makes commits of patches as mail holds them, one after the other on top of where the worktree
  /// stands.
  ///
  /// Authors and dates are those of the mail; committed at the author's date, so that the same
  /// patches on the same commit give the same ids. After a refusal the worktree is in no order and
  /// should go.
  package func applyPatches(
    _ files: [String], in worktree: WorktreeHandle, committer: Signature
  ) async throws(GitError) -> Applied {
    let arguments =
      (signsCommits ? signingSettings.flatMap { ["-c", $0] } : []) + [
        "am", "--quiet", "--3way", "--committer-date-is-author-date",
        signsCommits ? "--gpg-sign" : "--no-gpg-sign", "--",
      ] + files
    let output = try await run(arguments) { options in
      options.gitDirectory = worktree.gitDirectory
      options.workTree = worktree.path
      options.isDurable = true
      options.environment = [
        "GIT_COMMITTER_NAME": committer.name, "GIT_COMMITTER_EMAIL": committer.email,
      ]
      options.mergesByRule(in: repository)
    }
    guard output.status == 0 else {
      let lines = (output.stderr + "\n" + output.text).split(whereSeparator: \.isNewline)
      let told =
        lines.first { $0.hasPrefix("Patch failed at ") }
        ?? lines.first { $0.hasPrefix("error: ") || $0.hasPrefix("fatal: ") } ?? "no reason given"
      return .refused(told.hasPrefix("Patch") ? "p" + told.dropFirst() : String(told.dropFirst(7)))
    }
    guard let tip = try repository.head(of: worktree) else {
      throw .unexpectedOutput(command: "git am")
    }
    return .commit(tip)
  }
}
