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
  package var workers = 0
  package var startedAt: Timestamp?
  package var endedAt: Timestamp?
  /// The last event folded, and its time.
  package var sequence = 0
  package var updatedAt: Timestamp?
  /// The commit that holds the plan, when it is no more the one that the run was started with.
  package var plan: ObjectID?
  /// In plan order; those that a change of the plan took out come last.
  package var workstreams = WorkstreamList()
  package var pool: [WorkerRecord] = []
  /// Of the tools that had faults.
  package var breakers: [BreakerRecord] = []
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
    workstreams = WorkstreamList()
    places = [:]
    for record in records { add(record) }
  }

  /// How many workstreams are in each state.
  package var counts: [WorkstreamState: Int] {
    workstreams.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
  }
}

/// One workstream in a run.
package struct WorkstreamRecord: Hashable, Sendable {
  package let id: WorkstreamID
  package var state = WorkstreamState.pending
  /// Ids it waits for.
  package var dependsOn: [WorkstreamID] = []
  /// Why it is in its state, for people; nil where the state says it all.
  package var reason: String?
  package var attempts: [AttemptRecord] = []
  /// The commit its branch points to, once an attempt succeeded.
  package var tip: ObjectID?
  /// Sequence number of the event that recorded its success.
  package var finishedAt: Int?
  /// No attempt starts before this moment.
  package var notBefore: Timestamp?
  /// How many of its first attempts no longer count against limits, since a person asked again.
  package var forgiven = 0
  /// Whether later attempts are not told of those.
  package var isFresh = false
  /// The workstream whose failure or cancellation cancelled this one.
  package var culprit: WorkstreamID?
  /// Sequence number of the event that made it a candidate; its age in the queue.
  package var queuedAt: Int?
  /// The commit that merged it into the integration branch.
  package var integrated: ObjectID?
  /// Sequence number of the event with which it landed last.
  package var landedAt: Int?
  /// Full name of the branch it was taken from; nil where an attempt of the run made it.
  package var source: String?
  /// The other branches whose tips it contains, where it was taken from one.
  package var inputs: [AttemptRecord.Input] = []
  /// A person took it out of the queue: only a person brings it back.
  package var isWithdrawn = false
  /// Its last conflict, and what became of it.
  package var conflict: ConflictRecord?
  /// What the queue knows of it, once it was a candidate.
  package var candidate: CandidateRecord?
  package var gates: [GateRecord] = []
  /// Every verdict given on a tree of this workstream, oldest first.
  package var verdicts: [VerdictRecord] = []
  /// The commit that a person has to look at before it is merged.
  package var reviewRequested: ObjectID?
  /// The last decision of each reviewer, sorted by writer.
  package var reviews: [ReviewRecord] = []

  package init(id: WorkstreamID, dependsOn: [WorkstreamID] = []) {
    self.id = id
    self.dependsOn = dependsOn
  }

  package var lastAttempt: AttemptRecord? { attempts.last }

  /// Whether it was given up because the orchestrator died while it ran.
  package var isEscalated: Bool {
    state == .quarantined && lastAttempt?.error == .orchestratorCrash
  }

  /// The attempt that the one of this number is told of.
  package func previous(to number: Int) -> AttemptRecord? {
    attempts.dropFirst(isFresh ? forgiven : 0).last { $0.number < number }
  }
}

/// One try at one workstream.
package struct AttemptRecord: Hashable, Sendable {
  package enum Outcome: String, CaseIterable, Hashable, Sendable {
    case running = "RUNNING"
    case succeeded = "SUCCEEDED"
    case failed = "FAILED"
    case cancelled = "CANCELLED"
  }

  /// A finished workstream that was merged into the base.
  package struct Input: Hashable, Sendable {
    package let workstream: WorkstreamID
    package let commit: ObjectID

    package init(workstream: WorkstreamID, commit: ObjectID) {
      self.workstream = workstream
      self.commit = commit
    }
  }

  /// That an attempt was told to stop, and what for.
  package struct Stop: Hashable, Sendable {
    package enum Intent: String, CaseIterable, Hashable, Sendable {
      /// The workstream is not wanted any more.
      case cancel
      /// The run stops; the workstream is to run again when it goes on.
      case interrupt
    }

    package var intent: Intent
    package var graceful: Bool
    package var reason: String?

    package init(intent: Intent, graceful: Bool, reason: String? = nil) {
      self.intent = intent
      self.graceful = graceful
      self.reason = reason
    }
  }

  package let number: Int
  package var worker: String?
  package var outcome = Outcome.running
  package var assignedAt: Timestamp
  package var startedAt: Timestamp?
  package var endedAt: Timestamp?
  package var base: ObjectID?
  package var inputs: [Input] = []
  package var tip: ObjectID?
  package var error: ErrorKind?
  /// Whether the one who reported the failure says that waiting may help.
  package var isTransient = false
  package var stop: Stop?
  package var message: String?
  /// The tree of what a failed attempt left.
  package var tree: ObjectID?
  /// Full name of the reference that keeps what a failed attempt left.
  package var salvage: String?
  package var progress: Int?
  package var note: String?

  package init(number: Int, worker: String?, assignedAt: Timestamp) {
    self.number = number
    self.worker = worker
    self.assignedAt = assignedAt
  }
}

/// The last known result of one gate for one workstream.
package struct GateRecord: Hashable, Sendable {
  package enum Result: String, CaseIterable, Hashable, Sendable {
    case running = "RUNNING"
    case passed = "PASSED"
    case failed = "FAILED"
  }

  package enum Stage: String, CaseIterable, Hashable, Sendable {
    /// On the attempt's own result.
    case attempt
    /// On the results of a wave, put together.
    case wave
    /// On the combination with what is already integrated.
    case integration
    /// On the target without what is rolled back.
    case rollback
    /// On the target, after it moved.
    case landing
  }

  package var name: String
  package var stage: Stage
  package var result: Result
  package var tree: ObjectID?
  package var required: Bool
  package var seconds: Double?
  package var message: String?
  /// It was red first, then green on the very same tree: it says less than it should.
  package var isFlaky = false
  /// Sequence number of the event that holds its verdict, where it did not run again.
  package var reused: Int?

  package init(name: String, stage: Stage, result: Result, required: Bool = true) {
    self.name = name
    self.stage = stage
    self.result = result
    self.required = required
  }
}

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

/// What the queue has done so far.
package struct IntegrationRecord: Hashable, Sendable {
  /// Where the integration branch starts: the target's commit when the queue first ran.
  package var start: ObjectID?
  /// The tested commit the integration branch points to.
  package var tip: ObjectID?
  /// The tree of that commit.
  package var tree: ObjectID?
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
  /// How many candidates may be tried at once, each on top of the one before: one more after each success,
  /// half as many after each failure.
  package var window = IntegrationRecord.firstWindow
  /// Faults of the machinery in a row, and when the last one was.
  package var faults = 0
  package var faultedAt: Timestamp?
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
