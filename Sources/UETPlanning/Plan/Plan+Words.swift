import UETModel

extension Plan {
  /// Why two workstreams must not run side by side.
  package func reason(_ conflict: Conflict) -> String {
    switch conflict.reason {
    case .serial:
      return "\(alone(in: conflict)) runs alone (parallel_ok is false)"
    case .conflictGroup:
      return "both are in group '\((conflict.group ?? "").terminalSafe)'"
    case .scope:
      guard let overlap = conflict.overlaps.first else { return "their scopes overlap" }
      return overlap.words + conflict.overlaps.more(than: 1)
    }
  }

  /// The one because of which two must not run side by side, where it has to run alone.
  func alone(in conflict: Conflict) -> WorkstreamID {
    id(conflictGraph.isExclusive[conflict.left] ? conflict.left : conflict.right)
  }
}

extension Conflict.Overlap {
  /// What both have, for people.
  package var words: String {
    let (left, right) = (left.text.terminalSafe, right.text.terminalSafe)
    if self.left.form == self.right.form { return "both write '\(left)'" }
    guard let witness = witness.map(\.terminalSafe) else { return "'\(left)' and '\(right)'" }
    let isPlain = witness == left || witness == right
    return "'\(left)' and '\(right)'" + (isPlain ? "" : ", which both cover '\(witness)'")
  }
}
