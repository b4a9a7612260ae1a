import UETLedger
import UETModel

/// Where a driver records: the writer of a chain, or memory.
protocol Record: Sendable {
  /// Gives the fold of what is on record to the driver, which folds from then on.
  func lend() -> RunState
  func giveBack(_ state: RunState)

  /// Stages facts: all of them or none. `isPromised` is true of commits that are written before the
  /// flush.
  func append(
    _ drafts: [EventDraft], at time: Timestamp, isPromised: (ObjectID) -> Bool
  ) throws -> [Event]

  /// Stages a file beside the next events.
  func attach(_ name: String, _ bytes: [UInt8]) throws

  /// Returns when all that is staged is durable; `fold` is the state after it.
  func flush(_ fold: RunState?) async throws

  /// The end of what is durable.
  var tip: ObjectID { get }

  /// Drops what is staged.
  func discard()
}

extension LedgerWriter: Record {}
