import UETModel

/// Whether a candidate goes for what was found of it: a red gate may be flaky or red without it,
/// too, and a fault may be the machine's. So what all stand on is tested before the first goes for
/// a red one, and whenever one gives no verdict; and a red result is asked for once more, where the
/// policy says so.
extension QueueMachine {
  /// A candidate on which a gate was red, or gave no verdict, on top of what is integrated alone.
  struct Suspect: Hashable, Sendable {
    let id: WorkstreamID
    let onto: ObjectID
    let commit: ObjectID
    let tree: ObjectID
    let gate: QueueGate
  }

  private enum Trial {
    case guilty
    /// Ask the gate once more, on the same commit.
    case again
    /// Ask it on what all stand on.
    case control
    /// It is not the candidate.
    case halt(String)
    case targetIsRed
  }

  /// The event that sets it aside; nil as long as something has to be known first.
  func judgement(_ suspect: Suspect) -> EventDraft? {
    guard case .guilty = trial(of: suspect) else { return nil }
    if verdict(on: suspect.tree, of: suspect.gate) == false {
      return redEjection(
        suspect.id, suspect.gate, onto: suspect.onto, commit: suspect.commit, tree: suspect.tree)
    }
    return faultEjection(suspect)
  }

  /// What is to be found out next of those that are suspected.
  func trialStep() -> EventDraft? {
    if let (gate, fault) = silent, let step = comparison(gate, fault) { return step }
    if let step = targetStep() { return step }
    if let merge = brokenMerge() { return merge }
    for suspect in suspects {
      switch trial(of: suspect) {
      case .guilty: continue
      case .halt(let reason): return pause(.fault, reason)
      case .targetIsRed: return targetIsRed(suspect.gate)
      case .again:
        guard isFree(suspect.commit), !isRunning(suspect.gate, on: suspect.tree) else { continue }
        return gateStart(
          suspect.id, commit: suspect.commit, tree: suspect.tree, suspect.gate,
          again: isKnown(suspect), members: probeMembers(suspect.commit))
      case .control: if let draft = control(suspect.id, suspect.gate) { return draft }
      }
    }
    return nil
  }

  private var suspects: [Suspect] {
    guard let entry = line.entries.first, let red = redGate(at: 0), let onto = entry.onto,
      let commit = entry.commit, let tree = entry.tree
    else { return refuted }
    return [Suspect(id: entry.id, onto: onto, commit: commit, tree: tree, gate: red)] + refuted
  }

  /// The first red result of all on top of a target makes one ask whether that is red itself.
  private func targetStep() -> EventDraft? {
    guard state.integration.chain.isEmpty, let tree = state.integration.startTree,
      let id = line.entries.first?.id ?? waiting.ids.first
    else { return nil }
    for gate in policy.gates where gate.isRequired && health.isAllRed(gate.key) {
      switch verdict(on: tree, of: gate) {
      case true?: continue
      case false?: return targetIsRed(gate)
      case nil: if fault(tree, gate) == nil { return control(id, gate) }
      }
    }
    return nil
  }

  private func targetIsRed(_ gate: QueueGate) -> EventDraft {
    let commit = state.integration.start?.short ?? "its tip"
    return pause(
      .fault, "the target itself is red: \(gate.name) fails at \(commit) without any candidate",
      for: gate)
  }

  /// A gate that gave no verdict on some tree again and again, and none anywhere since.
  private var silent: (QueueGate, FaultRecord)? {
    for fault in state.integration.faulted where fault.count > policy.maxFaults {
      guard case .gate(_, let key) = fault.step, !health.isSound(key, since: fault.first) else {
        continue
      }
      if let gate = policy.gates.first(where: { $0.key == key && $0.isRequired }) {
        return (gate, fault)
      }
    }
    return nil
  }

  /// Before anybody is looked for: does the gate work at all?
  private func comparison(_ gate: QueueGate, _ fault: FaultRecord) -> EventDraft? {
    guard let tree = tipTree, let id = line.entries.first?.id ?? waiting.ids.first else {
      return nil
    }
    let isSame = fault.step == .gate(tree: subject(of: gate, on: tree), key: gate.key)
    if isSame { return pause(.fault, alike(gate, fault)) }
    if let other = self.fault(tree, gate), other.event > fault.event {
      return pause(.fault, alike(gate, other))
    }
    return control(id, gate)
  }

  private func isKnown(_ suspect: Suspect) -> Bool {
    verdict(on: suspect.tree, of: suspect.gate) == false
  }

  private func trial(of suspect: Suspect) -> Trial {
    isKnown(suspect) ? trialOfRed(suspect) : trialOfStuck(suspect)
  }

  private func trialOfRed(_ suspect: Suspect) -> Trial {
    let integration = state.integration
    // Its own gates ask for what it brings.
    if integration.chain.isEmpty, suspect.onto == integration.start,
      let tree = integration.startTree, policy.gates.contains(suspect.gate)
    {
      switch verdict(on: tree, of: suspect.gate) {
      case true?: break
      case false?: return .targetIsRed
      case nil:
        if let fault = fault(tree, suspect.gate), fault.count > policy.maxFaults {
          return .halt(alike(suspect.gate, fault))
        }
        return .control
      }
    }
    return isKnownRed(suspect.tree, suspect.gate) ? .guilty : trialOfStuck(suspect)
  }

  /// Of one on which the gate gives no verdict, be it the first or the one that was asked for
  /// again.
  private func trialOfStuck(_ suspect: Suspect) -> Trial {
    guard let fault = fault(suspect.tree, suspect.gate), fault.count > policy.maxFaults else {
      return .again
    }
    // It is asked once more when the gate is known to work: only what fails before and after that
    // is its own.
    if health.isSound(suspect.gate.key, since: fault.event) { return .again }
    if health.isSound(suspect.gate.key, since: fault.first) { return .guilty }
    guard let tree = tipTree else {
      return .halt(
        "\(suspect.gate.name) gives no verdict on '\(suspect.id)', \(fault.count) times in a row: \(fault.message)"
      )
    }
    let isSame =
      subject(of: suspect.gate, on: tree) == subject(of: suspect.gate, on: suspect.tree)
    if let other = self.fault(tree, suspect.gate), other.event > fault.event || isSame {
      return .halt(alike(suspect.gate, other))
    }
    return .control
  }

  private func alike(_ gate: QueueGate, _ fault: FaultRecord) -> String {
    let there = state.integration.chain.isEmpty ? "the target itself" : "what passed before"
    return "\(gate.name) gives no verdict, not even on \(there): \(fault.message)"
  }

  /// The tree of what the first in line is merged onto.
  var tipTree: ObjectID? {
    state.integration.chain.isEmpty ? state.integration.startTree : state.integration.tree
  }

  func control(_ id: WorkstreamID, _ gate: QueueGate) -> EventDraft? {
    guard let commit = tip, let tree = tipTree, isFree(commit), !isRunning(gate, on: tree) else {
      return nil
    }
    return gateStart(id, commit: commit, tree: tree, gate)
  }

  func isFree(_ commit: ObjectID) -> Bool {
    running.count < max(policy.slots, 1) && !running.contains { $0.commit == commit }
  }

  /// Whether it runs on what all stand on, for one that is suspected.
  package func isControl(_ name: GateName) -> Bool { name.commit == tip }

  /// As long as the target itself is tested, nothing else is: it may all be red for that.
  var doubtsTarget: Bool {
    let integration = state.integration
    guard integration.chain.isEmpty, let tree = integration.startTree else { return false }
    return running.contains { name in
      name.tree == tree && isControl(name)
        && (health.isAllRed(name.key)
          || suspects.contains { $0.gate.key == name.key && isKnown($0) })
    }
  }
}

extension QueueMachine {
  func fault(_ tree: ObjectID, _ gate: QueueGate) -> FaultRecord? {
    state.fault(of: .gate(tree: subject(of: gate, on: tree), key: gate.key))
  }

  /// It gave no verdict on the tree more often than is put up with.
  func isStuck(_ tree: ObjectID, _ gate: QueueGate) -> Bool {
    guard !state.integration.faulted.isEmpty else { return false }
    return fault(tree, gate).map { $0.count > policy.maxFaults } ?? false
  }

  /// Whether a place in line is as good as stuck: where one is stuck that was to be tested for
  /// others too, a single fault of those is enough to look elsewhere.
  func isSuspect(_ tree: ObjectID, _ gate: QueueGate) -> Bool {
    guard !state.integration.faulted.isEmpty, fault(tree, gate) != nil else { return false }
    if isStuck(tree, gate) { return true }
    guard isWhole else { return false }
    // A loop, for what says this with closures stops the compiler (Swift 6.3.1, -O).
    for entry in line.entries {
      if let other = entry.tree, isStuck(other, gate) { return true }
    }
    return false
  }

  /// Red, and not to be asked once more.
  func isKnownRed(_ tree: ObjectID, _ gate: QueueGate) -> Bool {
    guard let verdict = record(on: tree, of: gate), !verdict.passed else { return false }
    return verdict.isConfirmed || !gate.isAskedTwice
  }

  /// Whether a candidate's own tree is red; as long as that is not known of the target, that may be
  /// to blame.
  ///
  /// Of a gate that reads a part it counts what was said of this very tree: what the candidate
  /// leaves alone in it may be another where it is to be merged.
  func isKnownRedAlone(_ tree: ObjectID, _ gate: QueueGate) -> Bool {
    guard isKnownRed(tree, gate) else { return false }
    if gate.readsPart, record(on: tree, of: gate)?.tree != tree { return false }
    guard state.integration.chain.isEmpty, let start = state.integration.startTree else {
      return true
    }
    return verdict(on: start, of: gate) == true
  }

  /// Whether the gate was red on this very tree, or these inputs, before.
  package func isRed(_ name: GateName) -> Bool {
    verdicts.verdict(on: name.tree, inputs: name.inputs, name.key)?.passed == false
  }

  private func faultEjection(_ suspect: Suspect) -> EventDraft {
    let fault = fault(suspect.tree, suspect.gate)
    let times = fault.map { " (\($0.count) times)" } ?? ""
    let what =
      "\(suspect.gate.name) gives no verdict\(onTop(of: suspect.onto)), and does without it"
    return ejection(
      suspect.id, "\(what): \(fault?.message ?? "no reason recorded")\(times)", onto: suspect.onto,
      anchors: [suspect.commit]
    ) {
      ($0.fault, $0.gate, $0.evidence) = (true, suspect.gate.name, fault?.event)
      ($0.tree, $0.commit) = (suspect.tree, suspect.commit)
      $0.gateInputs = cut(of: suspect.gate, on: suspect.tree).map {
        GateInputs([suspect.gate.name: $0])
      }
    }
  }
}
