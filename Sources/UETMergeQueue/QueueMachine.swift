import UETModel

/// The merge queue as a state machine: decides what is recorded, folds what was recorded, and says
/// what must be done because of it.
///
/// The state is the fold of the record. What is in flight is kept beside it (`line`, `running`), and a machine
/// that is made from the folded state of a crashed run begins with none: merges are made again, which
/// gives the same commits, and gates that have a verdict for the same tree are not run again.
package struct QueueMachine: RecordedMachine {
  package let policy: QueuePolicy
  package private(set) var state: RunState
  var line = QueueLine()
  /// Gates under way, in the order of their start.
  var running: [GateName] = []
  /// The repair under way, of the first in line.
  var repairing: RepairName?
  var waiting = WaitingCandidates()
  /// What is tested beside the line.
  var probes: [Probe] = []
  var evidence = ProbeEvidence()
  /// Candidates that contain each workstream's result.
  var heirs: [WorkstreamID: [WorkstreamID]] = [:]
  /// Candidates whose inheritance is lost, and the first cause of it.
  var lost: [WorkstreamID: String] = [:]
  /// Those of them for which the reason is not recorded yet.
  var unheld: [WorkstreamID: String] = [:]
  private var verdicts: [VerdictKey: VerdictRecord] = [:]
  var health = QueueHealth()

  struct VerdictKey: Hashable, Sendable {
    let tree: ObjectID
    let key: String
  }

  /// Takes the state as folded so far; `known` are verdicts of other trusted ledgers of this clone.
  package init(policy: QueuePolicy, state: RunState, known: [VerdictRecord] = []) {
    self.policy = policy
    self.state = state
    for verdict in known + state.allVerdicts { note(verdict) }
    for record in state.workstreams where record.state == .queued { enlist(record) }
    recallProbes()
  }

  /// The commit that the first in line is merged onto.
  package var tip: ObjectID? {
    state.integration.chain.isEmpty ? state.integration.start : state.integration.tip
  }

  package var unfinished: [QueueEffect] {
    state.integration.landing.map { [.land(target: $0.target, old: $0.old, new: $0.new)] } ?? []
  }

  /// The earliest moment at which `timerFired` may change something.
  package var nextWake: Timestamp? { state.integration.pause == nil ? faultedUntil : nil }

  package static var takesSeveral: Bool { false }

  package static var wake: QueueInput { .timerFired }

  /// Of two moves of the integration branch in a row only the end counts.
  package static func joined(_ effects: [QueueEffect]) -> [QueueEffect] {
    var joined: [QueueEffect] = []
    for effect in effects {
      switch (joined.last, effect) {
      case (.advance(let from, let middle), .advance(let old, let new)) where old == middle:
        joined[joined.count - 1] = .advance(from: from, to: new)
      default: joined.append(effect)
      }
    }
    return joined
  }

  /// Folds one recorded event and gives the effects it calls for; a caller that recovers drops them.
  package mutating func apply(_ event: Event) throws(RunState.FoldError) -> [QueueEffect] {
    let published = state.integration.published
    let again = askedAnew(event)
    let redGate = event.type == .integrationResumed ? state.integration.pause?.redGate : nil
    let start = state.integration.start
    try state.apply(event)
    if let redGate { verdicts = verdicts.filter { $1.passed || $1.key != redGate } }
    if state.integration.start != start || event.type == .integrationResumed { health.begin() }
    if state.integration.start != start, event.type == .candidateQueued { forgetProbes() }
    if !again.isEmpty { verdicts = verdicts.filter { $1.passed || !again.contains($1.tree) } }
    follow(event)
    followProbes(event)
    settleProbes()
    let cancelled = settle()
    let dropped = dropRepair()
    return cancelled.map(QueueEffect.cancel) + dropped.map(QueueEffect.cancelRepair)
      + effects(of: event, published: published)
  }

  /// Trees on which red results count no more.
  private func askedAnew(_ event: Event) -> Set<ObjectID> {
    guard event.data[.again]?.bool == true, event.type == .candidateQueued else { return [] }
    return event.workstream.map(state.redTrees) ?? []
  }

  func verdict(on tree: ObjectID, of gate: QueueGate) -> Bool? {
    record(on: tree, of: gate)?.passed
  }

  func record(on tree: ObjectID, of gate: QueueGate) -> VerdictRecord? {
    verdicts[VerdictKey(tree: tree, key: gate.key)]
  }

  private mutating func note(_ verdict: VerdictRecord) {
    verdicts[VerdictKey(tree: verdict.tree, key: verdict.key)] = verdict
  }

  private mutating func noteVerdict(_ event: Event) {
    guard let verdict = VerdictRecord(event) else { return }
    let isControl = event.text(.stage) == GateRecord.Stage.target.rawValue
    if isControl, verdicts[VerdictKey(tree: verdict.tree, key: verdict.key)] != nil { return }
    note(verdict)
  }
}

extension QueueMachine {
  private mutating func follow(_ event: Event) {
    switch event.type {
    case .gatePassed, .gateFailed:
      noteVerdict(event)
      if let name = running.first(where: { $0.isNamed(by: event) }) {
        health.note(name, passed: event.type == .gatePassed, isControl: isControl(name))
      }
      running.removeAll { $0.isNamed(by: event) }
      return
    case .gateStarted:
      if let name = GateName(event) { running.append(name) }
      return
    case .repairStarted:
      repairing = RepairName(event)
      return
    case .repairFailed:
      endRepair(event)
      return
    case .integrationFaulted:
      running.removeAll { $0.isNamed(by: event) }
      if event.text(.gate) == nil, event.workstream == repairing?.workstream { repairing = nil }
      if let id = event.workstream, event.text(.gate) == nil, line.contains(id) {
        line.set(id, isBroken(id) ? event.commit(.onto).map { .broken(onto: $0) } ?? .none : .none)
      }
      return
    case .integrationRestarted:
      line = QueueLine()
      for record in state.workstreams where record.state == .queued { enlist(record) }
      return
    case .integrationResumed:
      for entry in line.entries where entry.isBroken { line.set(entry.id, .none) }
      return
    case .landed:
      // What was not in the queue may be what others wait for.
      guard event.text(.status) != nil else { return }
      for id in event.workstreams(.workstreams) { followOne(id, event) }
      return
    default: break
    }
    if event.type == .conflictResolved, event.workstream == repairing?.workstream {
      repairing = nil
    }
    if event.type == .mergePrepared || event.type == .mergeConflict { health.noteMerge(event.seq) }
    if event.type == .mergeSucceeded {
      for member in event.batch.dropLast() { followOne(member.workstream, event) }
    }
    if let id = event.workstream { followOne(id, event) }
  }

  private mutating func followOne(_ id: WorkstreamID, _ event: Event) {
    guard let record = state[id] else { return }
    place(record, event)
    review(id)
    for heir in heirs[id] ?? [] { review(heir) }
  }

  private mutating func place(_ record: WorkstreamRecord, _ event: Event) {
    switch (event.type, event.commit(.onto)) {
    case (.candidateQueued, _): enlist(record)
    case (.candidateHeld, _): unheld[record.id] = nil
    case (.mergeStarted, let onto?):
      waiting.remove(record.id)
      let policy = policy
      line.set(record.id, .underway(onto: onto, started: event.seq)) {
        policy.assumesDisjoint && policy.areDisjoint($0, $1)
      }
    case (.mergePrepared, let onto?):
      guard let commit = event.commit(.commit), let tree = event.commit(.tree) else { return }
      line.set(record.id, .built(onto: onto, commit: commit, tree: tree))
      line.mark(record.id, isRepaired: isRepaired(record, onto: onto))
    case (.mergeConflict, let onto?):
      let paths = (event.data[.paths]?.array ?? []).compactMap(\.string)
      line.set(
        record.id, .conflict(onto: onto, paths: paths, message: event.text(.message) ?? ""))
    default:
      guard record.state != .queued else { return }
      line.remove(record.id)
      waiting.remove(record.id)
      unheld[record.id] = nil
    }
  }

  private mutating func enlist(_ record: WorkstreamRecord) {
    for input in record.candidate?.inputs ?? []
    where heirs[input.workstream]?.contains(record.id) != true {
      heirs[input.workstream, default: []].append(record.id)
    }
    if !line.contains(record.id) { review(record.id) }
  }

  /// Puts a candidate without a place where its inheritance says.
  private mutating func review(_ id: WorkstreamID) {
    guard let record = state[id], record.state == .queued, !line.contains(id) else {
      lost[id] = nil
      return
    }
    let before = lost.removeValue(forKey: id)
    unheld[id] = nil
    waiting.remove(id)
    switch inheritance(of: record, ahead: line.entries) {
    case .sound: if let place = WaitingCandidates.Place(record) { waiting.insert(place) }
    case .waits: break
    case .lost(let reason):
      lost[id] = reason.split(separator: " and so ").last.map(String.init) ?? reason
      if record.reason != reason { unheld[id] = reason }
    }
    guard lost[id] != before else { return }
    for heir in heirs[id] ?? [] { review(heir) }
  }

  /// Restores what holds between events; gives the gates whose result is of no use any more.
  private mutating func settle() -> [GateName] {
    repeat {
      let vain = inVain
      line.settle(onto: tip) { vain.contains($0) }
    } while dropUnsound()
    let commits = Set(
      line.entries.compactMap(\.commit) + probes.compactMap(\.commit)
        + evidence.refuted.values.map(\.commit))
    let isStopped = state.integration.pause?.endsGates == true
    let useless = running.filter { isStopped || !commits.contains($0.commit) && !isControl($0) }
    running.removeAll { useless.contains($0) }
    return useless
  }

  /// Takes those out of line whose inheritance is lost.
  private mutating func dropUnsound() -> Bool {
    var sound = line
    let dropped = sound.removeUnsound { id, ahead in
      guard let record = state[id], record.state == .queued else { return false }
      return inheritance(of: record, ahead: ahead) == .sound
    }
    guard !dropped.isEmpty else { return false }
    line = sound
    for id in dropped { review(id) }
    return true
  }

  private func effects(of event: Event, published: ObjectID?) -> [QueueEffect] {
    switch event.type {
    case .mergeStarted: return merge(event).map { [.merge($0)] } ?? []
    case .gateStarted: return GateName(event).map { [.test($0)] } ?? []
    case .repairStarted: return repair(event).map { [.repair($0)] } ?? []
    case .conflictResolved:
      guard let id = event.workstream, let made = event.commit(.commit) ?? event.commit(.replay)
      else { return [] }
      return [.keep(id, made)]
    case .probeStarted: return probeOrder(event).map { [.probe($0)] } ?? []
    case .mergeSucceeded:
      return event.commit(.commit).map { [.advance(from: published, to: $0)] } ?? []
    case .landingStarted:
      return state.integration.landing.map {
        [.land(target: $0.target, old: $0.old, new: $0.new)]
      } ?? []
    default: return []
    }
  }

  private func merge(_ event: Event) -> MergeOrder? {
    guard let id = event.workstream, let record = state[id], let candidate = record.candidate,
      let onto = event.commit(.onto)
    else { return nil }
    let outdated = outdated(record)
    return MergeOrder(
      name: MergeName(workstream: id, tip: candidate.tip, onto: onto, started: event.seq),
      base: candidate.base,
      inputs: candidate.inputs,
      methods: mergeMethods(record, onto: onto, isOutdated: !outdated.isEmpty), outdated: outdated,
      resolved: resolvedMerge(record, onto: onto))
  }
}

extension GateName {
  /// Reads what `gate_started` of the queue holds.
  init?(_ event: Event) {
    let stage = event.text(.stage).flatMap(GateRecord.Stage.init)
    guard stage == .integration || stage == .target, let id = event.workstream,
      let commit = event.commit(.commit), let tree = event.commit(.tree),
      let gate = event.text(.gate)
    else { return nil }
    self.init(
      workstream: id, commit: commit, tree: tree, gate: gate, key: event.text(.gateKey) ?? gate,
      started: event.seq)
  }

  func isNamed(by event: Event) -> Bool {
    event.workstream == workstream && event.text(.gate) == gate && event.commit(.commit) == commit
  }
}
