/// What the queue has done so far.
package struct IntegrationRecord: Hashable, Sendable {
  /// Where the integration branch starts: the target's commit when the queue first ran.
  package var start: ObjectID?
  /// Its tree, where it is known.
  package var startTree: ObjectID?
  /// What gates read of that.
  package var startInputs = GateInputs()
  /// The tested commit the integration branch points to.
  package var tip: ObjectID?
  /// The tree of that commit.
  package var tree: ObjectID?
  /// What gates read of that.
  package var gateInputs = GateInputs()
  /// Full name of the branch it landed in, and the commit.
  package var landedIn: String?
  package var landedCommit: ObjectID?
  /// What the last landing brought, in the order of the merges.
  package var lastLanded: [WorkstreamID] = []
  /// What was merged since `start`, in that order.
  package var chain: [WorkstreamID] = []
  /// The commit the integration branch was last moved to; differs from `tip` after a restart.
  package var published: ObjectID?
  /// How many candidates were integrated or ejected so far.
  package var decisions = 0
  /// How many candidates may be tried at once, each on top of the one before: one more after each
  /// success, half as many after each failure.
  package var window = IntegrationRecord.firstWindow
  /// Faults of the machinery in a row, and when the last one was.
  package var faults = 0
  package var faultedAt: Timestamp?
  /// Steps that gave no answer when they were tried last.
  package var faulted: [FaultRecord] = []
  /// Restarts since the last landing.
  package var restarts = 0
  package var pause: Pause?
  package var landing: Landing?
  /// Why nothing may land; nil where it may.
  package var freeze: String?
  /// How many of the decisions were ejections.
  package var ejections = 0
  /// What a gate takes, in seconds: a mean in which later ones count more.
  package var gateSeconds: Double?
  /// The strategy that `auto` works by.
  package var strategy: String?
  /// Tests beside the line of which some members are not decided, oldest first.
  package var probes: [ProbeRecord] = []

  package static let firstWindow = 4
  package static let widestWindow = 256

  package init() {}
}
