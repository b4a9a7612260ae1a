extension RunState {
  /// The version of the form below; a reader refuses a newer one and folds the events instead.
  package static let jsonVersion = 1

  /// Everything but the workstreams' records, whose order it holds: a checkpoint's run-level file.
  package var summaryJSON: JSONValue {
    var object = JSONObject([
      ("version", .integer(Int64(Self.jsonVersion))), ("run", .string(run.rawValue)),
      ("status", .string(status.rawValue)),
    ])
    object.append("reason", .text(reason))
    object.append("base", .commit(base))
    object.append("target", .text(target))
    object.append("imported", imported?.json)
    object.append("plan", .commit(plan))
    object.append("workers", .integer(Int64(workers)))
    object.append("least_workers", leastWorkers.map { .integer(Int64($0)) })
    object.append("started_at", .time(startedAt))
    object.append("ended_at", .time(endedAt))
    object.append("sequence", .integer(Int64(sequence)))
    object.append("updated_at", .time(updatedAt))
    object.append("workstreams", .array(workstreams.map { .string($0.id.rawValue) }))
    object.append("pool", .list(Array(pool), \.json))
    if !breakers.isEmpty { object.append("breakers", .list(breakers, \.json)) }
    if !providers.isEmpty { object.append("providers", .list(providers, \.json)) }
    object.append("mode", mode?.json)
    if spending != SpendingRecord() { object.append("spending", spending.json) }
    if integration != IntegrationRecord() { object.append("integration", integration.json) }
    object.append("inboxes", .list(inboxes, \.json))
    object.append("waves", .list(waves, \.json))
    object.append("wave_releases", .list(releases, \.json))
    object.append("verdicts", .list(verdicts, \.json))
    if let rollback { object.append("rollback", rollback.json) }
    object.append("findings", .list(findings, \.json))
    if !unknownEvents.isEmpty {
      let counts = unknownEvents.map { JSONObject.Member($0.key, .integer(Int64($0.value))) }
      object.append("unknown_events", .object(JSONObject(members: counts).canonical))
    }
    return .object(object)
  }

  /// Reads what `summaryJSON` and the records' `json` wrote; `record` gives a workstream's
  /// document.
  package init(
    summary: JSONValue, record: (WorkstreamID) -> JSONValue?
  ) throws(JSONShapeError) {
    guard let object = summary.object else { throw JSONShapeError("object") }
    let version = try object.required("version", \.integer)
    guard version <= Self.jsonVersion else { throw JSONShapeError("version") }
    self.init(run: try object.required("run") { $0.string.flatMap { RunID($0) } })
    status = try object.required("status") { $0.string.flatMap(Status.init) }
    reason = try object.optional("reason", \.string)
    base = try object.optional("base", \.objectID)
    target = try object.optional("target", \.string)
    imported = object["imported"].flatMap { ImportedRun(json: $0) }
    plan = try object.optional("plan", \.objectID)
    workers = try object.required("workers", \.integer)
    leastWorkers = try object.optional("least_workers", \.integer)
    startedAt = try object.optional("started_at", \.timestamp)
    endedAt = try object.optional("ended_at", \.timestamp)
    sequence = try object.required("sequence", \.integer)
    updatedAt = try object.optional("updated_at", \.timestamp)
    pool = WorkerPool(try object.list("pool") { try? WorkerRecord(json: $0) })
    breakers = try object.list("breakers") { try? BreakerRecord(json: $0) }
    providers = try object.list("providers") { try? ProviderRecord(json: $0) }
    if let value = object["mode"] { mode = try OperatingMode(json: value) }
    if let value = object["spending"] { spending = try SpendingRecord(json: value) }
    if let value = object["integration"] { integration = try IntegrationRecord(json: value) }
    inboxes = try object.list("inboxes") { try? InboxRecord(json: $0) }
    waves = try object.list("waves") { try? WaveGateRecord(json: $0) }
    releases = try object.list("wave_releases") { try? WaveRelease(json: $0) }
    verdicts = try object.list("verdicts") { try? VerdictRecord(json: $0) }
    if let value = object["rollback"] { rollback = try RollbackRecord(json: value) }
    findings = try object.list("findings") { try? LandedFinding(json: $0) }
    for member in try object.optional("unknown_events", \.object)?.members ?? [] {
      unknownEvents[member.key] = member.value.integer
    }
    for id in try object.list("workstreams", \.workstreamID) {
      guard let document = record(id) else { throw JSONShapeError(id.rawValue) }
      add(try WorkstreamRecord(json: document))
    }
  }
}

extension WorkerRecord {
  package var json: JSONValue {
    var object = JSONObject([("name", .string(name)), ("state", .string(state.rawValue))])
    object.append("workstream", .text(workstream?.rawValue))
    object.append("last", .text(last?.rawValue))
    object.append("since", .time(since))
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("worker") }
    self.init(
      name: try object.required("name", \.string),
      state: try object.required("state") { $0.string.flatMap(State.init) })
    workstream = try object.optional("workstream", \.workstreamID)
    last = try object.optional("last", \.workstreamID)
    since = try object.optional("since", \.timestamp)
  }
}
