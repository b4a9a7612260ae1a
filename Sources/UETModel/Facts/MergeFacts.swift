extension Fact {
  /// A result waits to be merged.
  package struct CandidateQueued: FactNames {
    package static let names = Self()
    /// A person wants what was red on its trees to be tested once more.
    package let again = Member<Bool>("again")
    /// The commit that its work starts from.
    package let base = Member<ObjectID>("base")
    /// How many it depends on.
    package let dependencies = Member<Int>("dependencies")
    /// The results that it contains.
    package let inputs = Member<[AttemptRecord.Input]>("inputs")
    package let priority = Member<Int>("priority")
    /// What orders the queue: a smaller number goes first.
    package let rank = Member<Int>("rank")
    package let reason = Member<String>("reason")
    /// The tip before its repair.
    package let repairs = Member<ObjectID>("repairs")
    /// The commit that the integration branch starts from.
    package let start = Member<ObjectID>("start")
    /// What gates read of `start_tree`.
    package let startInputs = Member<GateInputs>("start_inputs")
    package let startTree = Member<ObjectID>("start_tree")
    package let tip = Member<ObjectID>("tip")
    package let tipTree = Member<ObjectID>("tip_tree")
  }

  /// A candidate is merged onto what comes before it, or was.
  package struct MergeStep: FactNames {
    package static let names = Self()
    /// The merge.
    package let commit = Member<ObjectID>("commit")
    /// What gates read of `tree`.
    package let gateInputs = Member<GateInputs>("gate_inputs")
    /// The commit that it is merged onto.
    package let onto = Member<ObjectID>("onto")
    /// The tip of its commits as they were put on top of `onto` one by one.
    package let replay = Member<ObjectID>("replay")
    /// The candidate's commit.
    package let tip = Member<ObjectID>("tip")
    package let tree = Member<ObjectID>("tree")
  }

  /// A candidate is in the integration branch, alone or with others.
  package struct MergeSucceeded: FactNames {
    package static let names = Self()
    /// They go ahead of others, with which they share no gate's inputs.
    package let ahead = Member<Bool>("ahead")
    /// Those before the last were not tested because their scopes are disjoint.
    package let assumed = Member<Bool>("assumed")
    /// All that were tested as one, in order; the last is the event's own.
    package let batch = Member<[AttemptRecord.Input]>("batch")
    package let commit = Member<ObjectID>("commit")
    /// What gates read of `tree`.
    package let gateInputs = Member<GateInputs>("gate_inputs")
    package let onto = Member<ObjectID>("onto")
    /// Gates that did not run on `tree`, since they passed on another one with the same inputs.
    package let reused = Member<[Told<ReusedGate>]>("reused")
    package let tip = Member<ObjectID>("tip")
    package let tree = Member<ObjectID>("tree")
  }

  /// A gate's verdict that counts for another tree as well.
  package struct ReusedGate: FactNames {
    package static let names = Self()
    /// Sequence number of the event that holds it.
    package let event = Member<Int>("event")
    package let gate = Member<String>("gate")
    package let testedTree = Member<ObjectID>("tested_tree")
  }

  /// A candidate, or a result that an attempt builds on, conflicts.
  package struct MergeConflict: FactNames {
    package static let names = Self()
    /// The recorded merge base, where git did not find it.
    package let base = Member<ObjectID>("base")
    /// Commits that made the other side, where no candidate did.
    package let earlier = Member<[ConflictRecord.Earlier]>("earlier")
    /// Some of the places.
    package let hunks = Member<[ConflictRecord.Hunk]>("hunks")
    /// Candidates that made the other side.
    package let makers = Member<[WorkstreamID]>("makers")
    package let message = Member<String>("message")
    package let onto = Member<ObjectID>("onto")
    package let paths = Member<[String]>("paths")
    /// Other clones whose resolutions were used.
    package let resolutionsOf = Member<[String]>("resolutions_of")
    /// `attempt` where two results conflict that an attempt builds on.
    package let stage = Member<GateRecord.Stage>("stage")
    package let tip = Member<ObjectID>("tip")
    /// What was tried along with the merge.
    package let tried = Member<[ConflictRecord.Try]>("tried")
  }

  /// What is done about a conflict: begun, failed, or how it was resolved.
  package struct ConflictRepair: FactNames {
    package static let names = Self()
    /// The person or tool that resolved it.
    package let by = Member<String>("by")
    /// The merge that resolves it.
    package let commit = Member<ObjectID>("commit")
    /// Name of the tool's output, below `logs/` of the commit that holds the event.
    package let log = Member<String>("log")
    package let method = Member<RepairMethod>("method")
    package let onto = Member<ObjectID>("onto")
    /// Why it failed, or was given up.
    package let reason = Member<String>("reason")
    /// The candidate's commits as they were put on top of `onto` one by one.
    package let replay = Member<ObjectID>("replay")
    /// Full name of the reference that keeps what it left.
    package let salvage = Member<String>("salvage")
    /// How long the tool took.
    package let seconds = Member<Double>("seconds")
    /// As of the conflict.
    package let stage = Member<GateRecord.Stage>("stage")
    package let status = Member<ConflictRecord.State>("status")
    package let tip = Member<ObjectID>("tip")
    package let tree = Member<ObjectID>("tree")
  }

  /// A candidate is set aside.
  package struct CandidateEjected: FactNames {
    package static let names = Self()
    /// The merge that was red.
    package let commit = Member<ObjectID>("commit")
    /// Sequence number of the event that holds the red result; its commit holds the log.
    package let evidence = Member<Int>("evidence")
    /// It goes for what gave no verdict, or for a merge that cannot be carried out.
    package let fault = Member<Bool>("fault")
    package let gate = Member<String>("gate")
    /// What gates read of `tree`.
    package let gateInputs = Member<GateInputs>("gate_inputs")
    package let onto = Member<ObjectID>("onto")
    /// The candidates that the result was tested on top of.
    package let predecessors = Member<[WorkstreamID]>("predecessors")
    package let reason = Member<String>("reason")
    package let tip = Member<ObjectID>("tip")
    package let tree = Member<ObjectID>("tree")
  }

  /// A candidate is taken out of the queue.
  package struct CandidateDequeued: FactNames {
    package static let names = Self()
    /// `person` where only a person brings it back.
    package let intent = Member<IntegrationRecord.Pause.Intent>("intent")
    package let reason = Member<String>("reason")
  }

  /// Some candidates are merged onto the tip by themselves, or were.
  package struct ProbeStep: FactNames {
    package static let names = Self()
    /// They are to go ahead of others, with which they share no gate's inputs.
    package let ahead = Member<Bool>("ahead")
    /// Absent where they conflict.
    package let commit = Member<ObjectID>("commit")
    /// The merge of each member, where they may go ahead.
    package let commits = Member<[ObjectID]>("commits")
    /// What gates read of `tree`.
    package let gateInputs = Member<GateInputs>("gate_inputs")
    package let message = Member<String>("message")
    package let onto = Member<ObjectID>("onto")
    package let tree = Member<ObjectID>("tree")
    /// Who, in the order of the merges.
    package let workstreams = Member<[WorkstreamID]>("workstreams")
  }
}
