import UETModel

extension QueueMachine {
  /// What a conflict adds to the record; `details` are what the engine found out about it.
  func conflictDraft(
    _ name: MergeName, _ paths: [String], _ message: String, _ details: JSONObject
  ) -> EventDraft {
    var conflict = Told<Fact.MergeConflict> {
      ($0.onto, $0.tip) = (name.onto, name.tip)
      ($0.paths, $0.message) = (paths, message)
    }
    conflict.members.complete(with: details)
    return EventDraft(.mergeConflict(conflict), workstream: name.workstream, anchors: [name.tip])
  }

  /// A conflict that was settled along with the merge: the candidate keeps its place, and the
  /// merged tree goes to its gates like any other. `replay` is the new tip where its commits were
  /// put on top one by one.
  func repaired(
    _ name: MergeName, _ commit: ObjectID, _ tree: ObjectID, _ inputs: GateInputs,
    _ conflict: EventDraft, replay: ObjectID? = nil
  ) -> [EventDraft] {
    let method: RepairMethod = replay == nil ? .resolutions : .replay
    let resolved = Told<Fact.ConflictRepair> {
      ($0.status, $0.method) = (.auto, method)
      ($0.onto, $0.tip, $0.tree, $0.replay) = (name.onto, name.tip, tree, replay)
    }
    return [
      conflict,
      EventDraft(
        .conflictResolved(resolved), workstream: name.workstream,
        anchors: [replay].compactMap { $0 }),
      prepared(name.workstream, name.tip, name.onto, commit, tree, inputs, replay: replay),
    ]
  }

  func prepared(
    _ id: WorkstreamID, _ tip: ObjectID, _ onto: ObjectID, _ commit: ObjectID, _ tree: ObjectID,
    _ inputs: GateInputs, replay: ObjectID? = nil
  ) -> EventDraft {
    let step = Told<Fact.MergeStep> {
      ($0.onto, $0.tip, $0.replay) = (onto, tip, replay)
      ($0.commit, $0.tree) = (commit, tree)
      $0.gateInputs = inputs.nonEmpty
    }
    return EventDraft(.mergePrepared(step), workstream: id, anchors: [commit])
  }

  /// With whom a candidate conflicts: those who changed the paths, or what the target had before.
  func opponents(_ id: WorkstreamID) -> String {
    guard let conflict = state[id]?.conflict else { return "" }
    if !conflict.makers.isEmpty { return " with \(conflict.makers.quoted(1))" }
    if !conflict.earlier.isEmpty { return " with \(conflict.earlier.map(\.name).listed(1))" }
    return " with what the target had before"
  }
}

/// Repairs that take their time: one at a time, of the first in line, when all before it is
/// decided. It keeps its place meanwhile, and those behind it are merged and tested without it, as
/// it may yet go.
extension QueueMachine {
  /// What is left to be tried on the merge, in order: after the last that took its time and did not
  /// help.
  private func methodsLeft(
    _ record: WorkstreamRecord, onto: ObjectID
  ) -> ArraySlice<RepairMethod> {
    guard let conflict = record.conflict, conflict.onto == onto,
      conflict.tip == record.candidate?.tip
    else { return policy.repair[...] }
    let last = policy.repair.lastIndex { method in
      !method.isPartOfMerge && conflict.tries.contains { $0.method == method }
    }
    return policy.repair[(last.map { $0 + 1 } ?? 0)...]
  }

  /// The order to make the merge that `merge_started` began.
  func merge(_ record: WorkstreamRecord, _ onto: ObjectID, _ event: Event) -> MergeOrder? {
    guard let candidate = record.candidate else { return nil }
    let outdated = outdated(record)
    return MergeOrder(
      name: MergeName(
        workstream: record.id, tip: candidate.tip, onto: onto, started: event.seq),
      base: candidate.base,
      inputs: candidate.inputs,
      methods: mergeMethods(record, onto: onto, isOutdated: !outdated.isEmpty), outdated: outdated,
      resolved: resolvedMerge(record, onto: onto))
  }

  /// What is tried along with the merge.
  func mergeMethods(_ record: WorkstreamRecord, onto: ObjectID, isOutdated: Bool) -> [RepairMethod]
  {
    let left = methodsLeft(record, onto: onto)
    return Array(
      isOutdated ? left.filter(\.isPartOfMerge)[...] : left.prefix(while: \.isPartOfMerge))
  }

  /// Whether what is merged is not the candidate as its attempt left it, or not what git makes of
  /// it.
  func isRepaired(_ record: WorkstreamRecord, onto: ObjectID) -> Bool {
    if record.candidate?.repairs != nil || record.candidate?.replay != nil { return true }
    guard let conflict = record.conflict, conflict.onto == onto else { return false }
    return conflict.state == .auto || conflict.state == .agent
  }

  /// Results the candidate contains that were replayed since. One that was repaired contains them
  /// anew.
  func outdated(_ record: WorkstreamRecord) -> [WorkstreamID] {
    guard let candidate = record.candidate, candidate.repairs == nil else { return [] }
    return candidate.inputs.filter { input in
      let other = state[input.workstream]?.candidate
      return other?.tip == input.commit && other?.replay != nil
    }.map(\.workstream)
  }

  /// The merge that a repair made of the very same sides before.
  func resolvedMerge(_ record: WorkstreamRecord, onto: ObjectID) -> ObjectID? {
    guard let conflict = record.conflict, conflict.state == .agent, conflict.onto == onto,
      conflict.tip == record.candidate?.tip
    else { return nil }
    return conflict.resolution
  }

  /// What becomes of one in conflict, when it is its turn. Without paths there is nothing for a
  /// tool to do.
  func repairDue(_ entry: QueueLine.Entry) -> RepairMethod? {
    guard case .conflict(let onto, let paths, _) = entry.merge, let record = state[entry.id] else {
      return nil
    }
    let due = methodsLeft(record, onto: onto).first { method in
      !method.isPartOfMerge && (method != .resolver || !paths.isEmpty)
    }
    return due ?? .person
  }

  /// Whether something is yet to be tried on it, or is being tried.
  func awaitsRepair(_ entry: QueueLine.Entry) -> Bool { repairDue(entry) == .resolver }

  /// Begins what is due on the first in line.
  func nextRepair() -> EventDraft? {
    guard repairing == nil, let entry = line.entries.first, let onto = entry.onto,
      let method = repairDue(entry), method == .resolver, let tip = state[entry.id]?.candidate?.tip
    else { return nil }
    return EventDraft(
      .repairStarted(.init { ($0.method, $0.onto, $0.tip) = (method, onto, tip) }),
      workstream: entry.id)
  }

  func repairEnded(
    _ name: RepairName, _ outcome: RepairOutcome, _ inputs: GateInputs
  ) -> [EventDraft] {
    var repair = Told<Fact.ConflictRepair> {
      ($0.method, $0.onto, $0.tip) = (name.method, name.onto, name.tip)
    }
    let id = name.workstream
    switch outcome {
    case .resolved(let commit, let tree, let details):
      (repair.status, repair.commit, repair.tree) = (.agent, commit, tree)
      repair.members.complete(with: details)
      return [
        EventDraft(.conflictResolved(repair), workstream: id, anchors: [commit]),
        prepared(id, name.tip, name.onto, commit, tree, inputs),
      ]
    case .failed(let reason, let kept, let details):
      repair.reason = reason
      repair.members.complete(with: details)
      return [
        EventDraft(.repairFailed(repair), workstream: id, anchors: [kept].compactMap { $0 })
      ]
    // The order goes on with what comes next.
    case .fault(let message) where state.fault(of: .repair(id))?.count ?? 0 >= policy.maxFaults:
      repair.reason = "it could not be carried out: \(message)"
      return [EventDraft(.repairFailed(repair), workstream: id)]
    case .fault(let message):
      var fault = Told<Fact.QueueFault>(members: repair.members)
      fault.message = message
      return [EventDraft(.integrationFaulted(fault), workstream: id)]
    }
  }

  /// What comes after it in the order may be tried along with a merge: then that is made once more.
  mutating func endRepair(_ fact: Told<Fact.ConflictRepair>, _ record: WorkstreamRecord?) {
    repairing = nil
    guard let record, let onto = fact.onto, let position = line.position(of: record.id),
      line.entries[position].isTorn,
      !mergeMethods(record, onto: onto, isOutdated: false).isEmpty
    else { return }
    line.set(record.id, .none)
  }

  /// A repair is of no use once the conflict that it is about is not in line any more.
  mutating func dropRepair() -> [RepairName] {
    guard let name = repairing else { return [] }
    let isStopped = state.integration.pause?.endsGates == true
    let isThere = line.entries.contains {
      $0.id == name.workstream && $0.isTorn && $0.onto == name.onto
    }
    if isThere, !isStopped { return [] }
    repairing = nil
    return [name]
  }

  func order(_ name: RepairName) -> RepairOrder? {
    state[name.workstream]?.candidate.map { RepairOrder(name: name, base: $0.base) }
  }

  /// Takes one in conflict out of the line, since nothing more is tried by itself.
  func conflictEnd(_ entry: QueueLine.Entry) -> [EventDraft] {
    guard case .conflict(let onto, let paths, let message) = entry.merge else { return [] }
    let reason = conflictReason(entry.id, paths, message)
    let ejection = ejection(entry.id, reason, onto: onto)
    guard repairDue(entry) == .quarantine else { return [ejection] }
    let quarantined = Told<Fact.ConflictRepair> {
      ($0.status, $0.method) = (.quarantined, .quarantine)
      ($0.onto, $0.reason) = (onto, reason)
    }
    return [
      EventDraft(.conflictResolved(quarantined), workstream: entry.id), ejection,
      EventDraft(.taskQuarantined(.because(reason)), workstream: entry.id),
    ]
  }

  /// What the ways that took their time said.
  func failedRepairs(_ id: WorkstreamID) -> String {
    let tries = state[id]?.conflict?.tries.filter { !$0.method.isPartOfMerge } ?? []
    return tries.map { "; the \($0.method.rawValue) failed: \($0.reason)" }.joined()
  }
}

extension RepairName {
  /// Reads what `repair_started` holds.
  init?(_ fact: Told<Fact.ConflictRepair>, _ event: Event) {
    guard let id = event.workstream, let onto = fact.onto, let tip = fact.tip,
      let method = fact.method
    else { return nil }
    self.init(workstream: id, tip: tip, onto: onto, method: method, started: event.seq)
  }
}
