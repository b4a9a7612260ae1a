import UETGit
import UETModel

/// Tells which of two ends of the same chain is the later one.
struct ChainOrder: Sendable {
  enum Relation: Hashable, Sendable {
    case same
    /// The first has all of the second and goes on.
    case ahead
    case behind
    /// Each has what the other has not: two wrote to a chain that has one writer.
    case diverged
  }

  let reader: LedgerReader

  func relation(_ ours: ObjectID, _ theirs: ObjectID) throws(LedgerError) -> Relation {
    if ours == theirs { return .same }
    if try extends(theirs, ours) { return .behind }
    return try extends(ours, theirs) ? .ahead : .diverged
  }

  /// Whether the chain that ends at `newer` contains `older`.
  ///
  /// Times never go back in a chain, so that the walk ends where it is past `older`.
  func extends(_ newer: ObjectID, _ older: ObjectID) throws(LedgerError) -> Bool {
    let earliest = try reader.commit(older).at
    var next: ObjectID? = newer
    while let id = next {
      if id == older { return true }
      let commit = try reader.commit(id)
      if commit.at < earliest { return false }
      next = commit.previous
    }
    return false
  }
}
