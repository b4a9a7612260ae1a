import UETModel

/// What the queue has come to, when it can do no more by itself.
package struct QueueOutcome: Hashable, Sendable {
  package struct Reason: Hashable, Sendable {
    package let id: WorkstreamID
    package let reason: String
  }

  /// Why it rests; nil when everything that could be decided is.
  package var pause: IntegrationRecord.Pause?
  /// The tested commit of the integration branch, and what is in it and not landed yet, in order.
  package var tip: ObjectID?
  package var integrated: [WorkstreamID]
  package var ejected: [Reason]
  /// Candidates that wait for something that does not come by itself.
  package var held: [Reason]
}

extension QueueMachine {
  /// nil while something is under way or can be done.
  package var outcome: QueueOutcome? {
    guard hasNothingToDo else { return nil }
    let ejected = state.workstreams.filter {
      $0.state == .ejected || $0.state == .quarantined && $0.candidate?.ejection != nil
    }
    let queued = state.workstreams.filter { $0.state == .queued }
    return QueueOutcome(
      pause: state.integration.pause, tip: state.integration.chain.isEmpty ? nil : tip,
      integrated: state.integration.chain,
      ejected: ejected.map { QueueOutcome.Reason(id: $0.id, reason: $0.reason ?? "") },
      held: queued.map { QueueOutcome.Reason(id: $0.id, reason: why($0.id)?.description ?? "") })
  }

  var hasNothingToDo: Bool {
    if line.entries.contains(where: \.isUnderWay) || !running.isEmpty || repairing != nil
      || state.integration.landing != nil
    {
      return false
    }
    return state.integration.pause != nil || line.entries.isEmpty && waiting.isEmpty
  }
}

/// Why a candidate is not integrated yet.
package enum QueueWait: Hashable, Sendable {
  case notQueued(WorkstreamState, String?)
  case paused(String?)
  /// Contains the result of one that is not integrated yet.
  case inherits(WorkstreamID)
  case held(String)
  /// So many are taken before it.
  case behind(Int)
  case merging(position: Int)
  /// Its merged tree is being tested on top of those before it.
  case testing(position: Int, gate: String)
  /// It is being tested without those before it, with so many others.
  case probed(gate: String, others: Int)
  case waitsForSlot(position: Int)
  /// It was red or gave no verdict; the gate runs on what it is merged onto, to see whether it is
  /// to blame.
  case compared(gate: String)
  /// Its conflict is being repaired.
  case repairing(position: Int, method: RepairMethod)
  /// Red or in conflict on top of those before it, of which not all are integrated: it may yet do.
  case waitsForForerunners(position: Int)
}

extension QueueWait: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notQueued(let state, let reason): state.rawValue + (reason.map { ": \($0)" } ?? "")
    case .paused(let reason): "the queue is paused" + (reason.map { ": \($0)" } ?? "")
    case .inherits(let id): "contains '\(id)', which is not integrated yet"
    case .held(let reason): reason
    case .behind(let count): count == 0 ? "is next" : "\(count) are taken before it"
    case .merging(let position): "in line at \(position + 1), being merged"
    case .testing(let position, let gate): "in line at \(position + 1), \(gate) runs"
    case .probed(let gate, let others):
      others == 0
        ? "\(gate) runs on it without those before it"
        : "\(gate) runs on it and \(others) more without those before them"
    case .compared(let gate): "\(gate) runs without it, to see whether it is to blame"
    case .waitsForSlot(let position): "in line at \(position + 1), waits for a free slot"
    case .repairing(let position, let method):
      "in line at \(position + 1), the \(method.rawValue) works on its conflict"
    case .waitsForForerunners(let position):
      "in line at \(position + 1), waits for those before it to be decided"
    }
  }
}

extension QueueMachine {
  /// What the candidate waits for; nil when the run has none of that name.
  package func why(_ id: WorkstreamID) -> QueueWait? {
    guard let record = state[id] else { return nil }
    guard record.state == .queued else { return .notQueued(record.state, record.reason) }
    if let position = line.position(of: id) { return why(inLine: position) }
    switch inheritance(of: record, ahead: line.entries) {
    case .waits(let other): return .inherits(other)
    case .lost(let reason): return .held(reason)
    case .sound: break
    }
    if let (name, others) = probing(id) { return .probed(gate: name.gate, others: others) }
    if let pause = state.integration.pause { return .paused(pause.reason) }
    return .behind(line.entries.count + (waiting.rank(of: id) ?? 0))
  }

  private func why(inLine position: Int) -> QueueWait {
    let entry = line.entries[position]
    if let repairing, repairing.workstream == entry.id {
      return .repairing(position: position, method: repairing.method)
    }
    if let name = running.first(where: { isControl($0) && $0.workstream == entry.id }) {
      return .compared(gate: name.gate)
    }
    if let gate = gate(underWayFor: entry) { return .testing(position: position, gate: gate) }
    switch entry.merge {
    case .none, .underway: return .merging(position: position)
    case .conflict, .broken: return .waitsForForerunners(position: position)
    case .built: break
    }
    if let (name, others) = probing(entry.id) { return .probed(gate: name.gate, others: others) }
    if isRed(position) || openGate(at: position) == nil {
      return .waitsForForerunners(position: position)
    }
    return .waitsForSlot(position: position)
  }

  private func gate(underWayFor entry: QueueLine.Entry) -> String? {
    guard let commit = entry.commit else { return nil }
    return running.first { $0.commit == commit }?.gate
  }
}
