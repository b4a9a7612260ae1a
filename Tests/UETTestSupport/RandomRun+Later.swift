import UETModel

/// What was added to runs after their first version: other plans, gates of waves, what people ask,
/// and the inner life of the queue.
extension RandomRun {
  /// Another order, some not listed any more, sometimes one more.
  mutating func changedPlan() -> EventDraft {
    var ids = state.workstreams.map(\.id).shuffled(using: &random)
    if ids.count > 4, random.oneIn(2) { ids.removeLast() }
    if ids.count < 20, random.oneIn(2), let id = WorkstreamID("ws-\(state.sequence + 1)") {
      ids.append(id)
    }
    let list = ids.enumerated().map { index, id -> JSONValue in
      let after =
        index > 0 && random.oneIn(3) ? [ids[Int.random(in: 0..<index, using: &random)]] : []
      return [
        "id": .string(id.rawValue), "after": .array(after.map { .string($0.rawValue) }),
      ]
    }
    return EventDraft(
      .planChanged,
      data: JSONObject([
        .plan: .commit(commit()), .reason: "bundles were edited", .workstreams: .array(list),
      ]))
  }

  /// A gate on some results begins or ends, or a person lets them be merged.
  mutating func waveGate() -> EventDraft {
    if let record = state.waves.first(where: { $0.result == .running }), random.oneIn(2) {
      return waveEnd(record)
    }
    let results = state.workstreams.filter { $0.tip != nil }.prefix(3).compactMap { record in
      record.tip.map { AttemptRecord.Input(workstream: record.id, commit: $0) }
    }
    guard !results.isEmpty else { return aside() }
    if random.oneIn(4) {
      return EventDraft(
        .waveReleased,
        data: JSONObject([
          .wave: 1, .inputs: results.json, .by: "Ada <ada@example.com>",
          .reason: random.oneIn(2) ? "the test is wrong" : nil,
        ]))
    }
    return EventDraft(
      .gateStarted,
      data: JSONObject([
        .wave: 1, .gate: random.oneIn(2) ? "GATE_UNIT" : "GATE_LINT", .stage: "wave",
        .required: .bool(!random.oneIn(4)), .inputs: results.json,
      ]))
  }

  private mutating func waveEnd(_ record: WaveGateRecord) -> EventDraft {
    let apart = record.members.prefix(random.oneIn(3) ? 1 : 0).map {
      WaveGateRecord.Apart(workstream: $0.workstream, paths: ["lib/three"])
    }
    var draft = EventDraft(
      random.oneIn(2) ? .gatePassed : .gateFailed,
      data: JSONObject([
        .wave: .integer(Int64(record.wave)), .gate: .string(record.gate), .stage: "wave",
        .inputs: record.members.json, .gateKey: "a key", .seconds: .number(2.5),
        .apart: apart.isEmpty ? nil : .list(apart, \.json), .message: "status 1",
      ]))
    let tree = commit()
    draft.data[.tree] = .commit(tree)
    draft.data[.commit] = .commit(tree)
    if draft.type == .gateFailed, random.oneIn(3) { draft.data[.fault] = true }
    if draft.type == .gatePassed, random.oneIn(3) { draft.data["flaky"] = true }
    return draft
  }

  /// A person wants it tried again.
  mutating func askedAgain(_ record: WorkstreamRecord) -> EventDraft {
    draft(
      .taskRetried, record,
      [.reason: "a person asked for it again", .fresh: random.oneIn(2) ? true : nil])
  }

  mutating func stopping(_ record: WorkstreamRecord) -> EventDraft {
    draft(
      .taskStopping, record,
      [
        .intent: random.oneIn(2) ? "cancel" : "interrupt", .graceful: .bool(random.oneIn(2)),
        .reason: "not wanted",
      ])
  }

  mutating func found(_ record: WorkstreamRecord) -> EventDraft {
    if random.oneIn(2) { return draft(.scopeViolation, record, [.paths: ["elsewhere"]]) }
    let other = state.workstreams[Int.random(in: state.workstreams.indices, using: &random)].id
    return draft(
      .dynamicDependencyDiscovered, record,
      [.dependsOn: .string(other.rawValue), .reason: "its worker asked for it"])
  }

  /// What happens to a candidate before it is decided.
  mutating func underway(_ record: WorkstreamRecord, _ tip: ObjectID?) -> EventDraft {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: draft(.mergeStarted, record, [.onto: .commit(tip), .tip: .commit(tip)])
    case 1:
      draft(
        .mergePrepared, record, [.onto: .commit(tip), .commit: .commit(tip), .tree: .commit(tip)])
    case 2: draft(.candidatePromoted, record)
    case 3: draft(.candidateHeld, record, [.reason: "contains what is not in the queue"])
    case 4:
      draft(
        .candidateDequeued, record,
        [.reason: "taken out", .intent: random.oneIn(2) ? "person" : nil])
    default:
      draft(
        random.oneIn(2) ? .gateStarted : .gatePassed, record,
        [
          .gate: "GATE_UNIT", .stage: "integration", .commit: .commit(tip), .tree: .commit(tip),
          .seconds: .number(3.5), .gateKey: "a key",
        ])
    }
  }

  /// A test beside the line, of which some are in conflict.
  private mutating func probe() -> EventDraft {
    let members = state.workstreams.prefix(Int.random(in: 1...3, using: &random)).map(\.id)
    let tree = random.oneIn(4) ? nil : commit()
    return EventDraft(
      .probePrepared, workstream: members.last,
      data: JSONObject([
        .onto: .commit(commit()), .workstreams: .list(members) { .string($0.rawValue) },
        .commit: .commit(tree), .tree: .commit(tree),
      ]))
  }

  /// A budget of the run, of a phase, or of one workstream.
  private mutating func overspent() -> EventDraft {
    let id = random.oneIn(2) ? state.workstreams.first?.id : nil
    return EventDraft(
      .budgetExceeded, workstream: id,
      data: JSONObject([.phase: random.oneIn(2) ? "storage" : nil, .reason: "12 of 10 dollars"]))
  }

  /// What the queue does as a whole.
  mutating func queue() -> EventDraft {
    let reason = JSONObject([.reason: "because"])
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return EventDraft(.integrationPaused, data: reason)
    case 8: return probe()
    case 9: return overspent()
    case 1: return EventDraft(.integrationResumed)
    case 2: return EventDraft(.integrationFrozen, data: reason)
    case 3: return EventDraft(.integrationUnfrozen)
    case 4:
      return EventDraft(
        .strategyChosen, data: JSONObject([.strategy: "batch", .reason: "gates are slow"]))
    case 5: return EventDraft(.integrationFaulted, data: JSONObject([.message: "no disk"]))
    case 6:
      let (old, new) = (commit(), commit())
      return EventDraft(
        random.oneIn(3) ? .landingRefused : .landingStarted,
        data: JSONObject([
          .target: "refs/heads/main", .old: .commit(old), .commit: .commit(new),
          .reason: "it was moved",
        ]))
    default:
      return EventDraft(
        .integrationRestarted,
        data: JSONObject([.start: .commit(commit()), .reason: "the target has moved"]))
    }
  }
}
