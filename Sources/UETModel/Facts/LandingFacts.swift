extension Fact {
  /// What lands, such that it can be proven again from the repository.
  package struct Landing: FactNames {
    package static let names = Self()
    /// What the target points to afterwards.
    package let commit = Member<ObjectID>("commit")
    /// What gates read of `tree`.
    package let gateInputs = Member<GateInputs>("gate_inputs")
    /// The gates that have passed on `tree`.
    package let gates = Member<[Told<PassedGate>]>("gates")
    /// The merges from `start` to `commit`, in order.
    package let merges = Member<[Told<LandedMerge>]>("merges")
    /// What the target points to before.
    package let old = Member<ObjectID>("old")
    package let reason = Member<String>("reason")
    /// The commit that the first merge is on top of.
    package let start = Member<ObjectID>("start")
    /// `found` where others brought it, `nothing` where there was nothing to bring.
    package let status = Member<String>("status")
    /// Full name of the branch.
    package let target = Member<String>("target")
    package let tree = Member<ObjectID>("tree")
    package let workstreams = Member<[WorkstreamID]>("workstreams")
  }

  /// One merge of a landing; of what others brought, the commit with which they did.
  package struct LandedMerge: FactNames {
    package static let names = Self()
    package let commit = Member<ObjectID>("commit")
    package let tip = Member<ObjectID>("tip")
    package let workstream = Member<WorkstreamID>("workstream")
  }

  /// A gate that has passed on what lands.
  package struct PassedGate: FactNames {
    package static let names = Self()
    /// It passed in a place in which nothing had been built before.
    package let clean = Member<Bool>("clean")
    package let gate = Member<String>("gate")
    package let gateKey = Member<String>("gate_key")
    /// The landing tree cut down to what the gate declares to read.
    package let inputsTree = Member<ObjectID>("inputs_tree")
    /// The tree on which it ran, where that is another one with the same inputs.
    package let testedTree = Member<ObjectID>("tested_tree")
  }
}
