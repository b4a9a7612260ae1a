import UETGit
import UETModel

/// What could not be merged; the tree holds conflict markers.
package struct MergeConflict: Sendable {
  package let tree: ObjectID
  package let paths: [ConflictedPath]
  package let message: String
}

/// Merges candidates onto commits; what is made is on the disk once the session is settled.
package struct CandidateMerge: Sendable {
  package enum Outcome: Sendable {
    case clean(commit: ObjectID, tree: ObjectID)
    case conflict(MergeConflict)
  }

  private let session: MergeSession
  private let run: RunID

  package init(_ session: MergeSession, run: RunID) { (self.session, self.run) = (session, run) }

  /// The merge base is the recorded `base`, where there is one. The merge commit's author and dates
  /// are the candidate's, so that equal inputs give equal ids.
  package func merge(
    _ id: WorkstreamID, tip: ObjectID, onto target: ObjectID, base: ObjectID?
  ) async throws(GitError) -> Outcome {
    // Where nothing is to be merged there is still a merge commit: each candidate is one step on
    // the branch's first-parent line.
    switch try await session.merge(target, tip, base: base) {
    case .clean(let tree):
      return .clean(commit: try await record(id, tip, target, tree), tree: tree)
    case .conflict(let tree, let paths, let messages):
      return .conflict(
        MergeConflict(
          tree: tree, paths: paths, message: Self.text(messages, paths.map(\.path))))
    }
  }

  /// The first thing git says of a conflict, on one line.
  private static func text(_ messages: [MergeMessage], _ paths: [String]) -> String {
    let first = messages.first { $0.isConflict }?.text ?? "conflict in \(paths.first ?? "?")"
    return first.split(whereSeparator: \.isNewline).first.map(String.init) ?? first
  }

  /// The merge commit with a tree that did not come of itself.
  func record(
    _ id: WorkstreamID, _ tip: ObjectID, _ target: ObjectID, _ tree: ObjectID
  ) async throws(GitError) -> ObjectID {
    let candidate = try session.repository.commit(tip)
    let message = """
      merge \(id)

      UET-Run: \(run)
      UET-Workstream: \(id)
      UET-Candidate: \(tip.hex)

      """
    return try await session.writeCommit(
      tree: tree, parents: [target, tip], message: message, author: candidate.author,
      committer: candidate.committer)
  }
}
