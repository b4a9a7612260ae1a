extension WorkstreamRecord {
  /// One workstream's file in a checkpoint; members that hold nothing are left out.
  package var json: JSONValue {
    var object = JSONObject([("id", .string(id.rawValue)), ("state", .string(state.rawValue))])
    object.append("reason", .text(reason))
    object.append("depends_on", .list(dependsOn) { .string($0.rawValue) })
    object.append("tip", .commit(tip))
    object.append("finished_at", .integer(finishedAt))
    object.append("not_before", .time(notBefore))
    if forgiven > 0 { object.append("forgiven", .integer(Int64(forgiven))) }
    if isFresh { object.append("fresh", true) }
    object.append("notes", .list(notes) { .string($0) })
    object.append("culprit", .text(culprit?.rawValue))
    object.append("queued_at", .integer(queuedAt))
    object.append("integrated", .commit(integrated))
    object.append("landed_at", .integer(landedAt))
    if isFound { object.append("found", true) }
    if hasNothing { object.append("nothing", true) }
    object.append("source", .text(source))
    object.append("inputs", .list(inputs, \.json))
    if isWithdrawn { object.append("withdrawn", true) }
    object.append("attempts", .list(attempts, \.json))
    object.append("conflict", conflict?.json)
    object.append("candidate", candidate?.json)
    object.append("gates", .list(gates, \.json))
    object.append("verdicts", .list(verdicts, \.json))
    object.append("review_requested", .commit(reviewRequested))
    object.append("reviews", .list(reviews, \.json))
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("workstream") }
    self.init(
      id: try object.required("id", \.workstreamID),
      dependsOn: try object.list("depends_on", \.workstreamID))
    state = try object.required("state") { $0.string.flatMap(WorkstreamState.init) }
    reason = try object.optional("reason", \.string)
    tip = try object.optional("tip", \.objectID)
    finishedAt = try object.optional("finished_at", \.integer)
    notBefore = try object.optional("not_before", \.timestamp)
    forgiven = try object.optional("forgiven", \.integer) ?? 0
    isFresh = try object.optional("fresh", \.bool) ?? false
    notes = try object.list("notes", \.string)
    culprit = try object.optional("culprit", \.workstreamID)
    queuedAt = try object.optional("queued_at", \.integer)
    integrated = try object.optional("integrated", \.objectID)
    landedAt = try object.optional("landed_at", \.integer)
    isFound = try object.optional("found", \.bool) ?? false
    hasNothing = try object.optional("nothing", \.bool) ?? false
    source = try object.optional("source", \.string)
    inputs = try object.list("inputs", \.attemptInput)
    isWithdrawn = try object.optional("withdrawn", \.bool) ?? false
    attempts = try object.list("attempts") { try? AttemptRecord(json: $0) }
    if let value = object["conflict"] { conflict = try ConflictRecord(json: value) }
    if let value = object["candidate"] { candidate = try CandidateRecord(json: value) }
    gates = try object.list("gates") { try? GateRecord(json: $0) }
    verdicts = try object.list("verdicts") { try? VerdictRecord(json: $0) }
    reviewRequested = try object.optional("review_requested", \.objectID)
    reviews = try object.list("reviews") { try? ReviewRecord(json: $0) }
  }
}

extension AttemptRecord {
  package var json: JSONValue {
    var object = JSONObject([("number", .integer(Int64(number)))])
    object.append("worker", .text(worker))
    object.append("tool", .text(tool))
    object.append("executor", .text(executor))
    object.append("outcome", .string(outcome.rawValue))
    object.append("assigned_at", .time(assignedAt))
    object.append("started_at", .time(startedAt))
    object.append("ended_at", .time(endedAt))
    object.append("base", .commit(base))
    object.append("inputs", .list(inputs, \.json))
    object.append("tip", .commit(tip))
    object.append("kind", .text(error?.rawValue))
    object.append("asks", .integer(asks))
    object.append("provider", .text(provider))
    if isTransient { object.append("transient", true) }
    object.append("stop", stop?.json)
    object.append("message", .text(message))
    object.append("tree", .commit(tree))
    object.append("salvage", .text(salvage))
    object.append("files", .integer(files))
    object.append("missing", .list(missing) { .string($0) })
    object.append("handoff", handoff?.json)
    object.append("changes", .list(changes, \.json))
    if isSuspect { object.append("suspect", true) }
    object.append("spending", spending.json)
    object.append("questions", .list(questions, \.json))
    object.append("session", .text(session))
    object.append("percent", .integer(progress))
    object.append("note", .text(note))
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("attempt") }
    self.init(
      number: try object.required("number", \.integer),
      worker: try object.optional("worker", \.string),
      assignedAt: try object.required("assigned_at", \.timestamp))
    tool = try object.optional("tool", \.string)
    executor = try object.optional("executor", \.string)
    outcome = try object.required("outcome") { $0.string.flatMap(Outcome.init) }
    startedAt = try object.optional("started_at", \.timestamp)
    endedAt = try object.optional("ended_at", \.timestamp)
    base = try object.optional("base", \.objectID)
    inputs = try object.list("inputs", \.attemptInput)
    tip = try object.optional("tip", \.objectID)
    error = try object.optional("kind") { $0.string.flatMap(ErrorKind.init) }
    asks = try object.optional("asks", \.integer)
    provider = try object.optional("provider", \.string)
    isTransient = try object.optional("transient", \.bool) ?? false
    if let value = object["stop"] { stop = try Stop(json: value) }
    message = try object.optional("message", \.string)
    tree = try object.optional("tree", \.objectID)
    salvage = try object.optional("salvage", \.string)
    files = try object.optional("files", \.integer)
    missing = try object.list("missing", \.string)
    handoff = try object.optional("handoff") { Handoff.Head(json: $0) }
    changes = try object.list("changes") { SharedChange(json: $0) }
    isSuspect = try object.optional("suspect", \.bool) ?? false
    if let value = object["spending"] { spending = try AttemptSpending(json: value) }
    questions = try object.list("questions") { try? QuestionRecord(json: $0) }
    session = try object.optional("session", \.string)
    progress = try object.optional("percent", \.integer)
    note = try object.optional("note", \.string)
  }
}

extension AttemptRecord.Stop {
  package var json: JSONValue {
    var object = JSONObject([
      ("intent", .string(intent.rawValue)), ("graceful", .bool(graceful)),
    ])
    object.append("reason", .text(reason))
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("stop") }
    self.init(
      intent: try object.required("intent") { $0.string.flatMap(Intent.init) },
      graceful: try object.required("graceful", \.bool),
      reason: try object.optional("reason", \.string))
  }
}

extension GateRecord {
  package var json: JSONValue {
    var object = JSONObject([
      ("gate", .string(name)), ("stage", .string(stage.rawValue)),
      ("result", .string(result.rawValue)), ("required", .bool(required)),
    ])
    object.append("tree", .commit(tree))
    object.append("seconds", seconds.map(JSONValue.number))
    object.append("message", .text(message))
    object.append("flaky", isFlaky ? true : nil)
    object.append("reused", .integer(reused))
    object.append("warm", .commit(warm))
    object.append("tested_tree", .commit(testedTree))
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("gate") }
    self.init(
      name: try object.required("gate", \.string),
      stage: try object.required("stage") { $0.string.flatMap(Stage.init) },
      result: try object.required("result") { $0.string.flatMap(Result.init) },
      required: try object.required("required", \.bool))
    tree = try object.optional("tree", \.objectID)
    seconds = try object.optional("seconds", \.double)
    message = try object.optional("message", \.string)
    isFlaky = try object.optional("flaky", \.bool) ?? false
    reused = try object.optional("reused", \.integer)
    warm = try object.optional("warm", \.objectID)
    testedTree = try object.optional("tested_tree", \.objectID)
  }
}
