import UETModel

extension Workstream {
  /// As a bundle that is read back as the same workstream, but for where it was declared.
  package var bundle: JSONValue {
    var object = JSONObject([
      ("id", .string(id.rawValue)), ("tasks", .array(tasks.map(JSONValue.string))),
      ("tool", .string(tool)), ("kind", .string(kind.rawValue)),
      ("priority", .string(priority.rawValue)), ("review", .string(review.rawValue)),
      ("files_scope", scope.document), ("parallel_ok", .bool(parallelOK)),
    ])
    func add(_ key: String, _ list: [JSONValue]) {
      if !list.isEmpty { object.append(key, .array(list)) }
    }
    add("files_create", scope.creates.map { .string($0.text) })
    add("depends_on", dependsOn.map(JSONValue.string))
    add("test_gates", gates.map(\.document))
    add("acceptance_tests", acceptanceTests.map(\.document))
    add("compensation_actions", compensationActions.map(\.action))
    add("forward_actions", forwardActions.map(\.action))
    object.append("command", command?.json)
    object.append("risk", risk.map(JSONValue.string))
    object.append("model", model.map(JSONValue.string))
    object.append("conflict_group", conflictGroup.map(JSONValue.string))
    object.append("worktree", (worktree?.rawValue).map(JSONValue.string))
    object.append("timeout", timeout.map(JSONValue.number))
    object.append("estimated_duration", estimate.duration.map(JSONValue.number))
    object.append(
      "estimated_context_tokens", estimate.contextTokens.map { .integer(Int64($0)) })
    object.append("max_cost_usd", estimate.maxCostUSD.map(JSONValue.number))
    if !environment.isEmpty {
      let members = environment.sorted { $0.key < $1.key }
        .map { JSONObject.Member($0.key, .string($0.value)) }
      object.append("env", .object(JSONObject(members: members)))
    }
    if !resources.isEmpty { object.append("resources", .object(resources.json)) }
    object.append("circuit_breaker", breaker.document)
    if isProposed { object.append("proposed", true) }
    for member in legacy.members { object.append(member.key, member.value) }
    return .object(object)
  }
}

extension Workstream.Scope {
  fileprivate var document: JSONValue {
    func list(_ patterns: [ScopePattern]) -> JSONValue { .array(patterns.map { .string($0.text) }) }
    return ["reads": list(reads), "writes": list(writes)]
  }
}

extension Workstream.AcceptanceTest {
  fileprivate var document: JSONValue {
    switch self {
    case .prose(let text): .string(text)
    case .command(let command): command.action
    }
  }
}

extension Workstream.BreakerLimits {
  fileprivate var document: JSONValue? {
    let limits = [
      ("max_attempts", maxAttempts), ("max_error_repeats", maxErrorRepeats),
      ("oscillation_threshold", oscillationThreshold),
    ].compactMap { name, limit in limit.map { (name, JSONValue.integer(Int64($0))) } }
    return limits.isEmpty ? nil : .object(JSONObject(limits))
  }
}

extension GateRequest {
  fileprivate var document: JSONValue {
    var object = JSONObject([
      ("type", .string(name)), ("required", .bool(required)), ("blocking", .bool(blocking)),
      ("wave_boundary", .bool(waveBoundary)),
    ])
    object.append("command", command?.json)
    return .object(object)
  }
}

extension Command {
  fileprivate var action: JSONValue { ["command": json] }
}
