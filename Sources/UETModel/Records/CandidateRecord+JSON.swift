extension CandidateRecord {
  package var json: JSONValue {
    var object = JSONObject([("tip", .commit(tip))])
    object.append("base", .commit(base))
    object.append("repairs", .commit(repairs))
    object.append("inputs", .list(inputs, \.json))
    object.append("rank", .integer(Int64(rank)))
    object.append("priority", .integer(Int64(priority)))
    object.append("dependencies", .integer(Int64(dependencies)))
    object.append("decisions_before", .integer(Int64(decisionsBefore)))
    object.append("admitted_at", .integer(admittedAt))
    object.append("ejection", ejection?.json)
    object.append("tree", .commit(tree))
    object.append("promoted_at", .integer(promotedAt))
    object.append("replay", replay.map { ["tip": .commit($0.tip), "onto": .commit($0.onto)] })
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("candidate") }
    self.init(tip: try object.required("tip", \.objectID))
    base = try object.optional("base", \.objectID)
    repairs = try object.optional("repairs", \.objectID)
    inputs = try object.list("inputs", \.attemptInput)
    rank = try object.required("rank", \.integer)
    priority = try object.required("priority", \.integer)
    dependencies = try object.required("dependencies", \.integer)
    decisionsBefore = try object.required("decisions_before", \.integer)
    admittedAt = try object.optional("admitted_at", \.integer)
    tree = try object.optional("tree", \.objectID)
    promotedAt = try object.optional("promoted_at", \.integer)
    if let value = object["ejection"] { ejection = try Ejection(json: value) }
    replay = try object.optional("replay") { value in
      guard let tip = value["tip"]?.objectID, let onto = value["onto"]?.objectID else { return nil }
      return Replay(tip: tip, onto: onto)
    }
  }
}

extension CandidateRecord.Ejection {
  package var json: JSONValue {
    var object = JSONObject([("tip", .commit(tip))])
    object.append("onto", .commit(onto))
    object.append("gate", .text(gate))
    object.append("tree", .commit(tree))
    object.append("commit", .commit(commit))
    object.append("predecessors", .list(predecessors) { .string($0.rawValue) })
    object.append("evidence", .integer(evidence))
    object.append("gate_inputs", gateInputs.nonEmpty?.json)
    if isFault { object.append("fault", true) }
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("ejection") }
    self.init(tip: try object.required("tip", \.objectID))
    onto = try object.optional("onto", \.objectID)
    gate = try object.optional("gate", \.string)
    tree = try object.optional("tree", \.objectID)
    commit = try object.optional("commit", \.objectID)
    predecessors = try object.list("predecessors", \.workstreamID)
    evidence = try object.optional("evidence", \.integer)
    gateInputs = try object.optional("gate_inputs", \.gateInputs) ?? GateInputs()
    isFault = try object.optional("fault", \.bool) ?? false
  }
}

extension VerdictRecord {
  package var json: JSONValue {
    var object: JSONObject = [
      "tree": .commit(tree), "gate": .string(gate), "key": .string(key), "passed": .bool(passed),
    ]
    object.append("event", .integer(event))
    object.append("flaky", isFlaky ? true : nil)
    object.append("confirmed", isConfirmed ? true : nil)
    object.append("inputs", .commit(inputs))
    object.append("tested_tree", .commit(testedTree))
    object.append("this_commit", isOfCommit ? true : nil)
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("verdict") }
    self.init(
      tree: try object.required("tree", \.objectID), gate: try object.required("gate", \.string),
      key: try object.required("key", \.string), passed: try object.required("passed", \.bool),
      event: try object.optional("event", \.integer),
      isFlaky: try object.optional("flaky", \.bool) ?? false,
      isConfirmed: try object.optional("confirmed", \.bool) ?? false,
      inputs: try object.optional("inputs", \.objectID),
      testedTree: try object.optional("tested_tree", \.objectID))
    isOfCommit = try object.optional("this_commit", \.bool) ?? false
  }
}

extension AttemptRecord.Input {
  package init?(json: JSONValue) {
    guard let id = json["workstream"]?.workstreamID, let commit = json["commit"]?.objectID else {
      return nil
    }
    self.init(workstream: id, commit: commit)
  }

  package var json: JSONValue {
    ["workstream": .string(workstream.rawValue), "commit": .commit(commit)]
  }
}

extension JSONValue {
  /// A finished workstream's result.
  package var attemptInput: AttemptRecord.Input? { AttemptRecord.Input(json: self) }
}
