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
        breaker.isBroken = fact.toolBroken ?? false
      case false?: (breaker.failures, breaker.isBroken) = (0, false)
      case nil: break
      }
      guard breaker.probe == id else { return }
      breaker.probe = nil
      // A probe that was stopped says nothing: another one tries.
      if fact.toolFault == nil { breaker.state = .open }
    }
  }
}
