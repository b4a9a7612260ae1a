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

/// What is to be said, and done.
extension LostLanding: Refusing {
  package var refusal: Refusal {
    var refusal = Refusal(.failed, words)
    refusal.hints = waysBack
    return refusal
  }

  package var words: String {
    let name = RunNames.short(branch).terminalSafe
    return
      "run '\(run)' landed as \(commit.short), but '\(name)' does not hold that any more: others moved "
      + "it to \(current.short)"
  }

  /// Hints: to have the very commits back, or new ones.
  package var waysBack: [String] {
    let place = checkout.map { "git -C \($0.shellQuoted)" } ?? "git"
    let back =
      switch (isBehind, checkout) {
      case (true, nil): "put it back: git push . \(commit):\(branch.shellQuoted)"
      case (true, _?): "put it back: \(place) merge --ff-only \(commit)"
      case (false, nil): "bring it in again: git merge \(commit) (on '\(RunNames.short(branch))')"
      case (false, _?): "bring it in again: \(place) merge \(commit)"
      }
    let names = workstreams.map(\.rawValue).joined(separator: " ")
    return [
      back,
      "or have it done again: git uet retry \(run) \(names) && git uet resume \(run)",
      "then: git uet integrate \(run) --land \(RunNames.short(branch).shellQuoted)",
    ].map(\.terminalSafe)
  }
}
