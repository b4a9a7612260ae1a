import UETModel

/// Requests and tokens in a minute.
struct Pace: Hashable, Sendable {
  var requests = 0.0
  var tokens = 0.0

  static func + (one: Pace, other: Pace) -> Pace {
    Pace(requests: one.requests + other.requests, tokens: one.tokens + other.tokens)
  }

  static func * (pace: Pace, factor: Double) -> Pace {
    Pace(requests: pace.requests * factor, tokens: pace.tokens * factor)
  }
}

/// What attempts ask of providers in a minute, as far as that is told: kept only where a rate is
/// limited.
///
/// Programs tell what they used when they end, most of them all at once, so what an attempt used
/// counts as spread evenly over the time that it took. It holds no truth of its own: `init` makes
/// the same from the folded state.
struct PaceBook: Sendable {
  static let minute = 60.0

  private struct Sum: Sendable {
    var used = Pace()
    var seconds = 0.0
  }

  /// An attempt that has ended within the last minute.
  private struct Ended: Sendable {
    let place: Int
    let number: Int
    let at: Timestamp
  }

  let isActive: Bool
  private let rates: [String: DispatchPolicy.Rate]
  private var tools: [String: Sum] = [:]
  /// What each attempt adds to the sum of its tool.
  private var added: [AttemptName: Sum] = [:]
  private var ended: [Ended] = []
  /// When those should be looked at again that wait for the minute to pass.
  var recheck: Timestamp?

  init(_ plan: DispatchPlan, _ policy: DispatchPolicy, _ state: RunState) {
    rates = policy.rates
    isActive = rates.values.contains {
      $0.requestsPerMinute != nil || $0.tokensPerMinute != nil
    }
    guard isActive else { return }
    for (place, item) in plan.items.enumerated() {
      for attempt in state[item.id]?.attempts ?? [] { follow(attempt, at: place, of: item) }
    }
  }

  /// Follows the end of an attempt, and what is told of it later.
  mutating func follow(_ attempt: AttemptRecord, at place: Int, of item: DispatchPlan.Item) {
    guard isActive, let end = attempt.endedAt else { return }
    let name = AttemptName(item.id, attempt.number)
    let (tool, old) = (item.route(of: attempt).tool, added[name])
    if old == nil {
      // What ended longer ago will not count again.
      ended.removeAll { end.seconds(since: $0.at) >= Self.minute }
      ended.append(Ended(place: place, number: attempt.number, at: end))
    }
    // What was ended from outside, or did not tell, says nothing of what another one takes.
    let isTold = attempt.spending.told > 0 && !attempt.spending.isIncomplete
    var new = Sum()
    if isTold {
      new = Sum(used: used(attempt, item), seconds: max(1, attempt.seconds(until: end)))
    }
    added[name] = new
    var sum = tools[tool] ?? Sum()
    sum.used = sum.used + (old?.used ?? Pace()) * -1 + new.used
    sum.seconds += new.seconds - (old?.seconds ?? 0)
    tools[tool] = sum
  }

  /// What an attempt with the tool asks in a minute; nil before one has told.
  func pace(of tool: String) -> Pace? {
    guard let sum = tools[tool], sum.seconds > 0 else { return nil }
    return sum.used * (Self.minute / sum.seconds)
  }

  /// What was asked in the last minute of what the rate counts, by attempts that run and that have
  /// ended.
  func load(
    of rate: String, running: [Int], _ plan: DispatchPlan, _ state: RunState, at now: Timestamp
  ) -> Pace {
    var load = Pace()
    for past in ended where now.seconds(since: past.at) < Self.minute {
      let item = plan.items[past.place]
      guard let attempt = state[item.id]?.attempts.last(where: { $0.number == past.number }),
        item.route(of: attempt).rates.contains(rate)
      else { continue }
      let length = max(1, attempt.seconds(until: past.at))
      let inside = min(length, Self.minute - now.seconds(since: past.at))
      load = load + used(attempt, item) * (max(0, inside) / length)
    }
    for place in running {
      let item = plan.items[place]
      guard let attempt = state[item.id]?.lastAttempt, case let route = item.route(of: attempt),
        route.rates.contains(rate)
      else { continue }
      let length = max(Self.minute, attempt.seconds(until: now))
      let told = used(attempt, item) * (Self.minute / length)
      let usual = pace(of: route.tool) ?? Pace()
      load =
        load
        + Pace(
          requests: max(told.requests, usual.requests), tokens: max(told.tokens, usual.tokens))
    }
    return load
  }

  private func used(_ attempt: AttemptRecord, _ item: DispatchPlan.Item) -> Pace {
    let spending = attempt.spending
    let isCachedCounted = item.route(of: attempt).rates.contains { rates[$0]?.countsCached == true }
    return Pace(
      requests: Double(spending.requests),
      tokens: Double(spending.tokens) + (isCachedCounted ? Double(spending.cachedTokens) : 0))
  }
}

extension AttemptRecord {
  fileprivate func seconds(until end: Timestamp) -> Double {
    end.seconds(since: startedAt ?? assignedAt)
  }
}
