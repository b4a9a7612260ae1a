/// One way to deal with a candidate's conflict; the configuration gives their order.
package enum RepairMethod: String, CaseIterable, Hashable, Sendable {
  /// As the same places were resolved before.
  case resolutions
  /// The candidate's own commits, one by one, on top of what it conflicts with.
  case replay
  /// The configured tool, in a worktree with the conflict in it.
  case resolver
  /// It is set aside until a person resolves it.
  case person
  /// It is given up.
  case quarantine

  /// Whether it is tried along with the merge; the others wait until all that comes before the
  /// candidate is decided.
  package var isPartOfMerge: Bool {
    switch self {
    case .resolutions, .replay: true
    case .resolver, .person, .quarantine: false
    }
  }

  /// Whether nothing can come after it.
  package var isLast: Bool { self == .person || self == .quarantine }
}
