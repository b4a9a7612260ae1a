import UETModel

/// A check on a merged tree, as the queue knows it.
package struct QueueGate: Hashable, Sendable {
  /// The gate's name, as `GATE_UNIT`.
  package var name: String
  /// Hash of its command and environment: verdicts count for this key alone.
  package var key: String
  /// A red one ejects; one that is not required is recorded and shown only.
  package var isRequired: Bool
  /// One that says red is asked once more before somebody goes for it.
  package var isAskedTwice: Bool
  /// It declares what it reads: a verdict counts for every tree in which that is the same.
  package var readsPart: Bool
  /// What it reads is only seen as it runs, so that nothing is known of it beforehand.
  package var learns: Bool

  package init(
    name: String, key: String, isRequired: Bool = true, isAskedTwice: Bool = false,
    readsPart: Bool = false, learns: Bool = false
  ) {
    self.learns = learns
    self.readsPart = readsPart
    self.isAskedTwice = isAskedTwice
    self.name = name
    self.key = key
    self.isRequired = isRequired
  }
}

/// How the queue goes about it, as the configuration recorded at the run's start says.
package struct QueuePolicy: Hashable, Sendable {
  package enum Strategy: String, CaseIterable, Hashable, Sendable {
    /// One at a time, each merged and tested before the next is taken.
    case serial
    /// Several at once, each tested on top of its predecessors' expected result.
    case speculative
    /// Several as one; when that is red, the first beginning of the line that is red shows the
    /// culprit.
    case batch
    /// What each free slot is likely to learn most by: beginnings of the line as one, or some by
    /// themselves.
    case adaptive
    /// Adaptive, or each in its place where a gate takes hardly any time.
    case auto
  }

  package var strategy = Strategy.serial
  /// How many gates run at once.
  package var slots = 1
  /// The most candidates tried at once.
  package var window = 20
  /// Gates for every candidate, in the order in which they are run.
  package var gates: [QueueGate] = []
  /// What each candidate's own result was put to before it came here; once it is repaired, its tree
  /// is another, and is put to them again.
  package var ownGates: [WorkstreamID: [QueueGate]] = [:]
  /// Faults of one step in a row that are put up with; one more, and it is found out whether it
  /// follows the candidate.
  package var maxFaults = 3
  /// Seconds before a faulted step is tried again, doubled each time.
  package var faultDelay = 1.0
  /// What is tried on a conflict, in order; without any it is set aside for a person.
  package var repair: [RepairMethod] = []
  /// How often everything is merged anew because the target moved, before a landing is given up.
  package var maxRestarts = 3
  /// A candidate that this many were decided before since it was queued goes first.
  package var patience = 50
  /// Whether candidates of disjoint scopes may be integrated by one test, that of the last of them.
  package var assumesDisjoint = false
  /// Candidates whose every change is known to keep to a declared scope.
  package var scoped: Set<WorkstreamID> = []
  /// Which of them touch what others touch, as far as they were compared; symmetric.
  package var overlaps: [WorkstreamID: Set<WorkstreamID>] = [:]

  package init() {}

  func areDisjoint(_ one: WorkstreamID, _ other: WorkstreamID) -> Bool {
    scoped.contains(one) && scoped.contains(other) && overlaps[one]?.contains(other) != true
  }
}
