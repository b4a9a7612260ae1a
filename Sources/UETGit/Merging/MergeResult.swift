import UETModel

/// What merging two commits gives.
package enum MergeResult: Hashable, Sendable {
  case clean(tree: ObjectID)
  /// `tree` holds conflict markers.
  case conflict(tree: ObjectID, paths: [ConflictedPath], messages: [MergeMessage])

  package var tree: ObjectID {
    switch self {
    case .clean(let tree), .conflict(let tree, _, _): tree
    }
  }
}

/// A path that git could not merge by itself, with what each side has there.
package struct ConflictedPath: Hashable, Sendable {
  package let path: String
  package let base: PathChange.Side?
  package let ours: PathChange.Side?
  package let theirs: PathChange.Side?
}

/// One remark of git on a merge.
package struct MergeMessage: Hashable, Sendable {
  /// As `CONFLICT (contents)` or `Auto-merging`.
  package let kind: String
  package let paths: [String]
  package let text: String

  package var isConflict: Bool { kind.hasPrefix("CONFLICT") }
}
