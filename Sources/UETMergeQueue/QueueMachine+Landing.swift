import UETModel

extension QueueMachine {
  func land(
    _ target: String, _ current: ObjectID, _ tree: ObjectID?, _ inputs: GateInputs
  ) throws(QueueError) -> [EventDraft] {
    let integration = state.integration
    guard !integration.chain.isEmpty, let tip = integration.tip else { throw .nothingToLand }
    if let reason = integration.freeze { throw .frozen(reason) }
    guard hasNothingToDo else { throw .busy }
    guard current == integration.start || current == tip else {
      return [restart(on: current, tree, inputs)]
    }
    if let reason = brokenInheritance { return [restart(on: current, tree, inputs, reason)] }
    let started = proof(upTo: tip, in: target, old: current)
    return [EventDraft(.landingStarted(started), anchors: [tip])]
  }

  /// Why something integrated may not land as it is: what it contains was taken out of the target
  /// since.
  private var brokenInheritance: String? {
    for id in state.integration.chain {
      guard let record = state[id] else { continue }
      if case .lost(let reason) = inheritance(of: record, ahead: []) { return "'\(id)' \(reason)" }
    }
    return nil
  }

  func landed(_ outcome: LandingOutcome, _ inputs: GateInputs) -> [EventDraft] {
    guard let landing = state.integration.landing, !state.integration.chain.isEmpty else {
      return []
    }
    switch outcome {
    case .landed: return [self.landing(landing.target, landing.new)]
    case .moved(let current, _) where current == landing.new:
      return [self.landing(landing.target, landing.new)]
    case .moved(let current, let tree): return [restart(on: current, tree, inputs)]
    case .refused(let reason): return [EventDraft(.landingRefused(.because(reason)))]
    case .fault(let message):
      return [
        EventDraft(.landingRefused(.because(message))),
        EventDraft(.integrationFaulted(.init { $0.message = message })),
      ]
    }
  }

  /// Others may have been integrated while the landing was under way: they are not in `commit`.
  private func landing(_ target: String, _ commit: ObjectID) -> EventDraft {
    var landed = proof(upTo: commit, in: target, old: state.integration.landing?.old)
    landed.workstreams = Array(members(upTo: commit))
    return EventDraft(.landed(landed), anchors: [commit])
  }

  /// The record of a landing that others made by hand: `target` holds everything integrated up to
  /// the result of `last`, which passed its gates there.
  package func landedByHand(
    upTo last: WorkstreamID, tree: ObjectID, inputs: GateInputs = GateInputs(), in target: String
  ) -> [EventDraft] {
    var machine = self
    machine.inputs.note(tree, inputs)
    return machine.byHand(upTo: last, tree: tree, in: target)
  }

  private func byHand(
    upTo last: WorkstreamID, tree: ObjectID, in target: String
  ) -> [EventDraft] {
    guard state.integration.chain.contains(last), let commit = state[last]?.integrated else {
      return []
    }
    let started = proof(upTo: commit, tree: tree, in: target, old: commit)
    var landed = started
    landed.workstreams = Array(members(upTo: commit))
    return [
      EventDraft(.landingStarted(started), anchors: [commit]),
      EventDraft(.landed(landed), anchors: [commit]),
    ]
  }

  /// What a landing under way stands on; nil while there is none.
  package var landingProof: Told<Fact.Landing>? {
    state.integration.landing.map { proof(upTo: $0.new, in: $0.target, old: $0.old) }
  }

  private func members(upTo commit: ObjectID) -> ArraySlice<WorkstreamID> {
    let chain = state.integration.chain
    let last = chain.firstIndex { state[$0]?.integrated == commit } ?? chain.count - 1
    return chain[...last]
  }

  /// What a landing stands on, such that it can be proven again from the repository: where it
  /// began, each merge in order, and the gates that the tree has passed.
  private func proof(
    upTo commit: ObjectID, tree known: ObjectID? = nil, in target: String, old: ObjectID?
  ) -> Told<Fact.Landing> {
    let members = members(upTo: commit)
    let integration = state.integration
    let landing = integration.landing
    let tree = known ?? (landing?.new == commit ? landing?.tree : integration.tree)
    let gates = policy.gates.filter(\.isRequired)
      .compactMap { gate in tree.flatMap { passed(gate, on: $0) } }
    return .init {
      ($0.target, $0.old) = (target, old)
      ($0.start, $0.commit, $0.tree) = (integration.start, commit, tree)
      $0.merges = members.map { id in
        .init {
          ($0.workstream, $0.tip) = (id, state[id]?.candidate?.mergedTip)
          $0.commit = state[id]?.integrated
        }
      }
      $0.gates = gates
      $0.gateInputs = tree.flatMap { inputs[$0].nonEmpty }
    }
  }

  /// The gate as it passed on the tree: in today's environment, else in that of when it was tested.
  private func passed(_ gate: QueueGate, on tree: ObjectID) -> Told<Fact.PassedGate>? {
    var verdict = record(on: tree, of: gate)
    if verdict?.passed != true {
      let subject = subject(of: gate, on: tree)
      verdict = state.allVerdicts.filter { $0.subject == subject && $0.gate == gate.name }
        .max { ($0.event ?? 0) < ($1.event ?? 0) }
    }
    guard let verdict, verdict.passed else { return nil }
    return .init {
      ($0.gate, $0.gateKey) = (gate.name, verdict.key)
      $0.inputsTree = cut(of: gate, on: tree)
      $0.testedTree = verdict.origin == tree ? nil : verdict.origin
      $0.clean = state.passedClean(gate.name, on: tree) ? true : nil
    }
  }

  /// Everything is merged anew onto where the target is now; not for ever.
  private func restart(
    on start: ObjectID, _ tree: ObjectID?, _ inputs: GateInputs,
    _ reason: String = "the target has moved"
  ) -> EventDraft {
    if state.integration.restarts >= policy.maxRestarts {
      return pause(
        .fault, "the target moved \(policy.maxRestarts + 1) times while it was landed on")
    }
    return restartDraft(on: start, tree, inputs, reason)
  }

  func restartDraft(
    on start: ObjectID, _ tree: ObjectID?, _ inputs: GateInputs,
    _ reason: String = "the target has moved"
  ) -> EventDraft {
    EventDraft(
      .integrationRestarted(
        .init {
          ($0.start, $0.startTree, $0.reason) = (start, tree, reason)
          $0.startInputs = inputs.nonEmpty
        }),
      anchors: [start])
  }
}
