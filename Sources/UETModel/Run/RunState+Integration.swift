extension RunState {
  mutating func foldCandidate(_ event: Event) throws(Illegal) {
    guard let id = event.workstream else { return }
    switch event.type {
    case .candidateQueued: try foldQueued(event, id)
    case .mergeStarted:
      update(id) { record in
        record.reason = nil
        guard record.candidate?.admittedAt == nil else { return }
        record.candidate?.admittedAt = event.seq
      }
    case .candidateHeld: update(id) { $0.reason = event.text(.reason) }
    case .candidateDequeued:
      try move(id, to: .succeeded, reason: event.text(.reason))
      update(id) { record in
        record.isWithdrawn =
          event.text(.intent) == IntegrationRecord.Pause.Intent.person.rawValue
      }
    case .candidatePromoted: update(id) { $0.candidate?.promotedAt = event.seq }
    case .mergeSucceeded: try foldIntegrated(event, id)
    case .candidateEjected: try foldEjected(event, id)
    case .mergeConflict, .conflictResolved, .mergePrepared, .repairStarted, .repairFailed:
      try foldConflict(event, id)
    default: break
    }
  }

  private mutating func foldQueued(_ event: Event, _ id: WorkstreamID) throws(Illegal) {
    if event.data[.again]?.bool == true {
      let trees = redTrees(of: id)
      forgetRed { trees.contains($0.tree) }
      forgetFaults { if case .gate(let tree, _) = $0 { trees.contains(tree) } else { false } }
    }
    try move(id, to: .queued, reason: event.text(.reason))
    let decisions = integration.decisions
    update(id) { record in
      record.queuedAt = record.queuedAt ?? event.seq
      record.isWithdrawn = false
      record.isFound = false
      record.gates.removeAll { $0.stage == .integration }
      guard let tip = event.commit(.tip) ?? record.tip else { return }
      var candidate = CandidateRecord(tip: tip)
      candidate.base = event.commit(.base) ?? record.lastAttempt?.base
      candidate.repairs = event.commit(.repairs)
      candidate.inputs =
        event.data[.inputs] == nil ? record.lastAttempt?.inputs ?? [] : event.inputs
      candidate.rank = event.integer(.rank) ?? 0
      candidate.priority = event.integer(.priority) ?? 0
      candidate.dependencies = event.integer(.dependencies) ?? record.dependsOn.count
      candidate.decisionsBefore = decisions
      candidate.ejection = record.candidate?.ejection
      candidate.tree = event.commit(.tipTree)
      record.candidate = candidate
      // Whoever brings it back wants it tried again in every way.
      record.conflict?.tries = []
    }
    if integration.chain.isEmpty, let start = event.commit(.start) {
      let known = integration.start == start ? integration.startTree : nil
      if integration.start != start { integration.probes = [] }
      (integration.start, integration.startTree) = (start, event.commit(.startTree) ?? known)
    }
  }

  /// The trees on which a candidate was found to be red.
  package func redTrees(of id: WorkstreamID) -> Set<ObjectID> {
    let candidate = self[id]?.candidate
    return Set([candidate?.ejection?.tree, candidate?.tree].compactMap { $0 })
  }

  /// What was red there counts no more; it stays in the events.
  private mutating func forgetRed(where isMeant: (VerdictRecord) -> Bool) {
    for record in workstreams
    where record.verdicts.contains(where: { !$0.passed && isMeant($0) }) {
      update(record.id) { $0.verdicts.removeAll { !$0.passed && isMeant($0) } }
    }
    verdicts.removeAll { !$0.passed && isMeant($0) }
  }

  /// A batch is one event: its commits but the last are not tested by themselves, so none of them
  /// may ever be the tip.
  private mutating func foldIntegrated(_ event: Event, _ id: WorkstreamID) throws(Illegal) {
    let batch = event.batch
    let members =
      batch.isEmpty ? [(id, event.commit(.commit))] : batch.map { ($0.workstream, $0.commit) }
    for (member, _) in members where self[member]?.state != .queued {
      throw Illegal(message: "'\(member)' is not queued")
    }
    for (member, commit) in members {
      try move(member, to: .integrated)
      update(member) { $0.integrated = commit }
      integration.chain.append(member)
    }
    integration.tip = event.commit(.commit)
    integration.tree = event.commit(.tree)
    integration.published = integration.tip
    integration.decisions += members.count
    integration.faults = 0
    integration.window = min(
      integration.window + members.count, IntegrationRecord.widestWindow)
  }

  private mutating func foldEjected(_ event: Event, _ id: WorkstreamID) throws(Illegal) {
    let wasQueued = self[id]?.state == .queued
    try move(id, to: .ejected, reason: event.text(.reason))
    update(id) { record in
      record.integrated = nil
      guard let tip = record.candidate?.tip else { return }
      var ejection = CandidateRecord.Ejection(tip: tip)
      ejection.onto = event.commit(.onto)
      ejection.gate = event.text(.gate)
      ejection.tree = event.commit(.tree)
      ejection.commit = event.commit(.commit)
      ejection.predecessors = event.workstreams(.predecessors)
      ejection.evidence = event.integer(.evidence)
      ejection.isFault = event.data[.fault]?.bool ?? false
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

  mutating func foldIntegration(_ event: Event) throws(Illegal) {
    switch event.type {
    case .integrationFaulted:
      integration.faults += 1
      integration.faultedAt = event.at
      noteFault(event)
      guard let id = event.workstream else { return }
      guard let gate = event.text(.gate) else {
        update(id) { $0.conflict?.underWay = nil }
        return
      }
      update(id) { record in
        record.gates.removeAll { $0.name == gate && $0.result == .running }
      }
    case .integrationPaused:
      let intent = event.text(.intent).flatMap(IntegrationRecord.Pause.Intent.init) ?? .person
      integration.pause = IntegrationRecord.Pause(
        intent: intent, reason: event.text(.reason), redGate: event.text(.gateKey))
    case .integrationResumed:
      if let key = integration.pause?.redGate { forgetRed { $0.key == key } }
      integration.pause = nil
      integration.faults = 0
      forgetFaults { _ in true }
    case .integrationRestarted: try foldRestart(event)
    case .integrationFrozen: integration.freeze = event.text(.reason) ?? "no reason given"
    case .integrationUnfrozen: integration.freeze = nil
    case .strategyChosen: integration.strategy = event.text(.strategy)
    case .landingStarted:
      guard let target = event.text(.target), let old = event.commit(.old),
        let new = event.commit(.commit)
      else { return }
      integration.landing = IntegrationRecord.Landing(
        target: target, old: old, new: new, tree: event.commit(.tree))
    case .landingRefused:
      integration.landing = nil
    default: try foldLanded(event)
    }
  }

  /// Back to the queue by way of EJECTED, because something changed: the table knows no shorter way.
  private mutating func foldRestart(_ event: Event) throws(Illegal) {
    if !integration.chain.isEmpty { integration.restarts += 1 }
    for id in integration.chain {
      try move(id, to: .ejected)
      try move(id, to: .queued, reason: event.text(.reason))
      update(id) { record in
        record.integrated = nil
        record.candidate?.replay = nil
      }
    }
    integration.chain = []
    integration.start = event.commit(.start)
    integration.startTree = event.commit(.startTree)
    forgetFaults { _ in true }
    integration.tip = nil
    integration.landing = nil
    integration.probes = []
  }

  /// What others brought into the target: `merges` names the commit of each, where it was one.
  private mutating func foldFound(_ event: Event) throws(Illegal) {
    var commits: [WorkstreamID: ObjectID] = [:]
    for entry in event.data[.merges]?.array ?? [] {
      if let id = entry["workstream"]?.workstreamID { commits[id] = entry["commit"]?.objectID }
    }
    let ids = event.workstreamList
    for id in ids {
      try move(id, to: .landed, reason: event.text(.reason))
      update(id) { record in
        record.landedAt = event.seq
        record.isFound = true
        record.integrated = commits[id]
        record.candidate?.admittedAt = nil
      }
    }
    integration.landedIn = event.text(.target)
    integration.landedCommit = event.commit(.commit)
    integration.lastLanded = ids
    if integration.chain.isEmpty { integration.start = event.commit(.commit) ?? integration.start }
  }

  /// Results that change nothing: what waits for them goes on, and no branch moves.
  private mutating func foldNothing(_ event: Event) throws(Illegal) {
    for id in event.workstreamList {
      try move(id, to: .landed, reason: event.text(.reason))
      update(id) { record in
        record.landedAt = event.seq
        record.hasNothing = true
      }
    }
  }

  /// landed: the status where others brought it into the target.
  package static let found = "found"

  /// landed: the status where there was nothing to bring.
  package static let nothing = "nothing"

  private mutating func foldLanded(_ event: Event) throws(Illegal) {
    if event.text(.status) == Self.found { return try foldFound(event) }
    if event.text(.status) == Self.nothing { return try foldNothing(event) }
    let ids = event.workstreamList
    for id in ids where self[id]?.state.successors.contains(.landed) != true {
      throw Illegal(message: "'\(id)' cannot land")
    }
    integration.landedIn = event.text(.target)
    integration.landedCommit = event.commit(.commit)
    integration.lastLanded = ids
    integration.landing = nil
    integration.restarts = 0
    integration.chain.removeAll { ids.contains($0) }
    if let commit = event.commit(.commit) {
      (integration.start, integration.startTree) = (commit, event.commit(.tree))
    }
    for id in ids {
      try move(id, to: .landed)
      update(id) { $0.landedAt = event.seq }
    }
  }
}
