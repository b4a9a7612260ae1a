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
    openings = try object.optional("openings", \.integer) ?? 0
    until = try object.optional("until", \.timestamp)
    probe = try object.optional("probe", \.workstreamID)
    reason = try object.optional("reason", \.string)
  }
}

extension RunState {
  package func breaker(_ tool: String) -> BreakerRecord? { breakers.first { $0.tool == tool } }

  private mutating func updateBreaker(_ tool: String, _ body: (inout BreakerRecord) -> Void) {
    if let index = breakers.firstIndex(where: { $0.tool == tool }) {
      body(&breakers[index])
    } else {
      var breaker = BreakerRecord(tool: tool)
      body(&breaker)
      breakers.append(breaker)
    }
  }

  mutating func foldOpened(_ fact: Told<Fact.Breaker>) throws(Illegal) {
    guard let tool = fact.tool else { return }
    if breaker(tool)?.state == .open {
      throw Illegal(message: "the breaker of '\(tool)' is open already")
    }
    updateBreaker(tool) { breaker in
      breaker.openings += 1
      (breaker.state, breaker.probe) = (.open, nil)
      (breaker.until, breaker.reason) = (fact.until, fact.reason)
    }
  }

  mutating func foldClosed(_ fact: Told<Fact.Breaker>) throws(Illegal) {
    guard let tool = fact.tool else { return }
    if breaker(tool)?.state ?? .closed == .closed {
      throw Illegal(message: "the breaker of '\(tool)' is closed already")
    }
    updateBreaker(tool) { $0 = BreakerRecord(tool: tool) }
  }

  /// An attempt that tries whether a tool works again.
  mutating func foldProbe(_ fact: Told<Fact.TaskAssigned>, _ id: WorkstreamID) {
    guard let tool = fact.probe else { return }
    updateBreaker(tool) { ($0.state, $0.probe) = (.halfOpen, id) }
  }

  /// What the end of an attempt says of its tool: a fault, that it works, or nothing.
  mutating func foldToolEnd(_ fact: Told<Fact.TaskEnd>, _ id: WorkstreamID) {
    guard let tool = fact.tool else { return }
    updateBreaker(tool) { breaker in
      switch fact.toolFault {
      case true?:
        breaker.failures += 1
        breaker.reason = fact.message
      case false?: breaker.failures = 0
      case nil: break
      }
      guard breaker.probe == id else { return }
      breaker.probe = nil
      // A probe that was stopped says nothing: another one tries.
      if fact.toolFault == nil { breaker.state = .open }
    }
  }
}
