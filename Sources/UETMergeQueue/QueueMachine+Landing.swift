import UETModel

extension QueueMachine {
  func land(
    _ target: String, _ current: ObjectID, _ tree: ObjectID?
  ) throws(QueueError) -> [EventDraft] {
    let integration = state.integration
    guard !integration.chain.isEmpty, let tip = integration.tip else { throw .nothingToLand }
    if let reason = integration.freeze { throw .frozen(reason) }
    guard hasNothingToDo else { throw .busy }
    guard current == integration.start || current == tip else {
      return [restart(on: current, tree)]
    }
    if let reason = brokenInheritance { return [restart(on: current, tree, reason)] }
    var draft = EventDraft(.landingStarted, data: proof(upTo: tip), anchors: [tip])
    draft.data[.target] = .string(target)
    draft.data[.old] = .commit(current)
    return [draft]
  }

  /// Why something integrated may not land as it is: what it contains was taken out of the target since.
  private var brokenInheritance: String? {
    for id in state.integration.chain {
      guard let record = state[id] else { continue }
      if case .lost(let reason) = inheritance(of: record, ahead: []) { return "'\(id)' \(reason)" }
    }
    return nil
  }

  func landed(_ outcome: LandingOutcome) -> [EventDraft] {
    guard let landing = state.integration.landing, !state.integration.chain.isEmpty else {
      return []
    }
    let data = { (key: EventKey, text: String) in JSONObject([key: .string(text)]) }
    switch outcome {
    case .landed: return [self.landing(landing.target, landing.new)]
    case .moved(let current, _) where current == landing.new:
      return [self.landing(landing.target, landing.new)]
    case .moved(let current, let tree): return [restart(on: current, tree)]
    case .refused(let reason): return [EventDraft(.landingRefused, data: data(.reason, reason))]
    case .fault(let message):
      return [
        EventDraft(.landingRefused, data: data(.reason, message)),
        EventDraft(.integrationFaulted, data: data(.message, message)),
      ]
    }
  }

  /// Others may have been integrated while the landing was under way: they are not in `commit`.
  private func landing(_ target: String, _ commit: ObjectID) -> EventDraft {
    var draft = EventDraft(.landed, data: proof(upTo: commit), anchors: [commit])
    draft.data[.target] = .string(target)
    draft.data[.old] = .commit(state.integration.landing?.old)
    draft.data[.workstreams] = .array(members(upTo: commit).map { .string($0.rawValue) })
    return draft
  }

  /// The record of a landing that others made by hand: `target` holds everything integrated up to the
  /// result of `last`, which passed its gates there.
  package func landedByHand(
    upTo last: WorkstreamID, tree: ObjectID, in target: String
  ) -> [EventDraft] {
    guard state.integration.chain.contains(last), let commit = state[last]?.integrated else {
      return []
    }
    var started = EventDraft(
      .landingStarted, data: proof(upTo: commit, tree: tree), anchors: [commit])
    started.data[.target] = .string(target)
    started.data[.old] = .commit(commit)
    var landed = started
    landed.type = .landed
    landed.data[.workstreams] = .array(members(upTo: commit).map { .string($0.rawValue) })
    return [started, landed]
  }

  /// What a landing under way stands on; nil while there is none.
  package var landingProof: JSONObject? {
    guard let landing = state.integration.landing else { return nil }
    var data = proof(upTo: landing.new)
    data[.target] = .string(landing.target)
    data[.old] = .commit(landing.old)
    return data
  }

  private func members(upTo commit: ObjectID) -> ArraySlice<WorkstreamID> {
    let chain = state.integration.chain
    let last = chain.firstIndex { state[$0]?.integrated == commit } ?? chain.count - 1
    return chain[...last]
  }

  /// What a landing stands on, such that it can be proven again from the repository: where it began,
  /// each merge in order, and the gates that the tree has passed.
  private func proof(upTo commit: ObjectID, tree known: ObjectID? = nil) -> JSONObject {
    let members = members(upTo: commit)
    let integration = state.integration
    let landing = integration.landing
    let tree = known ?? (landing?.new == commit ? landing?.tree : integration.tree)
    let gates = policy.gates.filter(\.isRequired)
      .compactMap { gate in tree.flatMap { passed(gate, on: $0) } }
    let merges = members.map { id -> JSONValue in
      let record = state[id]
      var object = JSONObject([("workstream", .string(id.rawValue))])
      object.append("tip", .commit(record?.candidate?.mergedTip))
      object.append("commit", .commit(record?.integrated))
      return .object(object)
    }
    return JSONObject([
      .start: .commit(integration.start), .commit: .commit(commit), .tree: .commit(tree),
      .merges: .array(merges),
      .gates: .array(gates.map { ["gate": .string($0.name), "gate_key": .string($0.key)] }),
    ])
  }

  /// The gate as it passed on the tree: in today's environment, else in that of when it was tested.
  private func passed(_ gate: QueueGate, on tree: ObjectID) -> QueueGate? {
    if verdict(on: tree, of: gate) == true { return gate }
    let last = state.allVerdicts.filter { $0.tree == tree && $0.gate == gate.name }
      .max { ($0.event ?? 0) < ($1.event ?? 0) }
    guard let last, last.passed else { return nil }
    return QueueGate(name: gate.name, key: last.key, isRequired: gate.isRequired)
  }

  /// Everything is merged anew onto where the target is now; not for ever.
  private func restart(
    on start: ObjectID, _ tree: ObjectID?, _ reason: String = "the target has moved"
  ) -> EventDraft {
    if state.integration.restarts >= policy.maxRestarts {
      return pause(
        .fault, "the target moved \(policy.maxRestarts + 1) times while it was landed on")
    }
    return restartDraft(on: start, tree, reason)
  }

  func restartDraft(
    on start: ObjectID, _ tree: ObjectID?, _ reason: String = "the target has moved"
  ) -> EventDraft {
    EventDraft(
      .integrationRestarted,
      data: JSONObject([
        .start: .commit(start), .startTree: .commit(tree), .reason: .string(reason),
      ]), anchors: [start])
  }
}
