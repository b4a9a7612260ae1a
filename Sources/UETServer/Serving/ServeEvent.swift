import UETModel

/// What happens while a queue is served, for who looks on.
package struct ServeEvent: Sendable {
  package enum Kind: Sendable {
    /// A run tests and lands these topics.
    case began(RunID, [String])
    /// The run of a process before this one goes on.
    case resumed(RunID)
    case landed(RunID, [String])
    case aside(RunID?, String, reason: String)
    /// The run has ended, and these are in line again.
    case returned(RunID, [String])
    /// Nothing lands until somebody lets it, or the time comes.
    case rests(String)
    /// Something failed; it is tried again after so many seconds.
    case failed(Refusal, again: Double)
  }

  /// The repository, as it was named.
  package let place: String
  /// Without `refs/heads/`.
  package let branch: String
  package let at: Timestamp
  package let kind: Kind
}
