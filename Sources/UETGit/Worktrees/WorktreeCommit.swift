import UETModel

/// What an attempt left in its worktree, as commits.
package struct WorktreeCommit: Hashable, Sendable {
  /// The commit that the attempt started from.
  package let base: ObjectID
  /// Holds all the work: the worker's own commits, then one with what it left uncommitted.
  package let tip: ObjectID
  /// The tree of `tip`.
  package let tree: ObjectID
  /// Whether the worker made commits of its own that `tip` stands on.
  package let hasOwnCommits: Bool
}
