extension ReviewRecord {
  package var json: JSONValue {
    var object = JSONObject([
      ("writer", .string(writer)), ("seq", .integer(Int64(seq))),
      ("decision", .string(decision.rawValue)), ("tip", .commit(tip)),
      ("at", .string(at.description)),
    ])
    object.append("by", .text(by))
    object.append("message", .text(message))
    object.append("overrules", .list(overrules, \.json))
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("review") }
    self.init(
      writer: try object.required("writer", \.string), seq: try object.required("seq", \.integer),
      decision: try object.required("decision") { $0.string.flatMap(Decision.init) },
      tip: try object.required("tip", \.objectID), at: try object.required("at", \.timestamp))
    by = try object.optional("by", \.string)
    message = try object.optional("message", \.string)
    overrules = try object.list("overrules") { Reference(json: $0) }
  }
}

extension ReviewRecord.Reference {
  package var json: JSONValue { ["writer": .string(writer), "seq": .integer(Int64(seq))] }

  package init?(json: JSONValue) {
    guard let writer = json["writer"]?.string, let seq = json["seq"]?.integer else { return nil }
    self.init(writer: writer, seq: seq)
  }
}

extension InboxRecord {
  package var json: JSONValue {
    var object = JSONObject([("writer", .string(writer))])
    object.append("last", last?.json)
    if refused > 0 { object.append("refused", .integer(Int64(refused))) }
    object.append(
      "problems",
      .list(problems) { ["reference": .string($0.reference), "reason": .string($0.reason)] })
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("inbox") }
    self.init(writer: try object.required("writer", \.string))
    last = try object.optional("last") { EventOrigin(json: $0) }
    refused = try object.optional("refused", \.integer) ?? 0
    problems = try object.list("problems") { item in
      guard let reference = item["reference"]?.string, let reason = item["reason"]?.string else {
        return nil
      }
      return Problem(reference: reference, reason: reason)
    }
  }
}
