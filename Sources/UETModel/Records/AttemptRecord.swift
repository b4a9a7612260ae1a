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
      /// It has used up what was set aside for it.
      case budget
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

  /// What `executor` says in settings where an attempt runs on the orchestrator's machine.
  package static let localExecutor = "local"

  package let number: Int
  package var worker: String?
  /// The tool, where it is not the one that the workstream's bundle names.
  package var tool: String?
  /// What carries it out, where that is not the orchestrator's machine.
  package var executor: String?
  package var outcome = Outcome.running
  package var assignedAt: Timestamp
  package var startedAt: Timestamp?
  package var endedAt: Timestamp?
  package var base: ObjectID?
  package var inputs: [Input] = []
  package var tip: ObjectID?
  package var error: ErrorKind?
  /// The number of the question that it ended for: that is no failure.
  package var asks: Int?
  /// Whom its tool asked, where its end says something of that.
  package var provider: String?
  /// Whether the one who reported the failure says that waiting may help.
  package var isTransient = false
  package var stop: Stop?
  package var message: String?
  /// The tree of what a failed attempt left.
  package var tree: ObjectID?
  /// Full name of the reference that keeps what a failed attempt left.
  package var salvage: String?
  /// How many files a result has changed.
  package var files: Int?
  /// Paths that the bundle says are made, and that its result does not have.
  package var missing: [String] = []
  /// What its result leaves to those who build on it.
  package var handoff: Handoff.Head?
  /// What moved in what is not its own while it ran; it may be another's doing.
  package var changes: [SharedChange] = []
  /// Some of that is protected, and others ran as well: a person has to look at its result.
  package var isSuspect = false
  package var spending = AttemptSpending()
  package var questions: [QuestionRecord] = []
  /// By which its agent program takes up the conversation again.
  package var session: String?
  package var progress: Int?
  package var note: String?

  package init(number: Int, worker: String?, assignedAt: Timestamp) {
    self.number = number
    self.worker = worker
    self.assignedAt = assignedAt
  }

  /// Whether it ended without a result, and not only to wait for a person.
  package var hasFailed: Bool { outcome == .failed && asks == nil }
}
