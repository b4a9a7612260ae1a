import UETModel

/// Two workstreams that must not run at the same time, and why.
package struct Conflict: Hashable, Sendable {
  package enum Reason: String, CaseIterable, Hashable, Sendable {
    /// Both may write some path.
    case scope
    /// They name the same `conflict_group`.
    case conflictGroup = "conflict_group"
    /// One of them has `parallel_ok: false`.
    case serial
  }

  /// The field of a bundle that a pattern stands in.
  package enum Field: String, CaseIterable, Hashable, Sendable {
    case filesScope = "files_scope"
    case filesCreate = "files_create"
    case reads = "files_scope.reads"
  }

  /// A pattern of each side, and a path that both cover.
  package struct Overlap: Hashable, Sendable {
    package let left: ScopePattern
    package let leftField: Field
    package let right: ScopePattern
    package let rightField: Field
    /// Nil when the two could not be told apart within the bound.
    package let witness: String?

    init(left: ScopePattern, leftField: Field, right: ScopePattern, rightField: Field) {
      self.left = left
      self.leftField = leftField
      self.right = right
      self.rightField = rightField
      if case .common(let path) = PatternOverlap.between(left, right) {
        witness = path
      } else {
        witness = nil
      }
    }
  }

  /// Indices into the plan's workstreams; `left` is the smaller.
  package let left: Int
  package let right: Int
  /// The first of `scope`, `conflictGroup` and `serial` that applies.
  package let reason: Reason
  /// The name of the shared group, for `conflictGroup`.
  package let group: String?
  /// At most `maximumOverlaps`, for `scope`.
  package let overlaps: [Overlap]
  /// Whether a path of dependencies keeps the two apart anyway.
  package var ordered = false

  package static let maximumOverlaps = 8
}
