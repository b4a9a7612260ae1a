/// A workstream's branch as the queue takes it.
package struct CandidateRecord: Hashable, Sendable {
  /// The commit to be merged, and the recorded commit its work starts from.
  package var tip: ObjectID
  package var base: ObjectID?
  /// The tip before its repair, which it contains; nil where it was not repaired.
  package var repairs: ObjectID?
  /// The results it contains, each at the very commit.
  package var inputs: [AttemptRecord.Input] = []
  /// Smaller goes first.
  package var rank = 0
  package var priority = 0
  package var dependencies = 0
  /// `IntegrationRecord.decisions` when it was queued; the difference is how long it has been
  /// passed over.
  package var decisionsBefore = 0
  /// Sequence number of the event that gave it its place in the line.
  package var admittedAt: Int?
  package var ejection: Ejection?
  /// The tip's tree, where it is known.
  package var tree: ObjectID?
  /// Sequence number of the event that moved it to the head of those that wait.
  package var promotedAt: Int?
  /// Its commits as they were put on top of what it was merged onto last; nil where it was merged
  /// as it is.
  package var replay: Replay?

  package init(tip: ObjectID) { self.tip = tip }

  /// The commit whose history its merge brings, and where that begins: as replayed, where it was.
  package var mergedTip: ObjectID { replay?.tip ?? tip }
  package var mergedBase: ObjectID? { replay?.onto ?? base }

  package struct Replay: Hashable, Sendable {
    package var tip: ObjectID
    package var onto: ObjectID

    package init(tip: ObjectID, onto: ObjectID) { (self.tip, self.onto) = (tip, onto) }
  }

  /// What a candidate was ejected for, and on top of what.
  package struct Ejection: Hashable, Sendable {
    package var tip: ObjectID
    package var onto: ObjectID?
    /// The red gate and the tree it was red on; nil for a conflict.
    package var gate: String?
    package var tree: ObjectID?
    /// What gates read of that.
    package var gateInputs = GateInputs()
    /// The merge that was red.
    package var commit: ObjectID?
    /// The gate gave no verdict, or the merge could not be made, while both went well without it.
    package var isFault = false
    /// The candidates it was tested on top of, in order.
    package var predecessors: [WorkstreamID] = []
    /// Sequence number of the event that holds the red result; its log is in the same ledger
    /// commit.
    package var evidence: Int?

    package init(tip: ObjectID) { self.tip = tip }
  }
}

/// What a gate said of a tree.
package struct VerdictRecord: Hashable, Sendable {
  package var tree: ObjectID
  package var gate: String
  package var key: String
  package var passed: Bool
  /// Sequence number of the event that says so; nil in records of before it was kept.
  package var event: Int?
  /// Red first, then green: it says less than it should.
  package var isFlaky: Bool
  /// Red, and red again when it was asked once more.
  package var isConfirmed: Bool
  /// The tree cut down to what the gate declares to read; nil where it reads all.
  package var inputs: ObjectID?
  /// The tree on which it ran, where that is another one with the same inputs.
  package var testedTree: ObjectID?

  /// It looked at what is no part of a tree, so it counts for no other commit. (That a merge of the
  /// queue has its tree twice is left to the queue.)
  package var isOfCommit = false

  /// What it counts for, beside the key: the gate's inputs, or the whole tree.
  package var subject: ObjectID { inputs ?? tree }

  /// The tree on which it ran.
  package var origin: ObjectID { testedTree ?? tree }

  package init(
    tree: ObjectID, gate: String, key: String, passed: Bool, event: Int? = nil,
    isFlaky: Bool = false, isConfirmed: Bool = false, inputs: ObjectID? = nil,
    testedTree: ObjectID? = nil
  ) {
    self.inputs = inputs
    self.testedTree = testedTree
    self.isConfirmed = isConfirmed
    self.event = event
    self.isFlaky = isFlaky
    self.tree = tree
    self.gate = gate
    self.key = key
    self.passed = passed
  }
}

extension IntegrationRecord {
  package struct Pause: Hashable, Sendable {
    package enum Intent: String, CaseIterable, Hashable, Sendable {
      /// A person wants it to rest.
      case person
      /// The program was told to stop; starting it again goes on.
      case stop
      /// The machinery failed; starting it again tries again.
      case fault
    }

    package var intent: Intent
    package var reason: String?
    /// The key of the gate that is red on the target itself, where that is the reason: what it said
    /// of anything on top of that is no verdict on a candidate.
    package var redGate: String?

    package init(intent: Intent, reason: String? = nil, redGate: String? = nil) {
      self.redGate = redGate
      self.intent = intent
      self.reason = reason
    }
  }

  /// A landing under way.
  package struct Landing: Hashable, Sendable {
    package var target: String
    package var old: ObjectID
    package var new: ObjectID
    /// The tree of `new`, which was tested.
    package var tree: ObjectID?
    /// What gates read of that.
    package var gateInputs = GateInputs()

    package init(target: String, old: ObjectID, new: ObjectID, tree: ObjectID? = nil) {
      self.tree = tree
      self.target = target
      self.old = old
      self.new = new
    }
  }
}
