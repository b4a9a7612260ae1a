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
  private var window: Int {
    switch strategy.inUse {
    case .serial, .auto: 1
    case .speculative: max(1, min(state.integration.window, policy.window))
    case .batch: max(1, min(2 * state.integration.window, policy.window))
    }
  }

  /// Those in line that later ones are not merged onto, since they are known to be red where they
  /// stand: they go unless a forerunner goes. In a batch it is not known which one makes it red.
  var skipped: Set<WorkstreamID> {
    if strategy.inUse == .batch { return [] }
    return Set(line.entries.indices.filter(isRed).map { line.entries[$0].id })
  }

  /// The next merge: of one in line that has none, or of one that gets its place with it.
  private func nextMerge() -> EventDraft? {
    if line.entries.contains(where: \.isUnderWay) {
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

  /// The next gate: of the first place to be tested that lacks a verdict; one at a time for each.
  private func nextGate() -> EventDraft? {
    guard running.count < max(policy.slots, 1) else { return nil }
    for position in placesToTest where !isRed(position) {
      let entry = line.entries[position]
      guard let commit = entry.commit, let tree = entry.tree else { continue }
      if running.contains(where: { $0.commit == commit }) { continue }
      guard let open = openGate(at: position),
        !running.contains(where: { $0.tree == tree && $0.key == open.key })
      else { continue }
      let name = GateName(
        workstream: entry.id, commit: commit, tree: tree, gate: open.name, key: open.key)
      return gateDraft(.gateStarted, name, isRequired: open.isRequired)
    }
    return nil
  }

  private var placesToTest: [Int] {
    strategy.inUse == .batch ? batchPlaces() : Array(line.entries.indices)
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
