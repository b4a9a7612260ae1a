import UETModel

extension QueueMachine {
  /// What follows from the state by itself, a step at a time: record and apply the drafts and ask
  /// again until there are none.
  package func advance(at now: Timestamp) -> [EventDraft] {
    if let settled = settlement() { return settled }
    if let ejection = probeEjection() { return [ejection] }
    if let (id, reason) = unheld.min(by: { $0.key < $1.key }) {
      return [EventDraft(.candidateHeld(.because(reason)), workstream: id)]
    }
    if state.integration.pause != nil { return [] }
    if let reason = faultReason { return [pause(.fault, reason)] }
    if let until = faultedUntil, until > now { return [] }
    if let success = aheadSuccess() { return [success] }
    if let change = strategyChange() { return [change] }
    if let refused = knownRed() { return [refused] }
    if let repair = nextRepair() { return [repair] }
    if let merge = nextMerge() { return [merge] }
    if let draft = trialStep() { return [draft] }
    if let start = aheadStart() { return [start] }
    if doubtsTarget { return [] }
    if let gate = strategy.inUse == .adaptive ? nextAdaptive() : nextGate() { return [gate] }
    return brokenEnd() ?? []
  }

  private func nextAdaptive() -> EventDraft? {
    if let gate = probeGate() { return gate }
    switch nextTest() {
    case .place(let position): return gate(at: position)
    case .probe(let members): return probeStart(members)
    case nil: return nil
    }
  }

  /// What no candidate can be to blame for.
  private var faultReason: String? {
    guard let fault = state.fault(of: .other), fault.count > policy.maxFaults else { return nil }
    return "the machinery failed \(fault.count) times in a row: \(fault.message)"
  }

  func pause(
    _ intent: IntegrationRecord.Pause.Intent, _ reason: String?, for gate: QueueGate? = nil
  ) -> EventDraft {
    EventDraft(
      .integrationPaused(
        .init {
          ($0.intent, $0.reason) = (intent, reason)
          ($0.gate, $0.gateKey) = (gate?.name, gate?.key)
        }))
  }

  /// When a step that faulted is tried again.
  var faultedUntil: Timestamp? {
    guard let last = state.integration.faulted.last, let at = state.integration.faultedAt,
      last.count <= policy.maxFaults
    else { return nil }
    var seconds = policy.faultDelay
    for _ in 1..<min(last.count, 16) { seconds *= 2 }
    return at.advanced(bySeconds: seconds)
  }
}

extension QueueMachine {
  var window: Int {
    switch strategy.inUse {
    case .serial, .auto: 1
    case .adaptive: max(policy.window, policy.slots)
    case .speculative: max(1, min(narrowed, policy.window))
    case .batch: max(1, min(2 * state.integration.window, policy.window))
    }
  }

  /// Failures narrow the window; `auto` keeps a place for every gate that may run at once, since a
  /// slot that rests helps nobody.
  private var narrowed: Int {
    let slots = policy.strategy == .auto ? policy.slots : 1
    return max(state.integration.window, slots)
  }

  /// Those in line that later ones are not merged onto: in conflict or known to be red where they
  /// stand, so that they go unless a forerunner goes; and those that contain one of these.
  ///
  /// In a batch it is not known which one makes it red.
  var inVain: Set<WorkstreamID> {
    let skipsRed = !isWhole
    var result: Set<WorkstreamID> = []
    for (position, entry) in line.entries.enumerated() {
      let isLost = entry.isTorn || entry.isBroken || skipsRed && isRed(position)
      if isLost || contains(entry.id, anyOf: result) { result.insert(entry.id) }
    }
    return result
  }

  private func contains(_ id: WorkstreamID, anyOf others: Set<WorkstreamID>) -> Bool {
    guard !others.isEmpty, let inputs = state[id]?.candidate?.inputs else { return false }
    return inputs.contains { others.contains($0.workstream) }
  }

  /// The next merge: of one in line that has none, or of one that gets its place with it.
  private func nextMerge() -> EventDraft? {
    if line.entries.contains(where: \.isUnderWay) {
      return nil
    }
    let vain = inVain
    let unmerged = line.entries.firstIndex { $0.merge == .none && !vain.contains($0.id) }
    let limit = unmerged ?? line.entries.count
    guard let onto = line.end(after: tip, upTo: limit, isSkipped: { vain.contains($0) }) else {
      return nil
    }
    let id = unmerged.map { line.entries[$0].id } ?? nextInLine(vain)
    guard let id, let tip = state[id]?.candidate?.tip else { return nil }
    return mergeStart(id, tip, onto: onto)
  }

  func mergeStart(_ id: WorkstreamID, _ tip: ObjectID, onto: ObjectID) -> EventDraft {
    EventDraft(
      .mergeStarted(.init { ($0.onto, $0.tip) = (onto, tip) }), workstream: id, anchors: [tip])
  }

  /// Whom to give a place; nobody while the next one contains one that may yet go, since it
  /// must not lose its place to those behind it.
  private func nextInLine(_ vain: Set<WorkstreamID>) -> WorkstreamID? {
    guard line.entries.count(where: { !$0.isBroken }) < window else { return nil }
    let next = waiting.next(decisions: state.integration.decisions, patience: policy.patience)
    guard let next, !contains(next, anyOf: vain) else { return nil }
    if strategy.inUse == .adaptive, !reachesFurther(next) { return nil }
    return next
  }

  /// The next gate: of the first place to be tested that lacks a verdict; one at a time for each.
  private func nextGate() -> EventDraft? {
    guard running.count < max(policy.slots, 1) else { return nil }
    for position in placesToTest where !isRed(position) {
      if let draft = gate(at: position) { return draft }
    }
    return nil
  }

  /// The next gate of a place; nil while one runs on it.
  private func gate(at position: Int) -> EventDraft? {
    let entry = line.entries[position]
    guard let commit = entry.commit, let tree = entry.tree else { return nil }
    if running.contains(where: { $0.commit == commit }) { return nil }
    guard let open = startable(gates(at: position), on: tree, isOpen) else { return nil }
    return gateStart(entry.id, commit: commit, tree: tree, open)
  }

  private var placesToTest: [Int] {
    if strategy.inUse == .batch { return batchPlaces() }
    guard policy.assumesDisjoint else { return Array(line.entries.indices) }
    // The end of a group is known when nothing more is about to join it.
    if line.entries.contains(where: \.isUnderWay) { return [] }
    return line.entries.indices.filter { !isAssumed($0) }
  }

  func gateStart(
    _ id: WorkstreamID, commit: ObjectID, tree: ObjectID, _ gate: QueueGate,
    again: Bool = false, members: [WorkstreamID]? = nil
  ) -> EventDraft {
    let name = GateName(
      workstream: id, commit: commit, tree: tree, gate: gate.name, key: gate.key,
      inputs: cut(of: gate, on: tree), started: 0)
    var run = gateRun(name, isRequired: gate.isRequired)
    (run.again, run.workstreams) = (again ? true : nil, members)
    return EventDraft(.gateStarted(run), workstream: id, anchors: [commit])
  }

  func gateRun(_ name: GateName, isRequired: Bool) -> Told<Fact.GateRun> {
    .init {
      ($0.gate, $0.gateKey, $0.required) = (name.gate, name.key, isRequired)
      ($0.stage, $0.commit, $0.tree) = (
        name.commit == tip ? .target : .integration, name.commit, name.tree
      )
      $0.inputsTree = name.inputs
    }
  }
}
