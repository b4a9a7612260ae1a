import UETGit
import UETModel

/// Work that landed in a branch and that the branch does not hold any more, since others moved it
/// back or gave it another history.
package struct LostLanding: Hashable, Sendable {
  package let run: RunID
  /// Full name of the branch.
  package let branch: String
  /// What landed last of it, and where the branch is now.
  package let commit: ObjectID
  package let current: ObjectID
  /// Whether the branch was only moved back, so that it can be moved forward again.
  package let isBehind: Bool
  /// Where the branch is checked out.
  package let checkout: String?
  package let workstreams: [WorkstreamID]
}

extension LostLanding {
  /// What of a run was lost so, whoever noticed it first; nil where it is all there, or was taken
  /// out on purpose.
  static func find(in state: RunState, _ target: String?, _ git: SealedGit) async throws -> Self? {
    let repository = git.repository
    guard let name = target ?? state.integration.landedIn,
      let branch = try repository.resolvedReference(name),
      let current = try repository.reference(branch)
    else { return nil }
    var lost: [(id: WorkstreamID, merge: ObjectID, at: Int)] = []
    for record in state.workstreams where record.state == .rolledBack {
      guard let merge = record.integrated, repository.contains(merge),
        try !repository.isAncestor(merge, of: current)
      else { continue }
      lost.append((record.id, merge, record.landedAt ?? 0))
    }
    guard var last = lost.first else { return nil }
    for other in lost.dropFirst() {
      let isLater =
        try other.at > last.at
        || other.at == last.at && repository.isAncestor(last.merge, of: other.merge)
      if isLater { last = other }
    }
    return LostLanding(
      run: state.run, branch: branch, commit: last.merge, current: current,
      isBehind: try repository.isAncestor(current, of: last.merge),
      checkout: try await git.checkout(of: branch)?.path, workstreams: lost.map(\.id))
  }
}
