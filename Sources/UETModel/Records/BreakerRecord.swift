/// How a tool has done lately: after too many faults in a row it is left alone for a while.
package struct BreakerRecord: Hashable, Sendable {
  package enum State: String, CaseIterable, Hashable, Sendable {
    /// The tool is used. Next: OPEN.
    case closed = "CLOSED"
    /// The tool is left alone until a time. Next: HALF_OPEN, CLOSED.
    case open = "OPEN"
    /// One attempt tries it. Next: CLOSED, OPEN.
    case halfOpen = "HALF_OPEN"
  }

  package let tool: String
  package var state = State.closed
  /// Faults in a row, across workstreams.
  package var failures = 0
  /// Whether the last of them says that it can do nothing at all.
  package var isBroken = false
  /// How often in a row it was opened.
  package var openings = 0
  /// When one attempt may try the tool again.
  package var until: Timestamp?
  /// The workstream whose attempt tries it.
  package var probe: WorkstreamID?
  /// What the last fault was.
  package var reason: String?

  package init(tool: String) { self.tool = tool }
}

extension BreakerRecord {
  package var json: JSONValue {
    var object = JSONObject([("tool", .string(tool)), ("state", .string(state.rawValue))])
    if failures > 0 { object.append("failures", .integer(Int64(failures))) }
    if isBroken { object.append("broken", true) }
    if openings > 0 { object.append("openings", .integer(Int64(openings))) }
    object.append("until", .time(until))
    object.append("probe", .text(probe?.rawValue))
    object.append("reason", .text(reason))
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("breaker") }
    self.init(tool: try object.required("tool", \.string))
    state = try object.required("state") { $0.string.flatMap(State.init) }
    failures = try object.optional("failures", \.integer) ?? 0
    isBroken = try object.optional("broken", \.bool) ?? false
    openings = try object.optional("openings", \.integer) ?? 0
    until = try object.optional("until", \.timestamp)
    probe = try object.optional("probe", \.workstreamID)
    reason = try object.optional("reason", \.string)
  }
}
