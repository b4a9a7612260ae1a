import UETModel

/// What is configured now, as far as advice may change it.
package struct PresentSettings: Sendable {
  package struct Gate: Hashable, Sendable {
    package let name: String
    /// Whether it says what it reads, or is watched.
    package var readsPart = false
    /// Folders of the repository that its command names.
    package var folders: [String] = []
    /// Whether it keeps what it builds.
    package var keeps = false

    package init(name: String, readsPart: Bool = false, folders: [String] = [], keeps: Bool = false)
    {
      (self.name, self.readsPart, self.folders, self.keeps) = (name, readsPart, folders, keeps)
    }
  }

  package var workers = 4
  package var maximumAttempts = 3
  package var slots = 2
  package var window = 20
  /// As the queue's setting says: auto, serial, batch or speculative.
  package var strategy = "auto"
  /// Whether the queue asks once more before a candidate goes for a red gate.
  package var confirms = true
  /// The gates that may be asked for.
  package var gates: [Gate] = []
  /// Those of the queue, in order.
  package var queueGates: [String] = []
  /// US dollars; nil for no limit.
  package var budget: Double?
  /// Of the machine; nil where nobody knows.
  package var processors: Int?

  package init() {}
}
