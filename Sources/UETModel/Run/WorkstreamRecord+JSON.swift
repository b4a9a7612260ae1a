extension WorkstreamRecord {
  /// One workstream's file in a checkpoint; members that hold nothing are left out.
  package var json: JSONValue {
    var object = JSONObject([("id", .string(id.rawValue)), ("state", .string(state.rawValue))])
    object.append("reason", .text(reason))
    object.append("depends_on", .list(dependsOn) { .string($0.rawValue) })
    object.append("tip", .commit(tip))
    object.append("not_before", .time(notBefore))
    object.append("queued_at", .integer(queuedAt))
    object.append("integrated", .commit(integrated))
    object.append("attempts", .list(attempts, \.json))
    object.append("gates", .list(gates, \.json))
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
    notBefore = try object.optional("not_before", \.timestamp)
    queuedAt = try object.optional("queued_at", \.integer)
    integrated = try object.optional("integrated", \.objectID)
    attempts = try object.list("attempts") { try? AttemptRecord(json: $0) }
    gates = try object.list("gates") { try? GateRecord(json: $0) }
  }
}

extension AttemptRecord {
  package var json: JSONValue {
    var object = JSONObject([("number", .integer(Int64(number)))])
    object.append("worker", .text(worker))
    object.append("outcome", .string(outcome.rawValue))
    object.append("assigned_at", .time(assignedAt))
    object.append("started_at", .time(startedAt))
    object.append("ended_at", .time(endedAt))
    object.append("base", .commit(base))
    object.append("inputs", inputs.isEmpty ? nil : inputs.json)
    object.append("tip", .commit(tip))
    object.append("kind", .text(error?.rawValue))
    object.append("message", .text(message))
    object.append("salvage", .text(salvage))
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
    outcome = try object.required("outcome") { $0.string.flatMap(Outcome.init) }
    startedAt = try object.optional("started_at", \.timestamp)
    endedAt = try object.optional("ended_at", \.timestamp)
    base = try object.optional("base", \.objectID)
    inputs = try object.list("inputs") { entry in
      guard let id = entry["workstream"]?.workstreamID, let commit = entry["commit"]?.objectID
      else { return nil }
      return Input(workstream: id, commit: commit)
    }
    tip = try object.optional("tip", \.objectID)
    error = try object.optional("kind") { $0.string.flatMap(ErrorKind.init) }
    message = try object.optional("message", \.string)
    salvage = try object.optional("salvage", \.string)
    progress = try object.optional("percent", \.integer)
    note = try object.optional("note", \.string)
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
  }
}
