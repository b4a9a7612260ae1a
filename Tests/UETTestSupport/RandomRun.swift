import UETModel

/// A seeded walk through everything a run may record: each draft is legal after those before it.
package struct RandomRun: Sendable {
  package private(set) var state: RunState
  package var random: SeededGenerator
  /// The commits that events may name; none are named where it is empty.
  package var commits: [ObjectID]
  private let count: Int
  /// Names what is admitted from inboxes.
  private let identify: @Sendable ([UInt8]) -> ObjectID
  private var now: Timestamp

  /// Whether what a run has a few times at most, such as a change of its plan, is as frequent as
  /// all else: no measure of a long run then.
  package var drawsRarities = true

  package init(
    run: RunID, seed: UInt64, workstreams: Int = 8, commits: [ObjectID] = [],
    start: Timestamp = Timestamp(seconds: 1_795_224_655),
    identify: @escaping @Sendable ([UInt8]) -> ObjectID = { _ in .zero }
  ) {
    self.identify = identify
    state = RunState(run: run)
    random = SeededGenerator(seed: seed)
    count = workstreams
    self.commits = commits
    now = start
  }

  /// The next draft and its time; folded into `state`.
  package mutating func next() -> (draft: EventDraft, at: Timestamp) {
    if state.sequence > 0 {
      now = now.advanced(bySeconds: Double(Int.random(in: 0...2_000_000, using: &random)) / 1e6)
    }
    let draft = state.sequence == 0 ? started() : step()
    let event = Event(
      draft, seq: state.sequence + 1, writer: "main", at: now, identify: { _ in .zero })
    do { try state.apply(event) } catch { preconditionFailure("illegal walk: \(error.message)") }
    return (draft, now)
  }

  package mutating func drafts(_ count: Int) -> [(draft: EventDraft, at: Timestamp)] {
    (0..<count).map { _ in next() }
  }

  private mutating func started() -> EventDraft {
    let ids = (1...count).map { "ws-\($0)" }
    let list = ids.enumerated().map { index, id -> JSONValue in
      let after =
        index > 0 && random.oneIn(2) ? [ids[Int.random(in: 0..<index, using: &random)]] : []
      return ["id": .string(id), "after": .array(after.map(JSONValue.string))]
    }
    return EventDraft(
      .runStarted,
      data: JSONObject([
        .workstreams: .array(list), .workers: 4, .base: .commit(commits.first),
        .target: "refs/heads/main",
      ]), anchors: Array(commits.prefix(1)))
  }

  private mutating func step() -> EventDraft {
    switch Int.random(in: 0..<(drawsRarities ? 26 : 22), using: &random) {
    case 0: aside()
    case 1: worker()
    case 2: review(of: any())
    case 3: refusal()
    case 22: random.oneIn(3) ? changedPlan() : waveGate()
    case 23: waveGate()
    case 24: queue()
    default: work(on: any())
    }
  }

  private mutating func any() -> WorkstreamRecord {
    state.workstreams[Int.random(in: state.workstreams.indices, using: &random)]
  }

  mutating func aside() -> EventDraft {
    let types: [EventType] = [
      .heartbeat, "handoff_written", .runPaused, .runResumed, "rate_limited", .recoveryStarted,
      .recoveryFinished, .runFinished, EventType(rawValue: "from_a_newer_version"),
    ]
    let type = types[Int.random(in: 0..<types.count, using: &random)]
    return EventDraft(
      type, data: JSONObject([.reason: .string("because \u{e9} \"\(state.sequence)\"\n")]))
  }

  private mutating func worker() -> EventDraft {
    let name = "w\(Int.random(in: 1...4, using: &random))"
    let worker =
      state.pool.first { $0.name == name } ?? WorkerRecord(name: name, state: .terminated)
    switch worker.state {
    case .terminated:
      return EventDraft(
        .workerSpawned, worker: name,
        data: JSONObject([.status: random.oneIn(2) ? "SPAWNING" : nil]))
    case .spawning where random.oneIn(2): return EventDraft(.heartbeat, worker: name)
    case .draining where worker.workstream == nil:
      return EventDraft(.workerTerminated, worker: name)
    case .draining: return breaker()
    default: return EventDraft(.workerDraining, worker: name)
    }
  }

  private mutating func breaker() -> EventDraft {
    if random.oneIn(3) { return mode() }
    let isOpen = state.breaker("shell")?.state == .open
    return EventDraft(
      isOpen ? .breakerClosed : .breakerOpened,
      data: JSONObject([
        .tool: "shell", .reason: "it failed", .until: isOpen ? nil : .string(now.description),
      ]))
  }
}

extension RandomRun {
  /// The machine is in some tier.
  private mutating func mode() -> EventDraft {
    let tier = OperatingTier.allCases.randomElement(using: &random) ?? .normal
    var figures = MachineFigures()
    if random.oneIn(2) { (figures.memoryTotal, figures.memoryAvailable) = (1 << 34, 1 << 30) }
    if random.oneIn(2) { (figures.cpu, figures.battery) = (12.5, 40) }
    return EventDraft(
      .modeChanged(
        .init {
          ($0.tier, $0.reason, $0.figures) = (tier, "little memory", figures)
        }))
  }

  /// A decision on a result, by the holder or admitted from an inbox.
  private mutating func review(of record: WorkstreamRecord) -> EventDraft {
    guard let tip = record.tip else { return aside() }
    if random.oneIn(4) { return draft(.reviewRequested, record, [.tip: .commit(tip)]) }
    var draft = EventDraft(
      .reviewDecided, workstream: record.id,
      data: JSONObject([
        .decision: .string(random.oneIn(2) ? "approved" : "rejected"), .tip: .commit(tip),
        .by: "Ada <ada@example.com>",
        .message: random.oneIn(2) ? .string("looks \u{1b}[31mgood") : nil,
      ]))
    if random.oneIn(3) {
      draft.data[.overrules] = .list(record.reviews) { $0.reference.json }
    } else {
      draft.data[.from] = origin(of: draft).json
    }
    return draft
  }

  private mutating func refusal() -> EventDraft {
    if random.oneIn(2) {
      return EventDraft(
        .inboxRefused,
        data: JSONObject([.from: origin().json, .reason: "not taken from others"]))
    }
    return EventDraft(
      .inboxRefused,
      data: JSONObject([
        .writer: "clone-2", .reference: .string("refs/uet-remote/r/runs/\(state.run)/clone-2"),
        .reason: "its history was rewritten",
      ]))
  }

  /// The draft as the next event of a random writer's inbox.
  private mutating func origin(of draft: EventDraft) -> EventOrigin {
    let next = origin()
    let original = Event(
      draft, seq: next.seq, writer: next.writer, at: next.at, identify: identify)
    return EventOrigin(
      writer: next.writer, seq: next.seq, id: original.id, at: next.at, commit: next.commit,
      isOwn: next.isOwn)
  }

  private mutating func origin() -> EventOrigin {
    let writer = "clone-\(Int.random(in: 1...3, using: &random))"
    return EventOrigin(
      writer: writer, seq: (state.inbox(writer)?.sequence ?? 0) + 1,
      id: commits.first ?? .zero, at: now, commit: commits.last ?? .zero,
      isOwn: random.oneIn(5))
  }

  mutating func commit() -> ObjectID? {
    commits.isEmpty ? nil : commits[Int.random(in: 0..<commits.count, using: &random)]
  }

  func draft(
    _ type: EventType, _ record: WorkstreamRecord,
    _ pairs: KeyValuePairs<EventKey, JSONValue?> = [:], anchors: [ObjectID?] = []
  ) -> EventDraft {
    EventDraft(
      type, workstream: record.id, attempt: record.lastAttempt?.number,
      data: JSONObject(pairs), anchors: anchors.compactMap(\.self))
  }

  private mutating func work(on record: WorkstreamRecord) -> EventDraft {
    let tip = commit()
    switch record.state {
    case .pending: return draft(.taskReady, record, [.reason: "its dependencies are done"])
    case .ready: return assign(record)
    case .running: return running(record)
    case .failed:
      if random.oneIn(4) { return draft(.taskQuarantined, record, [.reason: "given up"]) }
      return draft(.taskRetried, record, [.notBefore: .string(now.description)])
    case .succeeded:
      if drawsRarities, random.oneIn(12) { return askedAgain(record) }
      if random.oneIn(6) { return draft(.candidateHeld, record, [.reason: "it is rejected"]) }
      return draft(.candidateQueued, record, [.start: .commit(commits.first)])
    case .queued, .integrated: return integrate(record, tip)
    case .ejected:
      if drawsRarities, random.oneIn(4) { return askedAgain(record) }
      return draft(random.oneIn(2) ? .candidateQueued : .taskReady, record, [.reason: "again"])
    case .landed: return rollback(record, tip ?? .zero)
    case .cancelled, .quarantined, .rolledBack:
      if drawsRarities, random.oneIn(2) { return askedAgain(record) }
      return draft(.taskProgress, record, [.percent: 100, .message: "nothing to do"])
    }
  }

  private mutating func rollback(_ record: WorkstreamRecord, _ commit: ObjectID) -> EventDraft {
    guard let rollback = state.rollback else {
      return EventDraft(
        .compensationStarted,
        data: JSONObject([
          .workstreams: [.string(record.id.rawValue)], .target: "refs/heads/main",
          .old: .commit(commit), .part: random.oneIn(3) ? .commit(commit) : nil,
        ]))
    }
    if rollback.next == record.id {
      if random.oneIn(3) { return draft(.compensationFailed, record, [.reason: "in conflict"]) }
      return draft(
        .compensationStep, record, [.commit: .commit(commit), .onto: .commit(rollback.tip)])
    }
    let status = random.oneIn(4) ? "abandoned" : RunState.rollbackLanded
    return EventDraft(
      .compensationFinished,
      data: JSONObject([.status: .string(status), .commit: .commit(rollback.tip)]))
  }

  private mutating func assign(_ record: WorkstreamRecord) -> EventDraft {
    if random.oneIn(20) { return draft(.taskCancelled, record, [.reason: "not wanted"]) }
    var draft = draft(.taskAssigned, record)
    draft.attempt = record.attempts.count + 1
    draft.worker = state.pool.first { $0.state == .idle }?.name
    if let breaker = state.breakers.first, breaker.state == .open {
      draft.data[.probe] = .string(breaker.tool)
    }
    return draft
  }

  private mutating func running(_ record: WorkstreamRecord) -> EventDraft {
    let tip = commit()
    switch Int.random(in: 0..<(drawsRarities ? 12 : 9), using: &random) {
    case 9: return stopping(record)
    case 10: return found(record)
    case 0:
      let inputs = tip.map { [AttemptRecord.Input(workstream: record.id, commit: $0)] } ?? []
      return draft(
        .taskStarted, record, [.base: .commit(tip), .inputs: inputs.json], anchors: [tip])
    case 1: return draft(.taskProgress, record, [.percent: 40, .message: "writing tests"])
    case 2: return draft(.gateStarted, record, [.gate: "GATE_UNIT", .stage: "attempt"])
    case 3:
      return draft(
        random.oneIn(3) ? .gateFailed : .gatePassed, record,
        [
          .gate: "GATE_UNIT", .stage: "attempt", .seconds: .number(1.25), .tree: .commit(tip),
          .reused: random.oneIn(4) ? 3 : nil, .fault: random.oneIn(6) ? true : nil,
        ])
    case 4: return usage(record)
    case 5:
      return draft(
        .taskFailed, record,
        [
          .kind: "E_TIMEOUT", .message: "took too long", .salvage: "refs/uet/salvage/x",
          .tool: "shell", .toolFault: random.oneIn(3) ? nil : .bool(random.oneIn(2)),
          .tree: .commit(tip),
        ])
    default:
      return draft(.taskCompleted, record, [.tip: .commit(tip)], anchors: [tip])
    }
  }

  private mutating func usage(_ record: WorkstreamRecord) -> EventDraft {
    var draft = draft(.usageRecorded, record)
    let model = ["large", "small", nil][Int.random(in: 0..<3, using: &random)]
    draft.data.append("model", .text(model))
    draft.data.append("input", .integer(Int64.random(in: 0...9000, using: &random)))
    draft.data.append("output", .integer(Int64.random(in: 0...900, using: &random)))
    if random.oneIn(2) {
      draft.data.append("cost_usd", .number(Double.random(in: 0...1, using: &random)))
    }
    if random.oneIn(3) { draft.data.append("session", "s-1") }
    return draft
  }

  private mutating func integrate(_ record: WorkstreamRecord, _ tip: ObjectID?) -> EventDraft {
    if record.state == .queued, random.oneIn(3) { return underway(record, tip) }
    if random.oneIn(5) { return draft(.candidateEjected, record, [.reason: "its gate is red"]) }
    if record.state == .integrated {
      return draft(
        .landed, record,
        [
          .workstreams: .array([.string(record.id.rawValue)]), .target: "refs/heads/main",
          .commit: .commit(tip),
        ], anchors: [tip])
    }
    if random.oneIn(5) {
      return draft(.mergeConflict, record, [.paths: ["a.txt"], .onto: .commit(tip)])
    }
    if record.conflict?.state.isOpen ?? true, random.oneIn(8) {
      return draft(.conflictResolved, record, [.status: "AUTO_RESOLVED"])
    }
    return draft(.mergeSucceeded, record, [.commit: .commit(tip)], anchors: [tip])
  }
}
