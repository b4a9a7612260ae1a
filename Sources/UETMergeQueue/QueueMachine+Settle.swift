import UETModel

extension QueueMachine {
  /// What is decided about the first in line, whose forerunners are all integrated.
  func settlement() -> [EventDraft]? {
    guard let entry = line.entries.first else { return nil }
    switch entry.merge {
    case .none, .underway: return nil
    case .conflict: return awaitsRepair(entry) ? nil : conflictEnd(entry)
    case .broken(let onto): return brokenSettlement(entry.id, onto)
    case .built(let onto, let commit, let tree):
      if isWhole, let batch = batchSettlement() { return batch }
      if let group = groupSettlement() { return group }
      if let red = redGate(at: 0) {
        return judgement(
          Suspect(id: entry.id, onto: onto, commit: commit, tree: tree, gate: red)
        ).map { [$0] }
      }
      return isGreen(0) ? [success(entry.id, onto: onto, commit, tree)] : nil
    }
  }

  func success(
    _ id: WorkstreamID, onto: ObjectID, _ commit: ObjectID, _ tree: ObjectID,
    of batch: [AttemptRecord.Input] = [], isAssumed: Bool = false, isAhead: Bool = false
  ) -> EventDraft {
    let success = Told<Fact.MergeSucceeded> {
      ($0.commit, $0.tree, $0.onto) = (commit, tree, onto)
      ($0.tip, $0.batch) = (state[id]?.candidate?.tip, batch.count > 1 ? batch : nil)
      $0.assumed = isAssumed ? true : nil
      $0.ahead = isAhead ? true : nil
      $0.gateInputs = inputs[tree].nonEmpty
      $0.reused = reusedGates(on: tree).nonEmpty
    }
    return EventDraft(
      .mergeSucceeded(success), workstream: id,
      anchors: batch.isEmpty ? [commit] : batch.map(\.commit))
  }

  func redEjection(
    _ id: WorkstreamID, _ gate: QueueGate, onto: ObjectID, commit: ObjectID, tree: ObjectID
  ) -> EventDraft {
    let record = state[id]?.gates.first { $0.name == gate.name && $0.stage == .integration }
    let isOfThisTree = record?.tree == tree && record?.result == .failed
    let why =
      isOfThisTree ? record?.message.map { ": \($0)" } ?? "" : redBefore(gate, on: tree)
    return ejection(
      id, "\(gate.name) failed\(onTop(of: onto))\(why)", onto: onto, anchors: [commit]
    ) {
      ($0.gate, $0.tree, $0.commit) = (gate.name, tree, commit)
      $0.evidence = self.record(on: tree, of: gate)?.event
      $0.gateInputs = cut(of: gate, on: tree).map { GateInputs([gate.name: $0]) }
    }
  }

  func conflictReason(_ id: WorkstreamID, _ paths: [String], _ message: String) -> String {
    let reason = paths.isEmpty ? message : "conflicts in \(paths.quoted(3))\(opponents(id))"
    return reason + failedRepairs(id)
  }

  /// Sets one aside; `fill` adds what it is for.
  func ejection(
    _ id: WorkstreamID, _ reason: String, onto: ObjectID, anchors: [ObjectID] = [],
    _ fill: (inout Told<Fact.CandidateEjected>) -> Void = { _ in }
  ) -> EventDraft {
    let predecessors = Array(forerunners(onto))
    var ejected = Told<Fact.CandidateEjected> {
      ($0.reason, $0.onto, $0.tip) = (reason, onto, state[id]?.candidate?.tip)
      $0.predecessors = predecessors.nonEmpty
    }
    fill(&ejected)
    return EventDraft(.candidateEjected(ejected), workstream: id, anchors: anchors)
  }

  /// Those integrated up to the commit, which may be an earlier tip.
  private func forerunners(_ onto: ObjectID) -> ArraySlice<WorkstreamID> {
    let chain = state.integration.chain
    if onto == tip { return chain[...] }
    return chain.prefix((chain.firstIndex { state[$0]?.integrated == onto } ?? -1) + 1)
  }

  func onTop(of onto: ObjectID) -> String {
    let forerunners = forerunners(onto)
    guard let last = forerunners.last else { return "" }
    let others = forerunners.count - 1
    return " on top of '\(last)'" + (others > 0 ? " and \(others) before it" : "")
  }
}

extension QueueMachine {
  /// The first required gate that was red on the tree, or gave no verdict again and again.
  func redGate(on tree: ObjectID) -> QueueGate? {
    for gate in policy.gates where gate.isRequired {
      if verdict(on: tree, of: gate) == false || isStuck(tree, gate) { return gate }
    }
    return nil
  }

  /// The first gate that has no verdict on the tree.
  func openGate(on tree: ObjectID) -> QueueGate? {
    for gate in policy.gates where verdict(on: tree, of: gate) == nil && !isStuck(tree, gate) {
      return gate
    }
    return nil
  }

  /// What a place in line is put to: the gates of all, and the own ones of each repaired candidate
  /// for which its test stands.
  func gates(at position: Int) -> [QueueGate] {
    if policy.ownGates.isEmpty { return policy.gates }
    let last = line.entries[position]
    var gates = policy.gates
    for place in 0...position {
      let entry = line.entries[place]
      let isMeant =
        place == position || isWhole || policy.assumesDisjoint && entry.group == last.group
      guard isMeant, entry.isRepaired, entry.commit != nil else { continue }
      for gate in policy.ownGates[entry.id] ?? [] where !gates.contains(gate) {
        gates.append(gate)
      }
    }
    return gates
  }

  func redGate(at position: Int) -> QueueGate? {
    guard let tree = line.entries[position].tree else { return nil }
    for gate in gates(at: position) where gate.isRequired {
      if verdict(on: tree, of: gate) == false || isSuspect(tree, gate) { return gate }
    }
    return nil
  }

  func isRed(_ position: Int) -> Bool { redGate(at: position) != nil }

  func openGate(at position: Int) -> QueueGate? {
    guard let tree = line.entries[position].tree else { return nil }
    return gates(at: position).first { isOpen(tree, $0) }
  }

  /// Whether the gate is to be run on the tree of a place.
  func isOpen(_ tree: ObjectID, _ gate: QueueGate) -> Bool {
    guard verdict(on: tree, of: gate) == nil else { return false }
    // One that decides nothing holds nobody up.
    return gate.isRequired ? !isSuspect(tree, gate) : !isStuck(tree, gate)
  }

  func isGreen(_ position: Int) -> Bool {
    line.entries[position].tree != nil && !isRed(position) && openGate(at: position) == nil
  }
}
