import UETModel

/// Why an item may not ask its provider now.
package enum RateObstacle: Hashable, Sendable {
  /// So many ask it already as may; learned says that the provider itself found more too many.
  case full(String, Int, isLearned: Bool)
  case requests(String, Int)
  case tokens(String, Int)
}

extension DispatchMachine {
  private static let recheckSeconds = 3.0

  /// Whether there is any limit to what is asked.
  var isRationed: Bool { !policy.rates.isEmpty || !state.providers.isEmpty }

  /// What keeps an attempt on the route from asking its provider now.
  func obstacle(on route: DispatchPlan.ToolRoute, at now: Timestamp) -> RateObstacle? {
    guard isRationed else { return nil }
    let running = Array(index.running)
    if let full = fullness(of: route, running) { return full }
    guard pace.isActive else { return nil }
    let next = pace.pace(of: route.tool) ?? Pace()
    for name in route.rates {
      guard let rate = policy.rates[name],
        rate.requestsPerMinute != nil || rate.tokensPerMinute != nil
      else { continue }
      let load = pace.load(of: name, running: running, plan, state, at: now)
      // Alone, it starts whatever it takes.
      if let most = rate.requestsPerMinute, load.requests > 0,
        load.requests + next.requests > Double(most)
      {
        return .requests(name, most)
      }
      if let most = rate.tokensPerMinute, load.tokens > 0,
        load.tokens + next.tokens > Double(most)
      {
        return .tokens(name, most)
      }
    }
    return nil
  }

  private func fullness(
    of route: DispatchPlan.ToolRoute, _ running: [Int]
  ) -> RateObstacle? {
    func count(_ isCounted: (DispatchPlan.ToolRoute) -> Bool) -> Int {
      running.count { isCounted(plan.items[$0].route(of: state[plan.items[$0].id]?.lastAttempt)) }
    }
    for name in route.rates {
      guard let most = policy.rates[name]?.concurrency else { continue }
      if count({ $0.rates.contains(name) }) >= most { return .full(name, most, isLearned: false) }
    }
    guard let provider = route.provider, let most = state.provider(provider)?.concurrency,
      count({ $0.provider == provider }) >= most
    else { return nil }
    return .full(provider, most, isLearned: true)
  }

  /// Whether the item may ask its provider now; if only time is in the way, it is looked at again.
  mutating func mayAsk(_ place: Int, at now: Timestamp) -> Bool {
    guard isRationed else { return true }
    guard let route = index.tools.route(of: place) else { return false }
    switch obstacle(on: route, at: now) {
    case nil: return true
    case .full: return false
    case .requests, .tokens:
      pace.recheck = pace.recheck ?? now.advanced(bySeconds: Self.recheckSeconds)
      return false
    }
  }

  /// That the provider told an attempt to wait: until then nothing asks it, and afterwards half as
  /// many at once as did. They become more again as they are answered.
  func waitOrder(
    _ name: AttemptName, _ outcome: AttemptOutcome, at now: Timestamp
  ) -> EventDraft? {
    guard case .failed(let failure) = outcome, failure.kind == .rateLimited,
      let record = state[name.workstream], let attempt = record.lastAttempt, attempt.stop == nil,
      let place = place(name.workstream),
      case let route = plan.items[place].route(of: attempt), let provider = route.provider
    else { return nil }
    let known = state.provider(provider)
    let isNews = known?.until.map { $0 <= now } ?? true
    let running = index.running.count { place in
      let item = plan.items[place]
      return item.route(of: state[item.id]?.lastAttempt).provider == provider
    }
    let told = Told<Fact.RateLimit> {
      ($0.provider, $0.tool, $0.reason) = (provider, route.tool, failure.message)
      $0.until = now.advanced(bySeconds: pause(failure.wait, known, name, isNews))
      if isNews, running > 1 { ($0.concurrency, $0.running) = (running / 2, running) }
    }
    return EventDraft(
      .rateLimited(told), workstream: name.workstream, attempt: name.number,
      worker: attempt.worker)
  }

  /// Seconds: as the provider says, else longer each time in a row.
  private func pause(
    _ told: Double?, _ known: ProviderRecord?, _ name: AttemptName, _ isNews: Bool
  ) -> Double {
    if let told { return min(max(told, 0), 7 * 86_400) }
    return policy.retry.delay(
      afterFailures: max(1, (known?.waits ?? 0) + (isNews ? 1 : 0)),
      salt: DispatchPolicy.Retry.salt(state.run, name.workstream, attempt: name.number))
  }

  /// Why another tool is taken than the one that its bundle names.
  func reason(for route: DispatchPlan.ToolRoute, at place: Int) -> String? {
    let item = plan.items[place]
    let first = item.routes[0]
    if route.tool == first.tool {
      return item.capability.map { "'\(item.tool)' does not have the capability '\($0)'" }
    }
    if let breaker = state.breaker(first.tool), breaker.state != .closed {
      return "'\(first.tool)' \(breaker.reason ?? "failed too often")"
    }
    if let provider = first.provider.flatMap({ state.provider($0) }), let until = provider.until {
      return "'\(provider.name)', which '\(first.tool)' asks, is not to be asked until "
        + "\(until.plain) UTC"
    }
    return "'\(first.tool)' cannot be used"
  }
}

extension DispatchMachine {
  /// Keeps the sums of what attempts ask.
  mutating func followPace(_ id: WorkstreamID?, attempt number: Int? = nil) {
    guard pace.isActive, let place = place(id), let record = state[plan.items[place].id] else {
      return
    }
    let attempt = number.flatMap { number in record.attempts.last { $0.number == number } }
    if let attempt = attempt ?? record.lastAttempt {
      pace.follow(attempt, at: place, of: plan.items[place])
    }
  }
}

extension AttemptRecord {
  /// Whether it ended because its provider asked to wait, which is not its failure.
  var wasToldToWait: Bool { error == .rateLimited && provider != nil }
}
