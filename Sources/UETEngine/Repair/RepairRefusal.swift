import UETModel

/// Why a conflict cannot be resolved now.
package enum RepairRefusal: Error, Hashable, Sendable {
  /// The workstream has no conflict that waits for anybody.
  case noConflict(WorkstreamID, WorkstreamState)
  /// Merged onto what is there now, it does not conflict any more.
  case conflictIsGone(RunID, WorkstreamID)
  /// A worktree for it is open already.
  case alreadyOpen(WorkstreamID, path: String)
  /// There is no worktree to take the result from.
  case notOpen(RunID, WorkstreamID)
  case unmerged(path: String, paths: [String])
  case unstaged(path: String, paths: [String])
  case marked(path: String, paths: [String])
  case outOfScope(WorkstreamID, paths: [String])
  /// Its worktree stands somewhere else than where it was opened.
  case moved(path: String)
}
