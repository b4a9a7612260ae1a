extension Fact {
  /// A step of the queue could not be carried out; what it has of these says which.
  package struct QueueFault: FactNames {
    package static let names = Self()
    package let commit = Member<ObjectID>("commit")
    package let gate = Member<String>("gate")
    package let gateKey = Member<String>("gate_key")
    /// As of a gate's start.
    package let inputsTree = Member<ObjectID>("inputs_tree")
    /// Name of its output, below `logs/` of the commit that holds the event.
    package let log = Member<String>("log")
    package let message = Member<String>("message")
    /// The repair that was under way.
    package let method = Member<RepairMethod>("method")
    package let onto = Member<ObjectID>("onto")
    package let required = Member<Bool>("required")
    package let seconds = Member<Double>("seconds")
    package let stage = Member<GateRecord.Stage>("stage")
    package let tip = Member<ObjectID>("tip")
    package let tree = Member<ObjectID>("tree")
    /// Those that were to be merged, or tested, by themselves.
    package let workstreams = Member<[WorkstreamID]>("workstreams")
  }

  /// The queue rests.
  package struct QueuePaused: FactNames {
    package static let names = Self()
    /// The gate that is red on the target itself.
    package let gate = Member<String>("gate")
    package let gateKey = Member<String>("gate_key")
    package let intent = Member<IntegrationRecord.Pause.Intent>("intent")
    package let reason = Member<String>("reason")
  }

  /// Everything integrated is merged anew.
  package struct QueueRestarted: FactNames {
    package static let names = Self()
    package let reason = Member<String>("reason")
    /// The commit that the integration branch starts from.
    package let start = Member<ObjectID>("start")
    /// What gates read of `start_tree`.
    package let startInputs = Member<GateInputs>("start_inputs")
    package let startTree = Member<ObjectID>("start_tree")
  }

  /// What `auto` works by from now on.
  package struct StrategyChosen: FactNames {
    package static let names = Self()
    package let reason = Member<String>("reason")
    package let strategy = Member<String>("strategy")
  }
}
