import UETModel

/// The merge queue as a state machine: decides what is recorded, folds what was recorded, and says
/// what must be done because of it.
///
/// The state is the fold of the record. What is in flight is kept beside it (`line`, `running`),
/// and a machine that is made from the folded state of a crashed run begins with none: merges are
/// made again, which gives the same commits, and gates that have a verdict for the same tree are
/// not run again.
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
  private(set) var verdicts = VerdictIndex()
  /// What gates read of the trees that are spoken of.
  var inputs = KnownInputs()
  /// Those that are to go ahead of others.
  var ahead = Overtaking()
  var health = QueueHealth()

  /// Takes the state as folded so far; `known` are verdicts of other trusted ledgers of this clone.
  package init(policy: QueuePolicy, state: RunState, known: [VerdictRecord] = []) {
    self.policy = policy
    self.state = state
    for verdict in known { verdicts.note(verdict) }
    verdicts.note(state.allVerdicts)
    inputs.note(state)
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

  /// Folds one recorded event and gives the effects it calls for; a caller that recovers drops
  /// them.
  package mutating func apply(_ event: Event) throws(RunState.FoldError) -> [QueueEffect] {
    let before = state.integration
    let again = askedAnew(event)
    try state.apply(event)
    if !again.isEmpty {
      verdicts.forgetRed { again.contains($0.tree) || again.contains($0.subject) }
    }
    inputs.note(event)
    if state.integration.start != before.start { health.begin() }
    let effects = follow(event, before)
    settleProbes()
    let cancelled = settle()
    let dropped = dropRepair()
    settleAhead()
    return cancelled.map(QueueEffect.cancel) + dropped.map(QueueEffect.cancelRepair) + effects
  }

  /// Trees, and inputs of gates, on which red results count no more.
  private func askedAnew(_ event: Event) -> Set<ObjectID> {
    guard case .candidateQueued(let fact) = event.fact, fact.again == true else { return [] }
    return event.workstream.map(state.redSubjects) ?? []
  }

  func verdict(on tree: ObjectID, of gate: QueueGate) -> Bool? {
    record(on: tree, of: gate)?.passed
  }

  func record(on tree: ObjectID, of gate: QueueGate) -> VerdictRecord? {
    verdicts.verdict(on: tree, inputs: cut(of: gate, on: tree), gate.key)
  }

  private mutating func noteEnd(_ event: Event, _ fact: Told<Fact.GateRun>, passed: Bool) {
    // What was said of what all stand on first stands.
    if let verdict = VerdictRecord(event),
      fact.stage != .target
        || verdicts.verdict(on: verdict.tree, inputs: verdict.inputs, verdict.key) == nil
    {
      verdicts.note(verdict)
    }
    if let name = running.first(where: { $0.isNamed(by: event, fact.gate, fact.commit) }) {
      health.note(name, passed: passed, isControl: isControl(name))
    }
    running.removeAll { $0.isNamed(by: event, fact.gate, fact.commit) }
  }
}

extension QueueMachine {
  /// Keeps what stands beside the state, and gives the effects; `before` is the record as it was.
  private mutating func follow(_ event: Event, _ before: IntegrationRecord) -> [QueueEffect] {
    let record = event.workstream.flatMap { state[$0] }
    var effects: [QueueEffect] = []
    switch event.fact {
    case .gateStarted(let fact):
      if let name = GateName(fact, event) {
        running.append(name)
        effects = [.test(name)]
      }
    case .gatePassed(let fact): noteEnd(event, fact, passed: true)
    case .gateFailed(let fact): noteEnd(event, fact, passed: false)
    case .repairStarted(let fact):
      repairing = RepairName(fact, event)
      effects = repairing.flatMap(order).map { [.repair($0)] } ?? []
    case .repairFailed(let fact): endRepair(fact, record)
    case .landed(let fact):
      // What was not in the queue may be what others wait for.
      for id in fact.status == nil ? [] : fact.workstreams ?? [] { leave(state[id]) }

    case .integrationFaulted(let fact):
      followFault(fact, event)
      return []
    case .integrationResumed:
      if let key = before.pause?.redGate { verdicts.forgetRed { $0.key == key } }
      health.begin()
      for entry in line.entries where entry.isBroken { line.set(entry.id, .none) }
      // What gave no verdict is asked anew.
      evidence = ProbeEvidence()
      _ = recallEvidence()
      return []
    case .integrationRestarted:
      line = QueueLine()
      for record in state.workstreams where record.state == .queued { enlist(record) }
      forgetProbes()
      return []
    case .probeStarted(let fact) where fact.ahead == true:
      ahead.begin(Probe(fact))
      return probeOrder(fact, event).map { [.probe($0)] } ?? []
    case .probeStarted(let fact):
      leave(record)
      if let probe = Probe(fact) { probes.append(probe) }
      return probeOrder(fact, event).map { [.probe($0)] } ?? []
    case .probePrepared(let fact) where fact.ahead == true:
      ahead.follow(fact)
      if let probe = ahead.probe, !mayGoAhead(probe) { ahead.refuse() }
      return []
    case .probePrepared(let fact):
      leave(record)
      followPrepared(fact)
      return []

    case .candidateQueued:
      if state.integration.start != before.start { forgetProbes() }
      if let record {
        enlist(record)
        reviewAll(record.id)
        evidence.forget(record.id, isIntegrated: false)
      }
      return []
    case .candidateHeld:
      if let record {
        unheld[record.id] = nil
        reviewAll(record.id)
      }
    case .mergeStarted(let fact):
      if let record, let onto = fact.onto { effects = enter(record, onto, event) }
    case .mergePrepared(let fact):
      health.noteMerge(event.seq)
      if let record, let onto = fact.onto, let commit = fact.commit, let tree = fact.tree {
        line.set(record.id, .built(onto: onto, commit: commit, tree: tree))
        line.mark(record.id, isRepaired: isRepaired(record, onto: onto))
        reviewAll(record.id)
      }
    case .mergeConflict(let fact):
      health.noteMerge(event.seq)
      if let record, let onto = fact.onto {
        let (paths, message) = (fact.paths ?? [], fact.message ?? "")
        line.set(record.id, .conflict(onto: onto, paths: paths, message: message))
        reviewAll(record.id)
      }
    case .mergeSucceeded(let fact):
      for member in (fact.batch ?? []).dropLast() {
        leave(state[member.workstream])
        forgetEvidence(of: state[member.workstream])
      }
      leave(record)
      effects = fact.commit.map { [.advance(from: before.published, to: $0)] } ?? []
    case .conflictResolved(let fact):
      if event.workstream == repairing?.workstream { repairing = nil }
      leave(record)
      if let record, let made = fact.commit ?? fact.replay { effects = [.keep(record.id, made)] }
    case .landingStarted: effects = unfinished

    case .runStarted, .runPaused, .runResumed, .runFinished, .planChanged, .recoveryStarted,
      .recoveryFinished, .workerSpawned, .workerDraining, .workerTerminated, .heartbeat,
      .taskReady, .taskAssigned, .taskStarted, .taskProgress, .taskStopping, .taskCompleted,
      .taskFailed, .taskRetried, .taskCancelled, .taskQuarantined, .scopeViolation,
      .dependencyFound, .waveReleased, .candidateEjected, .candidateDequeued, .candidatePromoted,
      .integrationPaused, .integrationFrozen, .integrationUnfrozen, .strategyChosen,
      .landingRefused, .compensationStarted, .compensationStep, .compensationFailed,
      .compensationFinished, .reviewRequested, .reviewDecided, .inboxRefused, .usageRecorded,
      .budgetReserved, .budgetSettled, .budgetWarning,
      .budgetExceeded, .budgetOverridden, .questionAsked, .questionAnswered, .rateLimited,
      .breakerOpened, .breakerClosed, .modeChanged,
      .protectedChangeFound,
      .unknown:
      leave(record)
    }
    forgetEvidence(of: record)
    return effects
  }

  private mutating func followFault(_ fact: Told<Fact.QueueFault>, _ event: Event) {
    running.removeAll { $0.isNamed(by: event, fact.gate, fact.commit) }
    guard fact.gate == nil else { return }
    if event.workstream == repairing?.workstream { repairing = nil }
    if let id = event.workstream, line.contains(id) {
      line.set(id, isBroken(id) ? fact.onto.map { .broken(onto: $0) } ?? .none : .none)
    }
    // Asked for again, with the same answer to all that is known.
    probes.removeAll { $0.commit == nil }
  }

  /// Takes what is not queued any more out of the line; what contains it is looked at again.
  private mutating func leave(_ record: WorkstreamRecord?) {
    guard let record else { return }
    if record.state != .queued {
      line.remove(record.id)
      waiting.remove(record.id)
      unheld[record.id] = nil
    }
    reviewAll(record.id)
  }

  /// Gives a candidate its place in line.
  private mutating func enter(
    _ record: WorkstreamRecord, _ onto: ObjectID, _ event: Event
  ) -> [QueueEffect] {
    waiting.remove(record.id)
    let policy = policy
    line.set(record.id, .underway(onto: onto, started: event.seq)) {
      policy.assumesDisjoint && policy.areDisjoint($0, $1)
    }
    reviewAll(record.id)
    return merge(record, onto, event).map { [.merge($0)] } ?? []
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
    let useless = running.filter {
      isStopped || !commits.contains($0.commit) && !isControl($0) && !isAwaited($0)
    }
    running.removeAll { useless.contains($0) }
    return useless
  }
}
