import UETModel

extension QueueMachine {
  /// What follows from the state by itself, a step at a time: record and apply the drafts and ask
  /// again until there are none.
  package func advance(at now: Timestamp) -> [EventDraft] {
    if let settled = settlement() { return settled }
    if let (id, reason) = unheld.min(by: { $0.key < $1.key }) {
      return [
        EventDraft(.candidateHeld, workstream: id, data: JSONObject([.reason: .string(reason)]))
      ]
    }
    if state.integration.pause != nil { return [] }
    if state.integration.faults > policy.maxFaults { return [pause(.fault, faultReason)] }
    if let until = faultedUntil, until > now { return [] }
    if let merge = nextMerge() { return [merge] }
    return nextGate().map { [$0] } ?? []
  }

  private var faultReason: String {
    "the machinery failed \(state.integration.faults) times in a row"
  }

  func pause(_ intent: IntegrationRecord.Pause.Intent, _ reason: String?) -> EventDraft {
    EventDraft(
      .integrationPaused,
      data: JSONObject([.intent: .string(intent.rawValue), .reason: .text(reason)]))
  }

  /// When a step that faulted is tried again.
  var faultedUntil: Timestamp? {
    let faults = state.integration.faults
    guard faults > 0, let at = state.integration.faultedAt else { return nil }
    var seconds = policy.faultDelay
    for _ in 1..<min(faults, 16) { seconds *= 2 }
    return at.advanced(bySeconds: seconds)
  }
}

extension QueueMachine {
  /// The verdict on the first in line, whose forerunners are all integrated.
  private func settlement() -> [EventDraft]? {
    guard let entry = line.entries.first else { return nil }
    switch entry.merge {
    case .none, .underway: return nil
    case .conflict(let onto, let paths, let message):
      let names = paths.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
      let more = paths.count > 3 ? " and \(paths.count - 3) more" : ""
      let reason = paths.isEmpty ? message : "conflicts in \(names)\(more)\(onTop)"
      return [ejection(entry.id, reason, onto: onto)]
    case .built(let onto, let commit, let tree):
      let gates = policy.gates(for: entry.id)
      let verdicts = gates.map { verdict(on: tree, of: $0) }
      if let red = zip(gates, verdicts).first(where: { $0.isRequired && $1 == false })?.0 {
        return [redEjection(entry.id, red, onto: onto, commit: commit, tree: tree)]
      }
      return verdicts.contains(nil) ? nil : [success(entry.id, onto: onto, commit, tree)]
    }
  }

  private func success(
    _ id: WorkstreamID, onto: ObjectID, _ commit: ObjectID, _ tree: ObjectID
  ) -> EventDraft {
    EventDraft(
      .mergeSucceeded, workstream: id,
      data: JSONObject([
        .commit: .commit(commit), .tree: .commit(tree), .onto: .commit(onto),
        .tip: .commit(state[id]?.candidate?.tip),
      ]), anchors: [commit])
  }

  private func redEjection(
    _ id: WorkstreamID, _ gate: QueueGate, onto: ObjectID, commit: ObjectID, tree: ObjectID
  ) -> EventDraft {
    let record = state[id]?.gates.first { $0.name == gate.name && $0.stage == .integration }
    let isOfThisTree = record?.tree == tree && record?.result == .failed
    let why =
      isOfThisTree ? record?.message.map { ": \($0)" } ?? "" : ": this very tree was red before"
    var draft = ejection(id, "\(gate.name) failed\(onTop)\(why)", onto: onto)
    draft.data[.gate] = .string(gate.name)
    draft.data[.tree] = .commit(tree)
    draft.data[.commit] = .commit(commit)
    draft.anchors = [commit]
    return draft
  }

  private func ejection(_ id: WorkstreamID, _ reason: String, onto: ObjectID) -> EventDraft {
    EventDraft(
      .candidateEjected, workstream: id,
      data: JSONObject([
        .reason: .string(reason), .onto: .commit(onto),
        .tip: .commit(state[id]?.candidate?.tip),
        .predecessors: .list(state.integration.chain) { .string($0.rawValue) },
      ]))
  }

  private var onTop: String {
    guard let last = state.integration.chain.last else { return "" }
    let others = state.integration.chain.count - 1
    return " on top of '\(last)'" + (others > 0 ? " and \(others) before it" : "")
  }
}

extension QueueMachine {
  private var window: Int {
    switch policy.strategy {
    case .serial: 1
    case .speculative: max(1, min(state.integration.window, policy.window))
    }
  }

  /// Those in line that later ones are not merged onto: they conflict or are known to be red where
  /// they stand, so they go unless a forerunner goes.
  var skipped: Set<WorkstreamID> { Set(line.entries.filter(isRed).map(\.id)) }

  func isRed(_ entry: QueueLine.Entry) -> Bool {
    guard let tree = entry.tree else { return false }
    return policy.gates(for: entry.id).contains {
      $0.isRequired && verdict(on: tree, of: $0) == false
    }
  }

  /// The next merge: of one in line that has none, or of one that gets its place with it.
  private func nextMerge() -> EventDraft? {
    if line.entries.contains(where: { if case .underway = $0.merge { true } else { false } }) {
      return nil
    }
    let skips = skipped
    let isSkipped = { (entry: QueueLine.Entry) in skips.contains(entry.id) }
    let unmerged = line.entries.firstIndex { $0.merge == .none }
    let limit = unmerged ?? line.entries.count
    guard let onto = line.end(after: tip, upTo: limit, isSkipped: isSkipped) else { return nil }
    var id = unmerged.map { line.entries[$0].id }
    if id == nil, line.entries.count < window {
      id = waiting.next(decisions: state.integration.decisions, patience: policy.patience)
    }
    guard let id, let tip = state[id]?.candidate?.tip else { return nil }
    return EventDraft(
      .mergeStarted, workstream: id,
      data: JSONObject([.onto: .commit(onto), .tip: .commit(tip)]), anchors: [tip])
  }

  /// The next gate: of the first in line that lacks a verdict; one at a time for each.
  private func nextGate() -> EventDraft? {
    guard running.count < max(policy.slots, 1) else { return nil }
    for entry in line.entries where !isRed(entry) {
      guard let commit = entry.commit, let tree = entry.tree else { continue }
      if running.contains(where: { $0.commit == commit }) { continue }
      guard let open = openGate(of: entry),
        !running.contains(where: { $0.tree == tree && $0.key == open.key })
      else {
        continue
      }
      let name = GateName(
        workstream: entry.id, commit: commit, tree: tree, gate: open.name, key: open.key)
      return gateDraft(.gateStarted, name, isRequired: open.isRequired)
    }
    return nil
  }

  /// The first gate that has no verdict on the entry's tree.
  func openGate(of entry: QueueLine.Entry) -> QueueGate? {
    guard let tree = entry.tree else { return nil }
    return policy.gates(for: entry.id).first { verdict(on: tree, of: $0) == nil }
  }

  func gateDraft(_ type: EventType, _ name: GateName, isRequired: Bool) -> EventDraft {
    EventDraft(
      type, workstream: name.workstream,
      data: JSONObject([
        .gate: .string(name.gate), .gateKey: .string(name.key),
        .stage: .string(GateRecord.Stage.integration.rawValue), .commit: .commit(name.commit),
        .tree: .commit(name.tree), .required: .bool(isRequired),
      ]), anchors: [name.commit])
  }
}
