/// A conflict of a candidate with what it was merged onto, and what became of it.
package struct ConflictRecord: Hashable, Sendable {
  package enum State: String, CaseIterable, Hashable, Sendable {
    /// Next: any other.
    case pending = "PENDING"
    /// By a resolution that was recorded before. Next: PENDING (it conflicts again, with something
    /// else).
    case auto = "AUTO_RESOLVED"
    /// By the resolver tool. Next: PENDING.
    case agent = "AGENT_RESOLVED"
    /// By a person. Next: PENDING.
    case human = "HUMAN_RESOLVED"
    /// Nothing more is tried by itself. Next: HUMAN_RESOLVED, PENDING.
    case quarantined = "QUARANTINED"

    package var successors: Set<State> {
      switch self {
      case .pending: [.auto, .agent, .human, .quarantined, .pending]
      case .auto, .agent, .human: [.pending]
      case .quarantined: [.human, .pending]
      }
    }

    package var isOpen: Bool { self == .pending || self == .quarantined }
  }

  /// A place in a file where both sides differ, as a few lines of text from others.
  package struct Hunk: Hashable, Sendable {
    package let path: String
    package let text: String

    package init(path: String, text: String) { (self.path, self.text) = (path, text) }
  }

  /// A commit that changed the paths in the target, and that no candidate of the run brought.
  package struct Earlier: Hashable, Sendable {
    package let commit: ObjectID
    package let subject: String
    /// Whose work it is, where its trailers say so.
    package let workstream: WorkstreamID?
    package let run: RunID?

    package init(
      commit: ObjectID, subject: String, workstream: WorkstreamID? = nil, run: RunID? = nil
    ) {
      (self.commit, self.subject, self.workstream, self.run) = (commit, subject, workstream, run)
    }

    /// For a sentence: `'ws-a' of run RUN`, or the commit.
    package var name: String {
      guard let workstream, let run else { return commit.short }
      return "'\(workstream)' of run \(run)"
    }
  }

  /// A way that was tried and did not help.
  package struct Try: Hashable, Sendable {
    package let method: RepairMethod
    package let reason: String
    /// Full name of the reference that keeps what it left.
    package var salvage: String?

    package init(method: RepairMethod, reason: String, salvage: String? = nil) {
      (self.method, self.reason, self.salvage) = (method, reason, salvage)
    }
  }

  package var state = State.pending
  /// The commit that it was merged onto, and the candidate's.
  package var onto: ObjectID
  package var tip: ObjectID
  /// The recorded merge base; nil where git found it.
  package var base: ObjectID?
  package var paths: [String] = []
  package var message: String?
  /// Candidates in `onto` that changed these paths.
  package var makers: [WorkstreamID] = []
  /// Others who did, newest first; looked for where no candidate did.
  package var earlier: [Earlier] = []
  /// Some of the places, of bounded length.
  package var hunks: [Hunk] = []
  /// Sequence number of the event.
  package var seq: Int
  /// The repaired candidate: a commit on top of `onto` and `tip`.
  package var resolution: ObjectID?
  /// What was tried on this very merge since it was queued, in order.
  package var tries: [Try] = []
  /// What is being tried, by the process that works on the queue.
  package var underWay: RepairMethod?
  /// What resolved it; nil in records of before it was kept.
  package var method: RepairMethod?
  /// Whether two results conflict that an attempt was to build on; `tip` is then the one that did
  /// not go on top.
  package var isOfBase = false

  package init(onto: ObjectID, tip: ObjectID, seq: Int) {
    (self.onto, self.tip, self.seq) = (onto, tip, seq)
  }
}
