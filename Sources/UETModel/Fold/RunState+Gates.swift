extension RunState {
  mutating func foldGate(
    _ fact: Told<Fact.GateRun>, _ result: GateRecord.Result, _ event: Event
  ) {
    if result != .running, fact.fault != true {
      let key = fact.gateKey ?? fact.gate ?? ""
      // What it reads may have been learned since it failed.
      let subjects = [fact.inputsTree, fact.tree].compactMap { $0 }
      forgetFaults { fault in subjects.contains { fault == .gate(tree: $0, key: key) } }
    }
    if let wave = fact.wave { return foldWaveGate(fact, wave, result, event.seq) }
    guard let id = event.workstream, let name = fact.gate else { return }
    if result != .running, fact.fault != true { learn(name, fact) }
    var gate = GateRecord(
      name: name, stage: fact.stage ?? .attempt, result: result, required: fact.required ?? true)
    (gate.tree, gate.seconds, gate.message) = (fact.tree, fact.seconds, fact.message)
    (gate.isFlaky, gate.reused) = (fact.flaky ?? false, fact.reused)
    gate.warm = fact.warm
    gate.testedTree = fact.testedTree
    let isOfQueue = gate.stage == .integration || gate.stage == .target
    if isOfQueue, result != .running, let seconds = gate.seconds {
      let mean = integration.gateSeconds ?? seconds
      integration.gateSeconds = (mean * 0.8 + seconds * 0.2).roundedToThousandths
    }
    let verdict = VerdictRecord(fact, result, event: event.seq)
    if gate.stage == .target { return foldTargetVerdict(verdict, id) }
    update(id) { record in
      if let verdict { record.verdicts.append(verdict) }
      let place = record.gates.firstIndex { $0.name == name && $0.stage == gate.stage }
      if let place { record.gates[place] = gate } else { record.gates.append(gate) }
    }
  }

  /// What a gate reads may be learned as it runs, and be the same in trees that are known already.
  private mutating func learn(_ gate: String, _ fact: Told<Fact.GateRun>) {
    guard let inputs = fact.inputsTree else { return }
    var trees = Set(fact.sameInputs ?? [])
    if fact.stage == .integration || fact.stage == .target, let tree = fact.tree {
      trees.insert(tree)
    }
    if trees.isEmpty { return }
    func holds(_ tree: ObjectID?) -> Bool { tree.map(trees.contains) ?? false }
    if holds(integration.startTree) { integration.startInputs.note(gate, inputs) }
    if holds(integration.tree) { integration.gateInputs.note(gate, inputs) }
    if holds(integration.landing?.tree) { integration.landing?.gateInputs.note(gate, inputs) }
    for place in integration.probes.indices where holds(integration.probes[place].tree) {
      integration.probes[place].gateInputs.note(gate, inputs)
    }
  }

  /// Whether the last word of a gate of the queue on a tree was said in a clean place, and was that
  /// it passes.
  package func passedClean(_ gate: String, on tree: ObjectID) -> Bool {
    workstreams.contains { record in
      record.gates.contains {
        $0.name == gate && $0.tree == tree && $0.stage == .integration && $0.result == .passed
          && $0.warm == nil && $0.reused == nil
      }
    }
  }

  /// What was said of a tree first stands: here it is asked only whether the gate can be carried
  /// out.
  private mutating func foldTargetVerdict(_ verdict: VerdictRecord?, _ id: WorkstreamID) {
    guard let verdict,
      !allVerdicts.contains(where: { $0.subject == verdict.subject && $0.key == verdict.key })
    else { return }
    update(id) { $0.verdicts.append(verdict) }
  }
}

extension VerdictRecord {
  /// What a gate says; nil for one that gave no verdict on a tree.
  package init?(_ fact: Told<Fact.GateRun>, _ result: GateRecord.Result, event: Int) {
    guard result != .running, let tree = fact.tree, let gate = fact.gate, fact.fault != true else {
      return nil
    }
    self.init(
      tree: tree, gate: gate, key: fact.gateKey ?? gate, passed: result == .passed, event: event,
      isFlaky: fact.flaky ?? false, isConfirmed: fact.again ?? false, inputs: fact.inputsTree,
      testedTree: fact.testedTree)
    guard fact.thisCommit == true else { return }
    isOfCommit = true
    // The queue asks about its own merges; nobody else's verdict is for these.
    if fact.stage != .integration, fact.stage != .target { self.key += "@\(event)" }
  }

  package init?(_ event: Event) {
    guard let (fact, result) = event.fact.gateEnd else { return nil }
    self.init(fact, result, event: event.seq)
  }
}
