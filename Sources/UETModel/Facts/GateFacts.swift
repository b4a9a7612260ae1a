extension Fact {
  /// A gate on a tree: its start, or its end. With `wave` it is of no workstream.
  package struct GateRun: FactNames {
    package static let names = Self()
    /// It was red on this tree before, and is asked once more.
    package let again = Member<Bool>("again")
    /// Results of the wave that did not merge with the rest.
    package let apart = Member<[WaveGateRecord.Apart]>("apart")
    /// Why what had been built where it ran was thrown away first.
    package let cold = Member<String>("cold")
    /// What was tested.
    package let commit = Member<ObjectID>("commit")
    /// It could not be carried out, which is no verdict on the tree.
    package let fault = Member<Bool>("fault")
    /// Red first, then green.
    package let flaky = Member<Bool>("flaky")
    package let gate = Member<String>("gate")
    /// Hash of the gate's command and environment: a verdict counts for this key alone.
    package let gateKey = Member<String>("gate_key")
    /// The results of the wave that were put together.
    package let inputs = Member<[AttemptRecord.Input]>("inputs")
    /// The tree cut down to what the gate declares to read: its verdict counts for every tree with
    /// the same cut. For one whose inputs are learned it is a blob that says what it read.
    package let inputsTree = Member<ObjectID>("inputs_tree")
    /// Name of its output, below `logs/` of the commit that holds the event.
    package let log = Member<String>("log")
    /// Why it is not green.
    package let message = Member<String>("message")
    /// It was red with what had been built before, and was asked again in a clean place.
    package let redWarm = Member<Bool>("red_warm")
    /// Other trees that were known then, in which all is the same that it was seen to read.
    package let sameInputs = Member<[ObjectID]>("same_inputs")
    /// false where red is only shown.
    package let required = Member<Bool>("required")
    /// Sequence number of the event that holds the verdict, where it did not run again.
    package let reused = Member<Int>("reused")
    package let seconds = Member<Double>("seconds")
    package let stage = Member<GateRecord.Stage>("stage")
    /// The tree on which it ran, where that is another one with the same inputs.
    package let testedTree = Member<ObjectID>("tested_tree")
    /// Seconds that it took under a tracer, of `seconds`.
    package let traced = Member<Double>("traced")
    package let tree = Member<ObjectID>("tree")
    /// It looks at what is no part of a tree, as history: the verdict counts for no other commit.
    package let thisCommit = Member<Bool>("this_commit")
    /// The tree from which what stood where it ran had been built; absent for a clean place.
    package let warm = Member<ObjectID>("warm")
    /// The wave's number.
    package let wave = Member<Int>("wave")
    /// Why what it reads could not be learned, so that its verdict counts for the whole tree.
    package let wholeTree = Member<String>("whole_tree")
    /// Those that were merged by themselves to be tested.
    package let workstreams = Member<[WorkstreamID]>("workstreams")
  }

  /// A person's word that the results of a wave may be merged.
  package struct WaveReleased: FactNames {
    package static let names = Self()
    package let by = Member<String>("by")
    package let inputs = Member<[AttemptRecord.Input]>("inputs")
    package let reason = Member<String>("reason")
    package let wave = Member<Int>("wave")
  }
}
