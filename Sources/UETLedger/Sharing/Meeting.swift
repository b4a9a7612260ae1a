import UETModel

/// What becomes of one shared reference when this repository and another meet.
package enum Meeting: Hashable, Sendable {
  case same
  /// Theirs is the newer: ours goes there.
  case take
  /// Ours is the newer: theirs is to go there.
  case send
  /// Each has what the other has not; they are joined.
  case join
  /// It is archived, so the reference goes, on both sides.
  case drop
  /// Nothing is done.
  case keep(Fault)

  /// Why a reference is left as it is on both sides.
  package enum Fault: Hashable, Sendable {
    /// Two wrote to a chain that has one writer; both ends are kept.
    case diverged
    /// It belongs to this clone, and has there what this clone did not write.
    case grown
    /// It says that it is this clone's, which does not have it.
    case notWrittenHere
    /// What was fetched is no chain of that run and writer.
    case notAChain(String)
    /// Neither goes on from the other, and this version cannot join them.
    case cannotJoin
  }
}
