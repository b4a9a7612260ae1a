import UETModel

/// How something stands, for whoever shows it by a colour.
package enum Tone: String, CaseIterable, Hashable, Sendable {
  /// Nothing happens to it now.
  case quiet
  /// It is worked on.
  case busy
  case good
  /// A person may want to look at it.
  case warning
  case bad

  package init(_ status: RunState.Status) {
    self =
      switch status {
      case .running: .busy
      case .paused, .interrupted, .halted: .warning
      case .succeeded: .good
      case .failed: .bad
      }
  }

  package init(_ state: WorkstreamState) {
    self =
      switch state {
      case .pending, .ready: .quiet
      case .running, .queued: .busy
      case .succeeded, .integrated, .landed: .good
      case .failed, .quarantined, .ejected: .bad
      case .cancelled, .rolledBack: .warning
      }
  }
}
