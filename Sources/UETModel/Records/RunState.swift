/// A run as the fold of its events: what `status` shows and recovery starts from.
package struct RunState: Hashable, Sendable {
  package enum Status: String, CaseIterable, Hashable, Sendable {
    case running = "RUNNING"
    case paused = "PAUSED"
    /// Everything that was asked for succeeded.
    case succeeded = "SUCCEEDED"
    /// Over, but a workstream, gate or candidate failed.
    case failed = "FAILED"
    /// Stopped before its end; can be resumed.
    case interrupted = "INTERRUPTED"
    /// Stopped by a budget or limit; can be resumed.
    case halted = "HALTED"

    /// Whether no orchestrator is expected to be at work.
    package var isOver: Bool { self != .running && self != .paused }
  }

  package let run: RunID
  package var status = Status.running
  package var reason: String?
  package var base: ObjectID?
  /// Full name of the branch that was checked out or named at the start; nil for a detached HEAD.
  package var target: String?
  /// Set for a run that another program carried out.
  package var imported: ImportedRun?
  package var workers = 0
  /// How many workers there are at least, where they come and go; then `workers` is the most.
  package var leastWorkers: Int?
  package var startedAt: Timestamp?
  package var endedAt: Timestamp?
  /// The last event folded, and its time.
  package var sequence = 0
  package var updatedAt: Timestamp?
  /// The commit that holds the plan, when it is no more the one that the run was started with.
  package var plan: ObjectID?
  /// In plan order; those that a change of the plan took out come last.
  package var workstreams = BlockList<WorkstreamRecord>()
  package var pool = WorkerPool()
  /// Of the tools that had faults.
  package var breakers: [BreakerRecord] = []
  /// Providers that asked to wait.
  package var providers: [ProviderRecord] = []
  /// How the machine is spared; nil where it is not.
  package var mode: OperatingMode?
  package var spending = SpendingRecord()
  package var integration = IntegrationRecord()
  /// How far the chains of other writers were admitted, sorted by writer.
  package var inboxes: [InboxRecord] = []
  /// What the gates of waves said, and what people decided on those.
  package var waves: [WaveGateRecord] = []
  package var releases: [WaveRelease] = []
  /// Every verdict on the tree of a wave, oldest first.
  package var verdicts: [VerdictRecord] = []
  /// The rollback that has begun and not ended yet.
  package var rollback: RollbackRecord?
  /// What may be a reason to take landed work out again and was not answered yet, oldest first.
  package var findings: [LandedFinding] = []
  /// How many events of each type this version does not know were met.
  package var unknownEvents: [String: Int] = [:]
  private var places: [WorkstreamID: Int] = [:]

  package init(run: RunID) { self.run = run }

  package subscript(id: WorkstreamID) -> WorkstreamRecord? {
    places[id].map { workstreams[$0] }
  }

  /// Changes a workstream's record in place; does nothing when the run has none of that name.
  package mutating func update<Failure: Error>(
    _ id: WorkstreamID, _ body: (inout WorkstreamRecord) throws(Failure) -> Void
  ) throws(Failure) {
    guard let place = places[id] else { return }
    try body(&workstreams[place])
  }

  /// Adds a workstream unless the run has one of that name.
  package mutating func add(_ record: WorkstreamRecord) {
    guard places[record.id] == nil else { return }
    places[record.id] = workstreams.count
    workstreams.append(record)
  }

  /// Puts other workstreams in place of those there are.
  mutating func replace(_ records: [WorkstreamRecord]) {
    workstreams = BlockList<WorkstreamRecord>()
    places = [:]
    for record in records { add(record) }
  }

  /// How many workers take work, those that are being made ready included.
  package var liveWorkers: Int {
    pool.count(in: .idle) + pool.count(in: .busy) + pool.count(in: .spawning)
  }

  /// How many workstreams are in each state.
  package var counts: [WorkstreamState: Int] {
    workstreams.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
  }
}
