extension RunState {
  mutating func foldMergeStarted(_ id: WorkstreamID, _ event: Event) {
    update(id) { record in
      record.reason = nil
      guard record.candidate?.admittedAt == nil else { return }
      record.candidate?.admittedAt = event.seq
    }
  }

  mutating func foldDequeued(_ fact: Told<Fact.CandidateDequeued>, _ id: WorkstreamID)
    throws(Illegal)
  {
    try move(id, to: .succeeded, reason: fact.reason)
    forgetFaults(of: id)
    update(id) { $0.isWithdrawn = fact.intent == .person }
  }

  mutating func foldQueued(
    _ fact: Told<Fact.CandidateQueued>, _ id: WorkstreamID, _ event: Event
  ) throws(Illegal) {
    if fact.again == true {
      let trees = redSubjects(of: id)
      forgetRed { trees.contains($0.tree) || trees.contains($0.subject) }
      forgetFaults { if case .gate(let tree, _) = $0 { trees.contains(tree) } else { false } }
    }
    try move(id, to: .queued, reason: fact.reason)
    forgetFaults(of: id)
    let decisions = integration.decisions
    update(id) { record in
      record.queuedAt = record.queuedAt ?? event.seq
      record.isWithdrawn = false
      record.isFound = false
      record.gates.removeAll { $0.stage == .integration }
      guard let tip = fact.tip ?? record.tip else { return }
      var candidate = CandidateRecord(tip: tip)
      candidate.base = fact.base ?? record.lastAttempt?.base
      candidate.repairs = fact.repairs
      candidate.inputs =
        fact.has(\.inputs) ? fact.inputs ?? [] : record.lastAttempt?.inputs ?? []
      (candidate.rank, candidate.priority) = (fact.rank ?? 0, fact.priority ?? 0)
      candidate.dependencies = fact.dependencies ?? record.dependsOn.count
      candidate.decisionsBefore = decisions
      candidate.ejection = record.candidate?.ejection
      candidate.tree = fact.tipTree
      record.candidate = candidate
      // Whoever brings it back wants it tried again in every way.
      record.conflict?.tries = []
    }
    if integration.chain.isEmpty, let start = fact.start {
      let known = integration.start == start ? integration.startTree : nil
      if integration.start != start { integration.probes = [] }
      let inputs = integration.start == start ? integration.startInputs : GateInputs()
      (integration.start, integration.startTree) = (start, fact.startTree ?? known)
      integration.startInputs = fact.startInputs ?? inputs
    }
  }

  /// The trees on which a candidate was found to be red, and what gates read of them.
  package func redSubjects(of id: WorkstreamID) -> Set<ObjectID> {
    guard let candidate = self[id]?.candidate else { return [] }
    return Set([candidate.ejection?.tree, candidate.tree].compactMap { $0 })
      .union(candidate.ejection?.gateInputs.cuts.values.map(\.self) ?? [])
  }

  /// What was red there counts no more; it stays in the events.
  private mutating func forgetRed(where isMeant: (VerdictRecord) -> Bool) {
    for record in workstreams
    where record.verdicts.contains(where: { !$0.passed && isMeant($0) }) {
      update(record.id) { $0.verdicts.removeAll { !$0.passed && isMeant($0) } }
    }
    verdicts.removeAll { !$0.passed && isMeant($0) }
  }

  private mutating func forgetFaults(of id: WorkstreamID) {
    forgetFaults { $0 == .merge(id) || $0 == .repair(id) }
  }

  /// A batch is one event: its commits but the last are not tested by themselves, so none of them
  /// may ever be the tip.
  mutating func foldIntegrated(_ fact: Told<Fact.MergeSucceeded>, _ id: WorkstreamID)
    throws(Illegal)
  {
    let batch = fact.batch ?? []
    let members = batch.isEmpty ? [(id, fact.commit)] : batch.map { ($0.workstream, $0.commit) }
    for (member, _) in members where self[member]?.state != .queued {
      throw Illegal(message: "'\(member)' is not queued")
    }
    for (member, commit) in members {
      try move(member, to: .integrated)
      update(member) { $0.integrated = commit }
      integration.chain.append(member)
    }
    (integration.tip, integration.tree) = (fact.commit, fact.tree)
    integration.gateInputs = fact.gateInputs ?? GateInputs()
    integration.published = integration.tip
    integration.decisions += members.count
    integration.faults = 0
    integration.window = min(
      integration.window + members.count, IntegrationRecord.widestWindow)
  }

  mutating func foldEjected(_ fact: Told<Fact.CandidateEjected>, _ id: WorkstreamID) throws(Illegal)
  {
    let wasQueued = self[id]?.state == .queued
    try move(id, to: .ejected, reason: fact.reason)
    forgetFaults(of: id)
    update(id) { record in
      record.integrated = nil
      guard let tip = record.candidate?.tip else { return }
      var ejection = CandidateRecord.Ejection(tip: tip)
      (ejection.onto, ejection.commit, ejection.tree) = (fact.onto, fact.commit, fact.tree)
      (ejection.gate, ejection.evidence) = (fact.gate, fact.evidence)
      ejection.gateInputs = fact.gateInputs ?? GateInputs()
      ejection.predecessors = fact.predecessors ?? []
      ejection.isFault = fact.fault ?? false
      record.candidate?.ejection = ejection
      record.candidate?.admittedAt = nil
      record.candidate?.replay = nil
    }
    integration.chain.removeAll { $0 == id }
    guard wasQueued else { return }
    integration.decisions += 1
    integration.ejections += 1
    integration.faults = 0
    integration.window = max(integration.window / 2, 1)
  }

  mutating func foldQueueResumed() {
    if let key = integration.pause?.redGate { forgetRed { $0.key == key } }
    integration.pause = nil
    integration.faults = 0
    forgetFaults { _ in true }
  }

  mutating func foldLandingStarted(_ fact: Told<Fact.Landing>) {
    guard let target = fact.target, let old = fact.old, let new = fact.commit else { return }
    integration.landing = IntegrationRecord.Landing(
      target: target, old: old, new: new, tree: fact.tree)
    integration.landing?.gateInputs = fact.gateInputs ?? GateInputs()
  }

  /// Back to the queue by way of EJECTED, because something changed: the table knows no shorter
  /// way.
  mutating func foldRestart(_ fact: Told<Fact.QueueRestarted>) throws(Illegal) {
    if !integration.chain.isEmpty { integration.restarts += 1 }
    for id in integration.chain {
      try move(id, to: .ejected)
      try move(id, to: .queued, reason: fact.reason)
      update(id) { record in
        record.integrated = nil
        record.candidate?.replay = nil
      }
    }
    integration.chain = []
    (integration.start, integration.startTree) = (fact.start, fact.startTree)
    integration.startInputs = fact.startInputs ?? GateInputs()
    forgetFaults { _ in true }
    integration.tip = nil
    integration.landing = nil
    integration.probes = []
  }

  /// What others brought into the target: `merges` names the commit of each, where it was one.
  private mutating func foldFound(_ fact: Told<Fact.Landing>, _ event: Event) throws(Illegal) {
    var commits: [WorkstreamID: ObjectID] = [:]
    for merge in fact.merges ?? [] {
      if let id = merge.workstream { commits[id] = merge.commit }
    }
    let ids = fact.workstreams ?? []
    for id in ids {
      try move(id, to: .landed, reason: fact.reason)
      update(id) { record in
        (record.landedAt, record.isFound) = (event.seq, true)
        record.integrated = commits[id]
        record.candidate?.admittedAt = nil
      }
    }
    (integration.landedIn, integration.landedCommit) = (fact.target, fact.commit)
    integration.lastLanded = ids
    if integration.chain.isEmpty { integration.start = fact.commit ?? integration.start }
  }

  /// Results that change nothing: what waits for them goes on, and no branch moves.
  private mutating func foldNothing(_ fact: Told<Fact.Landing>, _ event: Event) throws(Illegal) {
    for id in fact.workstreams ?? [] {
      try move(id, to: .landed, reason: fact.reason)
      update(id) { ($0.landedAt, $0.hasNothing) = (event.seq, true) }
    }
  }

  /// landed: the status where others brought it into the target.
  package static let found = "found"

  /// landed: the status where there was nothing to bring.
  package static let nothing = "nothing"

  mutating func foldLanded(_ fact: Told<Fact.Landing>, _ event: Event) throws(Illegal) {
    if fact.status == Self.found || fact.status == Self.nothing {
      try fact.status == Self.found ? foldFound(fact, event) : foldNothing(fact, event)
      return forgetFaults { $0 == .other }
    }
    let ids = fact.workstreams ?? []
    for id in ids where self[id]?.state.successors.contains(.landed) != true {
      throw Illegal(message: "'\(id)' cannot land")
    }
    (integration.landedIn, integration.landedCommit) = (fact.target, fact.commit)
    integration.lastLanded = ids
    integration.landing = nil
    integration.restarts = 0
    integration.chain.removeAll { ids.contains($0) }
    if let commit = fact.commit {
      (integration.start, integration.startTree) = (commit, fact.tree)
      integration.startInputs = fact.gateInputs ?? GateInputs()
    }
    for id in ids {
      try move(id, to: .landed)
      update(id) { $0.landedAt = event.seq }
    }
    forgetFaults { $0 == .other }
  }
}
