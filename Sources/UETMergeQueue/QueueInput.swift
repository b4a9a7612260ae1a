import UETModel

/// A finished branch that asks to be integrated.
package struct Candidate: Hashable, Sendable {
  package var id: WorkstreamID
  /// The commit to be merged, and the commit its work starts from.
  package var tip: ObjectID
  package var base: ObjectID?
  /// The tip before its repair, which it contains; nil where it was not repaired.
  package var repairs: ObjectID?
  /// The results it contains.
  package var inputs: [AttemptRecord.Input]
  /// Its place by the critical path; 0 is the most critical.
  package var criticalPathRank: Int
  /// Smaller goes first.
  package var priority: Int
  package var dependencyCount: Int
  /// The tip's tree, where it is known: with a red verdict on it the candidate is not taken.
  package var tree: ObjectID?
  /// Its tip has the tree of its base: there is nothing to merge.
  package var isEmpty = false

  package init(
    id: WorkstreamID, tip: ObjectID, base: ObjectID? = nil, repairs: ObjectID? = nil,
    inputs: [AttemptRecord.Input] = [],
    criticalPathRank: Int = 0, priority: Int = 0, dependencyCount: Int = 0
  ) {
    self.id = id
    self.tip = tip
    self.base = base
    self.repairs = repairs
    self.inputs = inputs
    self.criticalPathRank = criticalPathRank
    self.priority = priority
    self.dependencyCount = dependencyCount
  }
}

/// One merge that was asked for; its answer carries it back, so that a late one is told from a
/// timely one.
package struct MergeName: Hashable, Sendable {
  package let workstream: WorkstreamID
  package let tip: ObjectID
  package let onto: ObjectID
  /// Sequence number of its `merge_started`: the same merge may be ordered again, with more to be
  /// tried.
  package let started: Int
}

/// One gate that was asked for on one merged commit.
package struct GateName: Hashable, Sendable {
  package let workstream: WorkstreamID
  package let commit: ObjectID
  package let tree: ObjectID
  package let gate: String
  package let key: String
  /// The tree cut down to what the gate reads; nil where that is all of it.
  package let inputs: ObjectID?
  /// Sequence number of its `gate_started`, so that the end of one is not taken for that of
  /// another.
  package let started: Int
}

package enum MergeOutcome: Hashable, Sendable {
  case clean(commit: ObjectID, tree: ObjectID)
  /// `details` are for people, and become part of the record.
  case conflict(paths: [String], message: String, details: JSONObject = JSONObject())
  /// It conflicted as well, and a recorded resolution settled it.
  case repaired(commit: ObjectID, tree: ObjectID, paths: [String], details: JSONObject)
  /// It could not be merged as it is, but its commits apply one by one; `tip` is the last of them.
  case replayed(
    tip: ObjectID, commit: ObjectID, tree: ObjectID, paths: [String], message: String,
    details: JSONObject)
  /// It holds what must not be written to a disk, whatever it is merged onto; why.
  case refused(String)
  /// The merge could not be carried out; says nothing about the candidate.
  case fault(String)
}

package enum GateOutcome: Hashable, Sendable {
  case passed
  case failed(String)
  /// Ended by a signal, out of time, or not to be found; says nothing about the candidate.
  case fault(String)
  /// It was ended on request.
  case cancelled
}

/// One repair that was asked for; its answer carries it back.
package struct RepairName: Hashable, Sendable {
  package let workstream: WorkstreamID
  package let tip: ObjectID
  package let onto: ObjectID
  package let method: RepairMethod
  /// Sequence number of its `repair_started`.
  package let started: Int
}

package enum RepairOutcome: Hashable, Sendable {
  /// The merge of both sides, resolved; `details` become part of the record.
  case resolved(commit: ObjectID, tree: ObjectID, details: JSONObject)
  /// It does not help here; `kept` is what it left.
  case failed(String, kept: ObjectID?, details: JSONObject)
  /// It could not be carried out; says nothing about the conflict.
  case fault(String)
}

package enum LandingOutcome: Hashable, Sendable {
  case landed
  /// The target points elsewhere than the landing expected.
  case moved(to: ObjectID, tree: ObjectID? = nil)
  /// A person must decide, as when the target is checked out somewhere.
  case refused(String)
  case fault(String)
}

/// What reaches the queue from the world and from people.
///
/// `inputs` are what gates read of the tree that it speaks of.
package enum QueueInput: Hashable, Sendable {
  /// The queue begins, or goes on after a stop, fault or crash.
  case start
  /// Finished branches; `start` is the commit the integration branch begins at where nothing is in
  /// it yet, `tree` its tree.
  case enqueue(
    [Candidate], start: ObjectID, tree: ObjectID? = nil, inputs: GateInputs = GateInputs())
  /// The target is at this commit: where nothing is integrated yet, all begins there.
  case begin(at: ObjectID, tree: ObjectID?, inputs: GateInputs = GateInputs())
  case mergeDone(MergeName, MergeOutcome, inputs: GateInputs = GateInputs())
  /// `commits` are the merges of its members, one onto the other.
  case probeDone(
    ProbeName, MergeOutcome, commits: [ObjectID] = [], inputs: GateInputs = GateInputs())
  case gateDone(GateName, GateOutcome, details: JSONObject)
  case repairDone(RepairName, RepairOutcome, inputs: GateInputs = GateInputs())
  /// Land what is integrated in `target`, a full branch name, which points to `current` now.
  case land(
    target: String, at: ObjectID, tree: ObjectID? = nil, inputs: GateInputs = GateInputs())
  /// What came of the landing of the commit.
  case landingDone(ObjectID, LandingOutcome, inputs: GateInputs = GateInputs())
  case dequeue(WorkstreamID, reason: String)
  /// A person takes it out: it stays out until a person brings it back.
  case withdraw(WorkstreamID, reason: String)
  /// A person wants an ejected one tried again; `force`: even though nothing changed.
  case requeue(WorkstreamID, reason: String, force: Bool)
  /// A person wants it taken next, as far as what it contains allows.
  case promote(WorkstreamID)
  /// Nothing may land until `unfreeze`; merging and testing go on.
  case freeze(reason: String)
  case unfreeze
  case pause(reason: String?)
  case resume
  /// Take no further candidate and begin no further gate.
  case drain
  /// End what runs as well.
  case stopNow
  /// The integration branch or another thing the queue stands on is not as recorded.
  case broken(reason: String)
  case timerFired
  /// What others say, checked already: recorded as it is.
  case facts([EventDraft])
}

/// What the engine must do now; doing it twice does no harm.
package enum QueueEffect: Hashable, Sendable {
  case merge(MergeOrder)
  /// Merges one onto the other; the outcome is that of the last, or the first that is not clean.
  case probe(ProbeOrder)
  case test(GateName)
  case cancel(GateName)
  case repair(RepairOrder)
  case cancelRepair(RepairName)
  /// Points the candidate's reference at the commit that a repair made of it.
  case keep(WorkstreamID, ObjectID)
  /// Moves the integration branch by compare-and-swap; `from` is nil where it does not exist.
  case advance(from: ObjectID?, to: ObjectID)
  /// Moves the target by compare-and-swap to the very commit that was tested.
  case land(target: String, old: ObjectID, new: ObjectID)
}

package struct MergeOrder: Hashable, Sendable {
  package let name: MergeName
  /// The recorded base and inputs, from which the merge base follows.
  package let base: ObjectID?
  package let inputs: [AttemptRecord.Input]
  /// What is tried where it conflicts, in order.
  package let methods: [RepairMethod]
  /// Results it contains that were replayed themselves: merging it would bring their old commits
  /// along, so only a replay of its own commits will do.
  package let outdated: [WorkstreamID]
  /// The merge as a repair made it before, which is not made again.
  package let resolved: ObjectID?

  /// This merge onto another commit.
  package func onto(_ commit: ObjectID) -> MergeOrder {
    MergeOrder(
      name: MergeName(
        workstream: name.workstream, tip: name.tip, onto: commit, started: name.started),
      base: base,
      inputs: inputs, methods: methods, outdated: outdated, resolved: nil)
  }
}

package struct RepairOrder: Hashable, Sendable {
  package let name: RepairName
  /// The recorded base, from which the merge base follows.
  package let base: ObjectID?
}

extension GateName {
  /// Reads what `gate_started` of the queue holds.
  init?(_ fact: Told<Fact.GateRun>, _ event: Event) {
    guard fact.stage == .integration || fact.stage == .target, let id = event.workstream,
      let commit = fact.commit, let tree = fact.tree, let gate = fact.gate
    else { return nil }
    self.init(
      workstream: id, commit: commit, tree: tree, gate: gate, key: fact.gateKey ?? gate,
      inputs: fact.inputsTree, started: event.seq)
  }

  /// What its verdict counts for.
  package var subject: ObjectID { inputs ?? tree }

  func isNamed(by event: Event, _ gate: String?, _ commit: ObjectID?) -> Bool {
    event.workstream == workstream && gate == self.gate && commit == self.commit
  }
}
