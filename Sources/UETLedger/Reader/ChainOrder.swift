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
  /// Epochs and sequence numbers never go back in a chain, so the walk ends where it is past
  /// `older`. Times do: a commit that adds no event may have an earlier one than those before it.
  func extends(_ newer: ObjectID, _ older: ObjectID) throws(LedgerError) -> Bool {
    let place = try place(of: older)
    var next: ObjectID? = newer
    while let id = next {
      if id == older { return true }
      let commit = try reader.commit(id)
      if commit.message.epoch < place.epoch { return false }
      if let events = commit.message.events, events.upperBound < place.sequence { return false }
      next = commit.previous
    }
    return false
  }

  /// The epoch of a commit, and the number of the last event up to it.
  private func place(of id: ObjectID) throws(LedgerError) -> (epoch: Int, sequence: Int) {
    let commit = try reader.commit(id)
    var events = commit.message.events
    var next = commit.previous
    while events == nil, let id = next {
      let before = try reader.commit(id)
      (events, next) = (before.message.events, before.previous)
    }
    return (commit.message.epoch, events?.upperBound ?? 0)
  }
}
