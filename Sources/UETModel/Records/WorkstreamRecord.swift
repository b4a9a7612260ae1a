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
  /// What people said of results that they sent back.
  package var notes: [String] = []
  /// The workstream whose failure or cancellation cancelled this one.
  package var culprit: WorkstreamID?
  /// Sequence number of the event that made it a candidate; its age in the queue.
  package var queuedAt: Int?
  /// The commit that merged it into the integration branch.
  package var integrated: ObjectID?
  /// Sequence number of the event with which it landed last.
  package var landedAt: Int?
  /// Whether others brought it into the target: `integrated` is then the commit with which they
  /// did, if it was one.
  package var isFound = false
  /// Whether it changed nothing, so that it counts as landed without a merge.
  package var hasNothing = false
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
