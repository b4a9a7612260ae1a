import UETGit
import UETMergeQueue
import UETModel

/// Why something did not land elsewhere.
package enum LandingRefusal: Hashable, Sendable {
  /// The branch is another commit there by now.
  case moved(to: ObjectID)
  case refused(String)
}

/// Moves a branch, by its full name, from one commit to another where others see it, if what else
/// is given holds; nil where that is done.
package typealias LandingPublisher =
  @Sendable (String, ObjectID, ObjectID, [ReferenceChange]) async -> LandingRefusal?

/// Moves a target branch from the commit that was built on to the one that was tested, if the
/// record is still this process's: both are compared in one transaction, so that one who lost the
/// run meanwhile cannot land.
struct TargetMove: Sendable {
  /// The reference of the ledger's chain, and the commit that this process wrote last.
  struct Fence: Hashable, Sendable {
    let chain: String
    let tip: ObjectID
    /// What else must hold at that moment, as what each workstream came from.
    var others: [ReferenceChange] = []
  }

  let git: SealedGit
  let fence: Fence
  /// Whether a clean checkout of the branch may be moved along.
  let updatesCheckout: Bool
  let message: String
  /// Moves it elsewhere first, where that is what counts.
  var publisher: LandingPublisher?

  func callAsFunction(
    _ target: String, from old: ObjectID, to new: ObjectID
  ) async -> LandingOutcome {
    do throws(GitError) {
      guard let checkout = try await git.checkout(of: target) else {
        return try await swap(target, old, new)
      }
      guard updatesCheckout else {
        return .refused("'\(RunNames.short(target))' is checked out at '\(checkout.path)'")
      }
      guard checkout.isThere else {
        return .refused("the worktree '\(checkout.path)' has it checked out, and is not there")
      }
      return try await move(checkout, target, old, new)
    } catch {
      return .fault("\(error)")
    }
  }

  /// The files first: if the branch cannot be moved then, they are put back. A crash between the
  /// two leaves the new files staged, which the next try recognises.
  private func move(
    _ checkout: SealedGit.Checkout, _ target: String, _ old: ObjectID, _ new: ObjectID
  ) async throws(GitError) -> LandingOutcome {
    if old == new { return try await swap(target, old, new) }
    if try await !git.shows(new, in: checkout) {
      if let obstacle = try await git.obstacle(in: checkout, branch: target) {
        return .refused("'\(checkout.path)' cannot be updated: \(obstacle)")
      }
      let paths = try git.untracked(inTheWayOf: new, over: old, in: checkout)
      if let first = paths.first {
        let more = paths.more(than: 1)
        return .refused(
          "'\(checkout.path)' cannot be updated: '\(first)'\(more) is not tracked there and would be "
            + "overwritten; move it away")
      }
      do throws(GitError) {
        try await git.forward(checkout, from: old, to: new)
      } catch {
        return .refused("'\(checkout.path)' cannot be updated: \(error)")
      }
    }
    let outcome = try await swap(target, old, new)
    if outcome != .landed { try? await git.forward(checkout, from: new, to: old) }
    return outcome
  }

  private func swap(
    _ target: String, _ old: ObjectID, _ new: ObjectID
  ) async throws(GitError) -> LandingOutcome {
    var others = fence.others
    if let publisher {
      switch await publisher(target, old, new, others) {
      case .moved(let found): return .moved(to: found)
      case .refused(let reason): return .refused(reason)
      // It has landed, whatever is pushed from now on.
      case nil: others = []
      }
    }
    do throws(GitError) {
      try await git.updateReferences(
        [
          ReferenceChange(name: target, new: new, old: old),
          ReferenceChange(name: fence.chain, new: fence.tip, old: fence.tip),
        ] + others, message: message)
      return .landed
    } catch {
      switch error {
      case .referenceMoved(let name, _) where name == fence.chain:
        return .fault("another process has taken the run; nothing was moved")
      case .referenceMoved(let name, _) where fence.others.contains { $0.name == name }:
        return .refused("'\(name)' has changed since the run began")
      case .referenceMoved(target, new): return .landed
      case .referenceMoved(target, let found?):
        // It has landed there; the branch here may have followed that one already, and further.
        if publisher != nil, try git.repository.isAncestor(new, of: found) { return .landed }
        return .moved(to: found)
      default: throw error
      }
    }
  }
}
