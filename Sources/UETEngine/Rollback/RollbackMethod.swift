import UETGit
import UETModel
import UETPlanning

/// How one workstream is undone.
package enum RollbackMethod: Hashable, Sendable {
  /// Its merge into the target is reversed.
  case revert(ObjectID)
  /// One commit of it is reversed.
  case revertPart(ObjectID)
  /// The bundle's compensation actions are run, the last declared first.
  case actions([Command])
}

/// What would be done, for `--dry-run`.
package struct RollbackPreview: Sendable {
  package struct Step: Sendable {
    package let workstream: WorkstreamID
    package let method: RollbackMethod
    /// What cannot be reversed by itself; nil where that is only known once actions have run.
    package let conflicts: [String]?
  }

  package let run: RunID
  /// Full name of the branch.
  package let target: String
  package let steps: [Step]
  /// The gates that the result is put to.
  package let gates: [String]
  /// Finished work that is built on what goes, and did not land.
  package let stranded: [WorkstreamID]
}

/// Reverses commits in the object store.
struct Reversal: Sendable {
  enum Outcome: Sendable {
    case clean(ObjectID)
    case conflict([String])
  }

  let repository: Repository
  let git: SealedGit
  let run: RunID

  /// The commit that takes back, on top of `onto`, what `undone` brought to its first parent;
  /// `onto` itself where nothing of it is left.
  func reverse(
    _ undone: ObjectID, of id: WorkstreamID, onto: ObjectID, by identity: Signature
  ) async throws -> Outcome {
    let commit = try repository.commit(undone)
    guard let parent = commit.parents.first else {
      throw GitError.unrelatedHistories(onto, undone)
    }
    switch try await git.mergeTree(onto, parent, base: undone) {
    case .conflict(_, let paths, _): return .conflict(paths.map(\.path))
    case .clean(let tree):
      if try tree == repository.treeID(of: onto) { return .clean(onto) }
      return .clean(
        try await git.writeCommit(
          tree: tree, parents: [onto], message: Self.message(commit, id, run), author: identity,
          committer: identity))
    }
  }

  /// The change of a step on top of another commit; nil where it does not apply.
  func transplant(
    _ step: RollbackRecord.Step, onto: ObjectID
  ) async throws -> ObjectID? {
    if step.commit == step.onto { return onto }
    let result = try await git.mergeTree(onto, step.commit, base: step.onto)
    guard case .clean(let tree) = result else { return nil }
    let commit = try repository.commit(step.commit)
    return try await git.writeCommit(
      tree: tree, parents: [onto], message: commit.message, author: commit.author,
      committer: commit.committer)
  }

  /// As git words it, with the trailers of the run.
  static func message(_ commit: Commit, _ id: WorkstreamID, _ run: RunID) -> String {
    let subject = commit.message.split(separator: "\n").first.map(String.init) ?? "\(id)"
    let reversing =
      commit.parents.count > 1 ? ", reversing\nchanges made to \(commit.parents[0])" : ""
    return """
      Revert "\(subject)"

      This reverts commit \(commit.id)\(reversing).

      UET-Run: \(run)
      UET-Workstream: \(id)

      """
  }
}
