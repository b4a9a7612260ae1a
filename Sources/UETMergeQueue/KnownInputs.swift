import UETModel

/// What gates read of the trees that the queue speaks of, as the record says it.
struct KnownInputs: Sendable {
  private var known: [ObjectID: GateInputs] = [:]

  /// Nothing where no gate declares what it reads, and of trees of which nobody has said.
  subscript(tree: ObjectID) -> GateInputs { known[tree] ?? GateInputs() }

  mutating func note(_ tree: ObjectID?, _ inputs: GateInputs?) {
    guard let tree, let inputs, !inputs.isEmpty else { return }
    known[tree] = inputs
  }

  mutating func note(_ state: RunState) {
    let integration = state.integration
    note(integration.startTree, integration.startInputs)
    note(integration.tree, integration.gateInputs)
    note(integration.landing?.tree, integration.landing?.gateInputs)
    for probe in integration.probes { note(probe.tree, probe.gateInputs) }
  }

  mutating func note(_ event: Event) {
    switch event.fact {
    case .candidateQueued(let fact): note(fact.startTree, fact.startInputs)
    case .integrationRestarted(let fact): note(fact.startTree, fact.startInputs)
    case .mergePrepared(let fact): note(fact.tree, fact.gateInputs)
    case .mergeSucceeded(let fact): note(fact.tree, fact.gateInputs)
    case .probePrepared(let fact): note(fact.tree, fact.gateInputs)
    case .landingStarted(let fact), .landed(let fact): note(fact.tree, fact.gateInputs)
    case .gatePassed(let fact), .gateFailed(let fact): note(fact)
    default: break
    }
  }

  /// What a gate reads may be learned as it runs, and holds for others at once.
  private mutating func note(_ fact: Told<Fact.GateRun>) {
    guard let gate = fact.gate, let inputs = fact.inputsTree else { return }
    let isOfQueue = fact.stage == .integration || fact.stage == .target
    if isOfQueue, let tree = fact.tree { known[tree, default: GateInputs()].note(gate, inputs) }
    for tree in fact.sameInputs ?? [] { known[tree, default: GateInputs()].note(gate, inputs) }
  }

  /// Forgets all but these trees.
  mutating func keep(_ trees: Set<ObjectID>) { known = known.filter { trees.contains($0.key) } }

  var count: Int { known.count }
}

/// Gates that declare what they read.
extension QueueMachine {
  /// The tree cut down to what the gate reads; nil where that is all of it, or is not known.
  func cut(of gate: QueueGate, on tree: ObjectID) -> ObjectID? {
    gate.readsPart ? inputs[tree][gate.name] : nil
  }

  /// What a verdict of the gate on the tree counts for.
  func subject(of gate: QueueGate, on tree: ObjectID) -> ObjectID {
    cut(of: gate, on: tree) ?? tree
  }

  /// Whether the gate runs on the tree, or on one with the same inputs.
  func isRunning(_ gate: QueueGate, on tree: ObjectID) -> Bool {
    guard !running.isEmpty else { return false }
    let subject = subject(of: gate, on: tree)
    return running.contains { $0.key == gate.key && $0.subject == subject }
  }

  /// The first gate to be started on a tree. One whose answer is on its way from another tree with
  /// the same inputs is passed over.
  func startable(
    _ gates: [QueueGate], on tree: ObjectID, _ isOpen: (ObjectID, QueueGate) -> Bool
  ) -> QueueGate? {
    for gate in gates where isOpen(tree, gate) {
      if !isRunning(gate, on: tree) { return gate }
      if !gate.readsPart { return nil }
    }
    return nil
  }

  /// Whether all that is still to be known of a place is on its way from other trees.
  func isTestedElsewhere(_ entry: QueueLine.Entry) -> Bool {
    guard let tree = entry.tree, let position = line.position(of: entry.id) else { return false }
    let open = gates(at: position).filter { isOpen(tree, $0) }
    return !open.isEmpty && open.allSatisfy { $0.readsPart && isRunning($0, on: tree) }
  }

  /// Whether the answer of a gate whose own commit is of no use any more tells something of
  /// another.
  func isAwaited(_ name: GateName) -> Bool {
    guard let cut = name.inputs else { return false }
    // What is merged anew may read the same.
    let vain = inVain
    let isOpen = line.entries.contains {
      $0.isUnderWay || $0.merge == .none && !vain.contains($0.id)
    }
    if isOpen { return true }
    let trees =
      line.entries.compactMap(\.tree) + probes.compactMap(\.tree)
      + evidence.refuted.values.map(\.tree)
    return trees.contains { inputs[$0][name.gate] == cut }
  }

  /// Required gates that did not run on the tree itself, and where their verdicts come from.
  func reusedGates(on tree: ObjectID) -> [Told<Fact.ReusedGate>] {
    policy.gates.compactMap { gate in
      guard gate.isRequired, gate.readsPart, let verdict = record(on: tree, of: gate),
        verdict.passed, verdict.origin != tree
      else { return nil }
      return .init {
        ($0.gate, $0.event, $0.testedTree) = (gate.name, verdict.event, verdict.origin)
      }
    }
  }

  /// Why a gate that did not run on the tree is red there.
  func redBefore(_ gate: QueueGate, on tree: ObjectID) -> String {
    guard gate.readsPart, let origin = record(on: tree, of: gate)?.origin, origin != tree else {
      return ": this very tree was red before"
    }
    return ": the same inputs were red before, in tree \(origin.short)"
  }
}
