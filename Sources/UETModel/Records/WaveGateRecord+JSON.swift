extension WaveGateRecord {
  package var json: JSONValue {
    var object = JSONObject([
      ("wave", .integer(Int64(wave))), ("gate", .string(gate)), ("members", members.json),
      ("result", .string(result.rawValue)), ("required", .bool(required)),
    ])
    if faults > 0 { object.append("faults", .integer(Int64(faults))) }
    object.append("commit", .commit(commit))
    object.append("tree", .commit(tree))
    object.append("seconds", seconds.map(JSONValue.number))
    object.append("message", .text(message))
    object.append("flaky", isFlaky ? true : nil)
    object.append("apart", .list(apart, \.json))
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("wave") }
    self.init(
      wave: try object.required("wave", \.integer), gate: try object.required("gate", \.string),
      members: try object.list("members", \.attemptInput))
    result = try object.required("result") { $0.string.flatMap(GateRecord.Result.init) }
    required = try object.required("required", \.bool)
    faults = try object.optional("faults", \.integer) ?? 0
    commit = try object.optional("commit", \.objectID)
    tree = try object.optional("tree", \.objectID)
    seconds = try object.optional("seconds", \.double)
    message = try object.optional("message", \.string)
    isFlaky = try object.optional("flaky", \.bool) ?? false
    apart = try object.list("apart") { Apart(json: $0) }
  }
}

extension WaveGateRecord.Apart {
  package var json: JSONValue {
    ["workstream": .string(workstream.rawValue), "paths": .array(paths.map(JSONValue.string))]
  }

  /// nil for what names no workstream.
  package init?(json: JSONValue) {
    guard let workstream = json["workstream"]?.workstreamID else { return nil }
    self.init(
      workstream: workstream, paths: (json["paths"]?.array ?? []).compactMap(\.string))
  }
}

extension WaveRelease {
  package var json: JSONValue {
    var object = JSONObject([("wave", .integer(Int64(wave))), ("members", members.json)])
    object.append("reason", .text(reason))
    object.append("by", .text(by))
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("release") }
    self.init(
      wave: try object.required("wave", \.integer),
      members: try object.list("members", \.attemptInput))
    reason = try object.optional("reason", \.string)
    by = try object.optional("by", \.string)
  }
}
