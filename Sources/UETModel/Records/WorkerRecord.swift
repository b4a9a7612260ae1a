/// One worker of the pool.
package struct WorkerRecord: Hashable, Sendable {
  package enum State: String, CaseIterable, Hashable, Sendable {
    /// Is being made ready. Next: IDLE, DRAINING, TERMINATED.
    case spawning = "SPAWNING"
    /// Next: BUSY, DRAINING, TERMINATED.
    case idle = "IDLE"
    /// Next: IDLE, DRAINING.
    case busy = "BUSY"
    /// Next: TERMINATED.
    case draining = "DRAINING"
    /// Next: SPAWNING (its name is used again).
    case terminated = "TERMINATED"

    /// The states that may follow this one.
    package var successors: Set<State> {
      switch self {
      case .spawning: [.idle, .draining, .terminated]
      case .idle: [.busy, .draining, .terminated]
      case .busy: [.idle, .draining]
      case .draining: [.terminated]
      case .terminated: [.spawning, .idle]
      }
    }
  }

  package let name: String
  package var state: State
  package var workstream: WorkstreamID?
  /// What it works on or worked on last.
  package var last: WorkstreamID?
  /// When it came to be in its state, of those that must not last.
  package var since: Timestamp?

  package init(name: String, state: State = .idle) {
    self.name = name
    self.state = state
  }
}
