extension IntegrationRecord {
  package var json: JSONValue {
    var object = JSONObject()
    object.append("start", .commit(start))
    object.append("start_tree", .commit(startTree))
    object.append("start_inputs", startInputs.nonEmpty?.json)
    object.append("tip", .commit(tip))
    object.append("tree", .commit(tree))
    object.append("gate_inputs", gateInputs.nonEmpty?.json)
    object.append("landed_in", .text(landedIn))
    object.append("landed_commit", .commit(landedCommit))
    object.append("last_landed", .list(lastLanded) { .string($0.rawValue) })
    object.append("chain", .list(chain) { .string($0.rawValue) })
    object.append("published", .commit(published))
    object.append("decisions", .integer(Int64(decisions)))
    object.append("window", .integer(Int64(window)))
    object.append("faults", .integer(Int64(faults)))
    object.append("faulted_at", .time(faultedAt))
    if !faulted.isEmpty { object.append("faulted", .list(faulted, \.json)) }
    object.append("restarts", .integer(Int64(restarts)))
    object.append("freeze", .text(freeze))
    if ejections > 0 { object.append("ejections", .integer(Int64(ejections))) }
    object.append("gate_seconds", gateSeconds.map(JSONValue.number))
    object.append("strategy", .text(strategy))
    object.append("probes", .list(probes, \.json))
    if let pause {
      var value = JSONObject([("intent", .string(pause.intent.rawValue))])
      value.append("reason", .text(pause.reason))
      value.append("red_gate", .text(pause.redGate))
      object.append("pause", .object(value))
    }
    if let landing {
      var value = JSONObject([
        ("target", .string(landing.target)), ("old", .commit(landing.old)),
        ("new", .commit(landing.new)),
      ])
      value.append("tree", .commit(landing.tree))
      value.append("gate_inputs", landing.gateInputs.nonEmpty?.json)
      object.append("landing", .object(value))
    }
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("integration") }
    self.init()
    start = try object.optional("start", \.objectID)
    startTree = try object.optional("start_tree", \.objectID)
    startInputs = try object.optional("start_inputs", \.gateInputs) ?? GateInputs()
    tip = try object.optional("tip", \.objectID)
    tree = try object.optional("tree", \.objectID)
    gateInputs = try object.optional("gate_inputs", \.gateInputs) ?? GateInputs()
    landedIn = try object.optional("landed_in", \.string)
    landedCommit = try object.optional("landed_commit", \.objectID)
    lastLanded = try object.list("last_landed", \.workstreamID)
    chain = try object.list("chain", \.workstreamID)
    published = try object.optional("published", \.objectID)
    decisions = try object.optional("decisions", \.integer) ?? 0
    window = try object.optional("window", \.integer) ?? Self.firstWindow
    faults = try object.optional("faults", \.integer) ?? 0
    faultedAt = try object.optional("faulted_at", \.timestamp)
    faulted = try object.list("faulted") { try? FaultRecord(json: $0) }
    restarts = try object.optional("restarts", \.integer) ?? 0
    freeze = try object.optional("freeze", \.string)
    ejections = try object.optional("ejections", \.integer) ?? 0
    gateSeconds = try object.optional("gate_seconds", \.double)
    strategy = try object.optional("strategy", \.string)
    probes = try object.list("probes") { try? ProbeRecord(json: $0) }
    if let value = try object.optional("pause", \.object) {
      pause = Pause(
        intent: try value.required("intent") { $0.string.flatMap(Pause.Intent.init) },
        reason: try value.optional("reason", \.string),
        redGate: try value.optional("red_gate", \.string))
    }
    if let value = try object.optional("landing", \.object) {
      landing = Landing(
        target: try value.required("target", \.string),
        old: try value.required("old", \.objectID), new: try value.required("new", \.objectID),
        tree: try value.optional("tree", \.objectID))
      landing?.gateInputs = try value.optional("gate_inputs", \.gateInputs) ?? GateInputs()
    }
  }
}
