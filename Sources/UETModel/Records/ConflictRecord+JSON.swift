extension ConflictRecord.Hunk {
  package var json: JSONValue { ["path": .string(path), "text": .string(text)] }

  package init?(json: JSONValue) {
    guard let path = json["path"]?.string, let text = json["text"]?.string else { return nil }
    self.init(path: path, text: text)
  }
}

extension ConflictRecord.Earlier {
  package var json: JSONValue {
    var object: JSONObject = ["commit": .commit(commit), "subject": .string(subject)]
    object.append("workstream", .text(workstream?.rawValue))
    object.append("run", .text(run?.rawValue))
    return .object(object)
  }

  package init?(json: JSONValue) {
    guard let commit = json["commit"]?.objectID, let subject = json["subject"]?.string else {
      return nil
    }
    self.init(
      commit: commit, subject: subject, workstream: json["workstream"]?.workstreamID,
      run: json["run"]?.string.flatMap(RunID.init))
  }
}

extension ConflictRecord.Try {
  package var json: JSONValue {
    var object: JSONObject = ["method": .string(method.rawValue), "reason": .string(reason)]
    object.append("salvage", .text(salvage))
    return .object(object)
  }

  package init?(json: JSONValue) {
    guard let method = json["method"]?.string.flatMap(RepairMethod.init),
      let reason = json["reason"]?.string
    else { return nil }
    self.init(method: method, reason: reason, salvage: json["salvage"]?.string)
  }
}

extension ConflictRecord {
  package var json: JSONValue {
    var object = JSONObject([
      ("state", .string(state.rawValue)), ("onto", .commit(onto)), ("tip", .commit(tip)),
      ("seq", .integer(Int64(seq))),
    ])
    object.append("base", .commit(base))
    object.append("paths", .list(paths) { .string($0) })
    object.append("message", .text(message))
    object.append("makers", .list(makers) { .string($0.rawValue) })
    object.append("earlier", earlier.isEmpty ? nil : .list(earlier, \.json))
    object.append("hunks", .list(hunks, \.json))
    object.append("resolution", .commit(resolution))
    object.append("tries", tries.isEmpty ? nil : .list(tries, \.json))
    object.append("under_way", .text(underWay?.rawValue))
    object.append("method", .text(method?.rawValue))
    object.append("of_base", isOfBase ? true : nil)
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("conflict") }
    self.init(
      onto: try object.required("onto", \.objectID), tip: try object.required("tip", \.objectID),
      seq: try object.required("seq", \.integer))
    state = try object.required("state") { $0.string.flatMap(State.init) }
    base = try object.optional("base", \.objectID)
    paths = try object.list("paths", \.string)
    message = try object.optional("message", \.string)
    makers = try object.list("makers", \.workstreamID)
    earlier = try object.list("earlier", Earlier.init)
    hunks = try object.list("hunks", Hunk.init)
    resolution = try object.optional("resolution", \.objectID)
    tries = try object.list("tries", Try.init)
    underWay = try object.optional("under_way") { $0.string.flatMap(RepairMethod.init) }
    isOfBase = try object.optional("of_base", \.bool) ?? false
    method = try object.optional("method") { $0.string.flatMap(RepairMethod.init) }
  }
}
