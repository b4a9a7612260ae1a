import UETModel

/// Why a request to the queue is refused; nothing was recorded.
package enum QueueError: Error, Hashable, Sendable {
  case unknown(WorkstreamID)
  /// What was asked for cannot be done in its state.
  case notPossible(WorkstreamID, WorkstreamState)
  /// It was ejected, and neither it nor what it would be merged onto has changed since.
  case nothingChanged(WorkstreamID, reason: String?)
  /// There is nothing tested to land.
  case nothingToLand
  /// Candidates are still being merged and tested.
  case busy
  case noStart
  /// Landing is frozen; the reason is a person's.
  case frozen(String)
  case notFrozen
  case notPaused
  case notPromotable(WorkstreamID, reason: String)
}

extension QueueError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unknown(let id): "the run has no workstream '\(id)'"
    case .notPossible(let id, let state): "workstream '\(id)' is \(state.rawValue)"
    case .nothingChanged(let id, let reason):
      "nothing has changed since '\(id)' was ejected" + (reason.map { ": \($0)" } ?? "")
    case .nothingToLand: "nothing was integrated that could land"
    case .busy: "candidates are still being merged and tested"
    case .frozen(let reason): "landing is frozen: \(reason)"
    case .notFrozen: "landing is not frozen"
    case .notPaused: "the queue is not paused"
    case .notPromotable(let id, let reason): "'\(id)' cannot be taken earlier: \(reason)"
    case .noStart: "the queue needs the commit it starts from"
    }
  }
}

extension QueueError: Refusing {
  package var refusal: Refusal { Refusal(.usage, description.terminalSafe) }
}
