import UETModel

extension QueueMachine {
  /// What came of the merges of a probe.
  mutating func followPrepared(_ fact: Told<Fact.ProbeStep>) {
    guard let asked = Probe(fact), let index = probes.firstIndex(where: { $0.name == asked.name })
    else { return }
    if let commit = fact.commit, let tree = fact.tree {
      probes[index].merge = .built(commit: commit, tree: tree)
    } else {
      probes.remove(at: index)
      evidence.noteConflict(asked.name.members, left: asked.name.members)
    }
  }

  /// What probes said of one that is not queued any more says nothing.
  mutating func forgetEvidence(of record: WorkstreamRecord?) {
    guard let record, record.state != .queued else { return }
    evidence.forget(record.id, isIntegrated: record.state == .integrated)
  }

  mutating func forgetProbes() {
    probes = []
    evidence = ProbeEvidence()
  }

  /// Draws what the verdicts say of each probe, and drops those that are of no more use.
  mutating func settleProbes() {
    for (id, place) in evidence.refuted where redGate(on: place.tree) == nil {
      evidence.acquit(id)
      if openGate(on: place.tree) == nil { evidence.noteGreen([id]) }
    }
    guard !probes.isEmpty else { return }
    if state.integration.pause?.endsGates == true {
      probes = []
      return
    }
    var kept: [Probe] = []
    for probe in probes {
      let left = probe.name.members.filter { state[$0]?.state == .queued }
      guard probe.name.members.allSatisfy(isSound), !left.isEmpty else { continue }
      let standing = standing(of: probe)
      if standing == .open { kept.append(probe) } else { note(probe, standing, left) }
    }
    probes = kept
  }

  private mutating func note(_ probe: Probe, _ standing: Standing, _ left: [WorkstreamID]) {
    guard standing == .red else { return evidence.noteGreen(left) }
    evidence.noteRed(left)
    guard probe.name.members.count == 1, let commit = probe.commit, let tree = probe.tree else {
      return
    }
    evidence.refute(
      left[0], ProbeEvidence.Refutation(onto: probe.name.onto, commit: commit, tree: tree))
  }

  /// Draws from the record what the probes of before have shown, and takes up again those that were
  /// under test: their merges are made, and so are some of their verdicts.
  mutating func recallProbes() {
    let open = recallEvidence()
    guard strategy.inUse == .adaptive else { return }
    probes = Array(open.suffix(max(policy.slots, 1)))
  }

  /// Gives those that have no answer yet.
  mutating func recallEvidence() -> [Probe] {
    var open: [Probe] = []
    for record in state.integration.probes {
      guard let probe = Probe(record) else {
        if !record.isExplained { evidence.noteConflict(record.members, left: record.left) }
        continue
      }
      switch standing(of: probe) {
      case .green: evidence.noteGreen(record.left)
      case .red: if !record.isExplained { note(probe, .red, record.left) }
      case .open:
        let isCurrent = probe.name.onto == tip && !record.isExplained
        if isCurrent, probe.name.members.allSatisfy(isSound) { open.append(probe) }
      }
    }
    return open
  }

  /// Whether a test with it in it says anything: it is queued, or what it was merged onto has it
  /// now.
  private func isSound(_ id: WorkstreamID) -> Bool {
    switch state[id]?.state {
    case .queued: lost[id] == nil
    case .integrated, .landed: true
    default: false
    }
  }

  private enum Standing { case open, green, red }

  private func standing(of probe: Probe) -> Standing {
    guard let tree = probe.tree else { return .open }
    if redGate(on: tree) != nil { return .red }
    return openGate(on: tree) == nil ? .green : .open
  }

  /// Whether the gate is one of a test beside the line.
  package func isProbe(_ name: GateName) -> Bool { probeMembers(name.commit) != nil }

  /// Whom a test beside the line was made of.
  func probeMembers(_ commit: ObjectID) -> [WorkstreamID]? {
    if let probe = probes.first(where: { $0.commit == commit }) { return probe.name.members }
    return evidence.refuted.first { $0.value.commit == commit }.map { [$0.key] }
  }

  /// The gate that runs on the candidate beside the line, and with how many others.
  func probing(_ id: WorkstreamID) -> (name: GateName, others: Int)? {
    for probe in probes where probe.name.members.contains(id) {
      if let name = running.first(where: { $0.commit == probe.commit }) {
        return (name, probe.name.members.count - 1)
      }
    }
    return nil
  }

  /// Whether a gate runs on it now.
  func isRunning(_ probe: Probe) -> Bool {
    guard let commit = probe.commit else { return false }
    return running.contains { $0.commit == commit }
  }

  /// The next gate of a probe that was begun. One that looks again at a red place may have taken
  /// the slot that was meant for it.
  func probeGate() -> EventDraft? {
    guard running.count < max(policy.slots, 1) else { return nil }
    for probe in probes where !isRunning(probe) {
      guard let commit = probe.commit, let tree = probe.tree, let last = probe.name.members.last,
        let gate = startable(
          policy.gates, on: tree, { verdict(on: $0, of: $1) == nil && !isStuck($0, $1) })
      else { continue }
      return gateStart(last, commit: commit, tree: tree, gate, members: probe.name.members)
    }
    return nil
  }

  func probeStart(_ members: [WorkstreamID]) -> EventDraft? {
    guard let onto = tip, let last = members.last else { return nil }
    return EventDraft(
      .probeStarted(.init { ($0.onto, $0.workstreams) = (onto, members) }), workstream: last,
      anchors: members.compactMap { state[$0]?.candidate?.tip })
  }

  func probeOrder(_ fact: Told<Fact.ProbeStep>, _ event: Event) -> ProbeOrder? {
    guard let probe = Probe(fact) else { return nil }
    let merges = probe.name.members.compactMap { id -> MergeOrder? in
      guard let candidate = state[id]?.candidate else { return nil }
      return MergeOrder(
        name: MergeName(
          workstream: id, tip: candidate.tip, onto: probe.name.onto, started: event.seq),
        base: candidate.base, inputs: candidate.inputs, methods: [], outdated: [], resolved: nil)
    }
    return merges.count == probe.name.members.count
      ? ProbeOrder(name: probe.name, merges: merges) : nil
  }

  /// What came of the merges of a probe; nothing where nobody waits for it any more.
  func probed(
    _ name: ProbeName, _ outcome: MergeOutcome, _ commits: [ObjectID], _ inputs: GateInputs
  ) -> [EventDraft] {
    if ahead.isUnderway(name) { return [ahead.prepared(name, outcome, commits, inputs)] }
    guard probes.contains(where: { $0.name == name && $0.merge == .underway }) else { return [] }
    var step = Told<Fact.ProbeStep> { ($0.onto, $0.workstreams) = (name.onto, name.members) }
    var anchors: [ObjectID] = []
    switch outcome {
    case .clean(let commit, let tree), .repaired(let commit, let tree, _, _):
      (step.commit, step.tree, anchors) = (commit, tree, [commit])
      step.gateInputs = inputs.nonEmpty
    case .conflict(_, let message, _), .replayed(_, _, _, _, let message, _), .refused(let message):
      step.message = message
    // They are left to the line, which shows whether it follows one of them.
    case .fault(let message)
    where state.fault(of: .probe(name.members))?.count ?? 0 >= policy.maxFaults:
      step.message = message
    case .fault(let message):
      let fault = Told<Fact.QueueFault> {
        ($0.onto, $0.workstreams, $0.message) = (name.onto, name.members, message)
      }
      return [EventDraft(.integrationFaulted(fault), workstream: name.members.last)]
    }
    return [EventDraft(.probePrepared(step), workstream: name.members.last, anchors: anchors)]
  }

  /// One that is red alone on what is integrated goes: all its forerunners in that test have been
  /// integrated.
  func probeEjection() -> EventDraft? {
    for suspect in refuted {
      if let ejection = judgement(suspect) { return ejection }
    }
    return nil
  }

  /// Those that were red alone, by name.
  var refuted: [Suspect] {
    evidence.refuted.sorted { $0.key < $1.key }.compactMap { id, place in
      redGate(on: place.tree).map { gate in
        Suspect(id: id, onto: place.onto, commit: place.commit, tree: place.tree, gate: gate)
      }
    }
  }
}
