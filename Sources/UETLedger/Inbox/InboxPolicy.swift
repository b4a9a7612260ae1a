import UETModel

/// Whose inboxes are admitted, and how much of them at once.
package struct InboxPolicy: Hashable, Sendable {
  package enum Trust: Hashable, Sendable {
    case everybody
    case only(Set<String>)
  }

  package var trust: Trust
  /// The writer's name of the clone that holds the run: its decisions are the holder's own.
  package var own: String?
  package var limits = Limits()

  package init(trust: Trust = .everybody, own: String? = nil) {
    self.trust = trust
    self.own = own
  }

  /// What one chain of another writer may cost: what is beyond is damage, or waits for the next
  /// time.
  package struct Limits: Hashable, Sendable {
    /// Writers of one run.
    package var writers = 256
    /// Commits from the end of a chain back to what was admitted already.
    package var commits = 10_000
    /// Events admitted at one time, of all writers.
    package var events = 1000
    /// Bytes of a commit, of its tree, and of its events.
    package var bytes = 1 << 20
    /// Bytes of one event's line.
    package var line = 16 << 10

    package init() {}
  }

  package func trusts(_ writer: String) -> Bool {
    if writer == own { return true }
    switch trust {
    case .everybody: return true
    case .only(let writers): return writers.contains(writer)
    }
  }
}
