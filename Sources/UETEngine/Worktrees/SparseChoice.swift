import UETModel
import UETPlanning

/// What of the tree a workstream's worktree is filled with.
struct SparseChoice: Hashable, Sendable {
  /// Paths of directories and files, or of what is to be made.
  let paths: [String]

  /// What its scope names and what the configuration adds; nil where all is to be filled: because
  /// nobody asked for less, or because a pattern such as `**` names no directory.
  init?(_ workstream: Workstream, _ configuration: Configuration) {
    guard case .scope(let added) = configuration.run.sparse else { return nil }
    let scope = workstream.scope
    var paths = added
    for pattern in scope.writes + scope.creates + scope.reads {
      for root in pattern.roots {
        if root.isEmpty { return nil }
        paths.append(root)
      }
    }
    self.paths = paths
  }
}
