import UETModel

extension DispatchMachine {
  /// What the end of an attempt says of its tool, put into its event; nothing where all
  /// is well, so that ordinary runs carry no more than they need.
  func judgeTool(
    _ outcome: AttemptOutcome, of name: AttemptName, as ending: AttemptRecord.Outcome,
    in end: inout Told<Fact.TaskEnd>
  ) {
    guard let place = place(name.workstream) else { return }
    let route = plan.items[place].route(of: state[name.workstream]?.lastAttempt)
    if let provider = route.provider {
      let isLimited = state.provider(provider).map { $0.waits > 0 || $0.concurrency != nil }
      let isTold = ending == .failed && end.kind == .rateLimited
      if isTold || ending == .succeeded && isLimited == true { end.provider = provider }
    }
    guard policy.breaker.failures > 0 else { return }
    let tool = route.tool
    let fault: Bool?
    switch (outcome, ending) {
    case (_, .cancelled): fault = nil
    case (.succeeded, _): fault = false
    case (.failed(let failure), _) where failure.asks != nil: fault = false
    // A provider that asks to wait is left alone as a whole.
    case (.failed(let failure), _) where failure.kind == .rateLimited && route.provider != nil:
      fault = nil
    case (.failed(let failure), _) where end.kind == failure.kind:
      fault = failure.blamesTool
      end.toolBroken = fault == true && failure.isToolBroken ? true : nil
    default: fault = nil
    }
    guard fault == true || state.breaker(tool) != nil else { return }
    (end.tool, end.toolFault) = (tool, fault)
  }

  /// Breakers that open or close because of what is known.
  func breakerChanges(at now: Timestamp) -> [EventDraft] {
    state.breakers.compactMap { breaker in
      switch breaker.state {
      case .closed:
        let isEnough =
          breaker.failures >= policy.breaker.failures || breaker.isBroken && hasOther(breaker.tool)
        return isEnough ? open(breaker, now) : nil
      case .open: return breaker.failures == 0 ? close(breaker) : nil
      case .halfOpen where breaker.probe != nil: return nil
      case .halfOpen: return breaker.failures == 0 ? close(breaker) : open(breaker, now)
      }
    }
  }

  private func open(_ breaker: BreakerRecord, _ now: Timestamp) -> EventDraft? {
    guard policy.breaker.failures > 0 else { return nil }
    let wait = policy.breaker.wait(afterOpenings: breaker.openings + 1)
    let times = breaker.failures == 1 ? "once" : "\(breaker.failures) times in a row"
    return EventDraft(
      .breakerOpened(
        .init {
          ($0.tool, $0.failures) = (breaker.tool, breaker.failures)
          $0.reason = "failed \(times): \(breaker.reason ?? "no message")"
          $0.until = now.advanced(bySeconds: wait)
        }))
  }

  /// Whether some of those that use the tool have another one.
  private func hasOther(_ tool: String) -> Bool {
    index.tools.items(of: tool).contains { plan.items[$0].routes.count > 1 }
  }

  private func close(_ breaker: BreakerRecord) -> EventDraft {
    EventDraft(
      .breakerClosed(.init { ($0.tool, $0.reason) = (breaker.tool, "the tool works again") }))
  }
}

extension AttemptFailure {
  /// Whether the tool is at fault and not the work: nil when the failure says nothing of it.
  var blamesTool: Bool? {
    switch kind {
    case .rateLimited, .timeout: true
    case .toolFailure: isTransient || isToolBroken
    case .gateFailure, .scopeViolation: false
    default: nil
    }
  }
}

extension DispatchPolicy.Breaker {
  /// Seconds until a tool is tried again: twice as long after each trial that failed.
  func wait(afterOpenings openings: Int) -> Double {
    min(wait * Double(1 << min(max(openings, 1) - 1, 10)), max(wait, longest))
  }
}
