import UETModel

extension QueueMachine {
  /// The facts that an input adds to the record; nothing when it comes too late or says nothing
  /// new.
  package func decide(_ input: QueueInput, at now: Timestamp) throws(QueueError) -> [EventDraft] {
    switch input {
    case .start: return resume(from: [.stop, .fault])
    case .enqueue(let candidates, let start, let tree, let inputs):
      return try enqueue(candidates, start, tree, inputs)
    case .begin(let commit, let tree, let inputs): return begin(at: commit, tree, inputs)
    case .mergeDone(let name, let outcome, let inputs):
      return isUnderWay(name) ? merged(name, outcome, inputs) : []
    case .probeDone(let name, let outcome, let commits, let inputs):
      return probed(name, outcome, commits, inputs)
    case .gateDone(let name, let outcome, let details):
      return running.contains(name) ? gated(name, outcome, details) : []
    case .repairDone(let name, let outcome, let inputs):
      return repairing == name ? repairEnded(name, outcome, inputs) : []
    case .land(let target, let current, let tree, let inputs):
      return try land(target, current, tree, inputs)
    case .landingDone(let commit, let outcome, let inputs):
      return state.integration.landing?.new == commit ? landed(outcome, inputs) : []
    case .dequeue(let id, let reason): return try dequeue(id, reason)
    case .withdraw(let id, let reason): return try dequeue(id, reason, intent: .person)
    case .requeue(let id, let reason, let force): return try requeue(id, reason, force)
    case .promote(let id): return try promote(id)
    case .freeze(let reason): return freeze(reason)
    case .unfreeze:
      if state.integration.freeze == nil { throw .notFrozen }
      return [EventDraft(.integrationUnfrozen(.init()))]
    case .pause(let reason): return state.integration.pause == nil ? [pause(.person, reason)] : []
    case .resume:
      if state.integration.pause == nil { throw .notPaused }
      return resume(from: IntegrationRecord.Pause.Intent.allCases)
    case .drain:
      return state.integration.pause == nil ? [pause(.stop, "the queue is stopping")] : []
    case .stopNow: return stopNow()
    case .broken(let reason): return [pause(.fault, reason)]
    case .timerFired: return []
    case .facts(let drafts): return drafts
    }
  }

  private func isUnderWay(_ name: MergeName) -> Bool {
    guard state[name.workstream]?.candidate?.tip == name.tip else { return false }
    return line.entries.contains {
      $0.id == name.workstream && $0.merge == .underway(onto: name.onto, started: name.started)
    }
  }

  private func resume(from intents: [IntegrationRecord.Pause.Intent]) -> [EventDraft] {
    guard let pause = state.integration.pause, intents.contains(pause.intent) else { return [] }
    return [EventDraft(.integrationResumed(.init()))]
  }

  private func stopNow() -> [EventDraft] {
    if state.integration.pause?.endsGates == true { return [] }
    return [pause(.stop, IntegrationRecord.Pause.stoppedNow)]
  }

  private func merged(
    _ name: MergeName, _ outcome: MergeOutcome, _ inputs: GateInputs
  ) -> [EventDraft] {
    switch outcome {
    case .clean(let commit, let tree):
      return [prepared(name.workstream, name.tip, name.onto, commit, tree, inputs)]
    case .conflict(let paths, let message, let details):
      return [conflictDraft(name, paths, message, details)]
    case .repaired(let commit, let tree, let paths, let details):
      let conflict = conflictDraft(name, paths, "resolved as before", details)
      return repaired(name, commit, tree, inputs, conflict)
    case .replayed(let tip, let commit, let tree, let paths, let message, let details):
      let conflict = conflictDraft(name, paths, message, details)
      return repaired(name, commit, tree, inputs, conflict, replay: tip)
    case .refused(let reason): return [ejection(name.workstream, reason, onto: name.onto)]
    case .fault(let message):
      let fault = Told<Fact.QueueFault> {
        ($0.onto, $0.tip, $0.message) = (name.onto, name.tip, message)
      }
      return [EventDraft(.integrationFaulted(fault), workstream: name.workstream)]
    }
  }

  private func isRequired(_ name: GateName) -> Bool {
    for gate in policy.gates where gate.key == name.key { return gate.isRequired }
    for gates in policy.ownGates.values {
      for gate in gates where gate.key == name.key { return gate.isRequired }
    }
    return true
  }

  private func gated(
    _ name: GateName, _ outcome: GateOutcome, _ details: JSONObject
  ) -> [EventDraft] {
    var run = gateRun(name, isRequired: isRequired(name))
    run.workstreams = probeMembers(name.commit)
    let isAskedAgain = !isControl(name) && isRed(name) ? true : nil
    switch outcome {
    case .passed: run.flaky = isAskedAgain
    case .failed(let message): (run.again, run.message) = (isAskedAgain, message)
    case .fault(let message): run.message = message
    case .cancelled: run.message = "the gate was ended from outside"
    }
    run.members.complete(with: details)
    let fact: Fact =
      switch outcome {
      case .passed: .gatePassed(run)
      case .failed: .gateFailed(run)
      case .fault, .cancelled: .integrationFaulted(Told(members: run.members))
      }
    return [EventDraft(fact, workstream: name.workstream, anchors: [name.commit])]
  }
}

extension QueueMachine {
  /// Merging goes on from the target as it is now, as long as nothing is built on the former one.
  private func begin(
    at commit: ObjectID, _ tree: ObjectID?, _ inputs: GateInputs
  ) -> [EventDraft] {
    let integration = state.integration
    guard integration.chain.isEmpty, integration.landing == nil, let old = integration.start,
      old != commit, state.workstreams.contains(where: { $0.state == .queued })
    else { return [] }
    return [restartDraft(on: commit, tree, inputs)]
  }

  private func enqueue(
    _ candidates: [Candidate], _ start: ObjectID, _ tree: ObjectID?, _ inputs: GateInputs
  ) throws(QueueError) -> [EventDraft] {
    var drafts: [EventDraft] = []
    let empty = candidates.filter { $0.isEmpty && state[$0.id]?.state == .succeeded }
    if !empty.isEmpty { drafts.append(nothing(empty)) }
    for var candidate in candidates {
      guard let record = state[candidate.id] else { throw .unknown(candidate.id) }
      candidate.inputs = inherited(candidate.inputs, besides: empty)
      switch record.state {
      case .succeeded where candidate.isEmpty: break
      case .succeeded: drafts.append(queued(candidate, start, tree, inputs, nil))
      case .ejected where hasChanged(record, tip: candidate.tip, start):
        drafts.append(
          queued(candidate, start, tree, inputs, "tried again, since something changed"))
      case .ejected, .queued, .integrated, .landed, .quarantined: break
      default: throw .notPossible(candidate.id, record.state)
      }
    }
    return drafts
  }

  private func nothing(_ candidates: [Candidate]) -> EventDraft {
    EventDraft(
      .landed(
        .init {
          ($0.status, $0.reason) = (RunState.nothing, "nothing to land")
          $0.workstreams = candidates.map(\.id)
        }))
  }

  /// What changes nothing is never merged, so that who contains it inherits what it was made on as
  /// well.
  private func inherited(
    _ inputs: [AttemptRecord.Input], besides empty: [Candidate]
  ) -> [AttemptRecord.Input] {
    var result: [AttemptRecord.Input] = []
    var open = Array(inputs.reversed())
    while let input = open.popLast() {
      guard !result.contains(input) else { continue }
      result.append(input)
      if let candidate = empty.first(where: { $0.id == input.workstream }) {
        open += candidate.inputs
      } else if let record = state[input.workstream], record.hasNothing {
        open += record.attempts.last { $0.outcome == .succeeded }?.inputs ?? record.inputs
      }
    }
    return result
  }

  private func queued(
    _ candidate: Candidate, _ start: ObjectID, _ tree: ObjectID?, _ inputs: GateInputs,
    _ reason: String?, again: Bool = false
  ) -> EventDraft {
    let queued = Told<Fact.CandidateQueued> {
      ($0.tip, $0.tipTree, $0.base) = (candidate.tip, candidate.tree, candidate.base)
      ($0.repairs, $0.inputs) = (candidate.repairs, candidate.inputs)
      ($0.start, $0.startTree, $0.reason) = (start, tree, reason)
      $0.startInputs = inputs.nonEmpty
      ($0.rank, $0.priority) = (candidate.criticalPathRank, candidate.priority)
      ($0.dependencies, $0.again) = (candidate.dependencyCount, again ? true : nil)
    }
    return EventDraft(
      .candidateQueued(queued), workstream: candidate.id, anchors: [candidate.tip, start])
  }

  /// Whether another try may end otherwise: the candidate or what it is merged onto is another.
  private func hasChanged(_ record: WorkstreamRecord, tip: ObjectID, _ start: ObjectID?) -> Bool {
    guard let ejection = record.candidate?.ejection else { return true }
    let onto = state.integration.chain.isEmpty ? start ?? self.tip : self.tip
    return ejection.tip != tip || ejection.onto != onto
  }

  private func requeue(
    _ id: WorkstreamID, _ reason: String, _ force: Bool
  ) throws(QueueError) -> [EventDraft] {
    guard let record = state[id] else { throw .unknown(id) }
    let isWithdrawn = record.state == .succeeded && record.isWithdrawn
    guard record.state == .ejected || isWithdrawn, let old = record.candidate else {
      throw .notPossible(id, record.state)
    }
    let tip = record.tip ?? old.tip
    guard let start = state.integration.start else { throw .noStart }
    // A gate that gave no verdict has said nothing: what kept it from one may be mended.
    let isFault = old.ejection?.isFault == true
    guard force || isWithdrawn || isFault || hasChanged(record, tip: tip, nil) else {
      throw .nothingChanged(id, reason: record.reason)
    }
    var candidate = Candidate(
      id: id, tip: tip, base: old.base, inputs: old.inputs, criticalPathRank: old.rank,
      priority: old.priority, dependencyCount: old.dependencies)
    candidate.tree = tip == old.tip ? old.tree : nil
    if tip != old.tip {
      candidate.base = record.lastAttempt?.base ?? old.base
      candidate.inputs = record.lastAttempt?.inputs ?? old.inputs
    }
    let isRed = record.candidate?.ejection?.gate != nil
    return [queued(candidate, start, nil, GateInputs(), reason, again: (force || isFault) && isRed)]
  }

  private func dequeue(
    _ id: WorkstreamID, _ reason: String, intent: IntegrationRecord.Pause.Intent? = nil
  ) throws(QueueError) -> [EventDraft] {
    guard let record = state[id] else { throw .unknown(id) }
    guard record.state == .queued else { throw .notPossible(id, record.state) }
    let dequeued = Told<Fact.CandidateDequeued> { ($0.reason, $0.intent) = (reason, intent) }
    return [EventDraft(.candidateDequeued(dequeued), workstream: id)]
  }
}

extension IntegrationRecord.Pause {
  static let stoppedNow = "the queue was stopped"

  /// Whether what runs is ended too.
  var endsGates: Bool { intent == .stop && reason == Self.stoppedNow }
}
