import UETModel

/// Why a workstream is not running, or that it is.
package enum WaitReason: Hashable, Sendable {
  case notStarted
  case dependencies([WorkstreamID])
  /// May not run beside `holder`; `on` is what they share, nil when one of them runs alone.
  case conflict(holder: WorkstreamID, on: String?)
  /// Lets another start first that runs alone and waits until nothing runs.
  case behind(WorkstreamID)
  /// Lets another start first, because the planner found the run to end sooner that way.
  case held(until: WorkstreamID)
  /// The tool failed too often in a row; one attempt tries it at `until`, or is under way.
  case toolDown(String, until: Timestamp?, String?)
  /// The provider asks to wait.
  case providerPaused(String, until: Timestamp, String?)
  /// As much as may is asked of its provider.
  case rate(RateObstacle)
  /// Too little of a resource is free.
  case resource(ResourceObstacle)
  /// There is no money for it: what of, and whether some will be free again.
  case budget(BudgetScope, isHeld: Bool, String)
  /// A person has to answer its question.
  case answer(String)
  case noFreeWorker(busy: Int)
  case backOff(until: Timestamp, String?)
  case paused(String?)
  /// The machine is spared.
  case spared(OperatingTier, String?)
  /// The run stops: nothing is started any more.
  case stopping
  case running(attempt: Int)
  /// It waits for nothing; why it is where it is.
  case settled(WorkstreamState, String?)
  /// It can start with the next step.
  case nothing
}

extension WaitReason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notStarted: "the run has not started"
    case .dependencies(let ids):
      "waits for " + ids.quoted(4)
    case .conflict(let holder, let name?): "may not run beside '\(holder)': both have '\(name)'"
    case .conflict(let holder, nil): "may not run beside '\(holder)': one of them runs alone"
    case .behind(let id): "lets '\(id)' start first, which runs alone"
    case .held(let id): "lets '\(id)' start first, as planned"
    case .toolDown(let tool, let until, let reason):
      "the tool '\(tool)' " + (reason ?? "failed too often")
        + (until.map { "; it is tried again at \($0.plain) UTC" } ?? "; an attempt is trying it")
    case .providerPaused(let provider, let until, let reason):
      "'\(provider)' is not to be asked until \(until.plain) UTC" + (reason.map { ": \($0)" } ?? "")
    case .rate(let obstacle): obstacle.description
    case .resource(let obstacle): obstacle.description
    case .budget(let scope, true, _):
      "waits for money of \(scope) that is set aside for what runs"
    case .budget(_, false, let words): words
    case .answer(let question): "waits for an answer: \(question)"
    case .noFreeWorker(let busy):
      "waits for a free worker (\(busy) busy)"
    case .backOff(let until, let reason):
      "waits until \(until.plain) UTC" + (reason.map { ": \($0)" } ?? "")
    case .paused(let reason): "the run is paused" + (reason.map { ": \($0)" } ?? "")
    case .spared(let tier, let reason):
      "the machine is in tier \(tier.rawValue), in which \(tier.effect)"
        + (reason.map { ": \($0)" } ?? "")
    case .stopping: "the run is stopping"
    case .running(let attempt): "attempt \(attempt) is under way"
    case .settled(let state, let reason): state.rawValue + (reason.map { ": \($0)" } ?? "")
    case .nothing: "can start now"
    }
  }
}

extension DispatchMachine {
  /// What the workstream waits for at `now`; nil when the plan has none of that name.
  package func why(_ id: WorkstreamID, at now: Timestamp) -> WaitReason? {
    guard let place = place(id), let record = state[id] else { return nil }
    switch record.state {
    case .running: return .running(attempt: record.lastAttempt?.number ?? 1)
    case .pending, .ready, .failed: break
    default: return .settled(record.state, record.reason)
    }
    let unmet = index.unmetDependencies(of: place).map { plan.items[$0].id }
    if !unmet.isEmpty { return .dependencies(unmet) }
    if let until = record.notBefore, until > now { return .backOff(until: until, record.reason) }
    if let question = record.awaited { return .answer(question.question) }
    if state.pool.isEmpty { return .notStarted }
    if state.status == .paused { return .paused(state.reason) }
    if state.liveWorkers == 0 { return .stopping }
    let reason = obstacle(to: place) ?? rate(of: place, at: now) ?? poverty(of: place)
    if let reason = reason ?? shortage(at: place) { return reason }
    if isSpared { return .spared(state.tier, state.mode?.reason) }
    let busy = state.pool.count(in: .busy)
    return hasIdle ? .nothing : .noFreeWorker(busy: busy)
  }

  private func poverty(of place: Int) -> WaitReason? {
    switch funding(of: place) {
    case .unlimited, .reserved: nil
    case .waits(let scope): .budget(scope, isHeld: true, "")
    case .lacks(let scope): .budget(scope, isHeld: false, words(on: scope))
    }
  }

  private func shortage(at place: Int) -> WaitReason? {
    if let alone = index.locks.nextAlone, alone < place, obstacle(of: stock, to: alone) != nil {
      return .behind(plan.items[alone].id)
    }
    return obstacle(of: stock, to: place).map { .resource($0) }
  }

  private func obstacle(to place: Int) -> WaitReason? {
    if !index.tools.admits(place) { return hindrance(plan.items[place].routes[0]) }
    if let holder = index.holds.holder(of: place) { return .held(until: plan.items[holder].id) }
    switch index.locks.obstacle(to: place) {
    case .lock(let lock, let holder):
      return .conflict(holder: plan.items[holder].id, on: plan.conflicts[lock].name)
    case .alone(let holder): return .conflict(holder: plan.items[holder].id, on: nil)
    case .behind(let other): return .behind(plan.items[other].id)
    case nil: return nil
    }
  }
}

extension DispatchMachine {
  private func hindrance(_ route: DispatchPlan.ToolRoute) -> WaitReason? {
    if let provider = route.provider.flatMap({ state.provider($0) }), let until = provider.until,
      index.tools.isPaused(provider.name)
    {
      return .providerPaused(provider.name, until: until, provider.reason)
    }
    return state.breaker(route.tool).map { breaker in
      let until = breaker.probe == nil ? breaker.until : nil
      return .toolDown(breaker.tool, until: until, breaker.reason)
    }
  }

  private func rate(of place: Int, at now: Timestamp) -> WaitReason? {
    index.tools.route(of: place).flatMap { obstacle(on: $0, at: now) }.map { .rate($0) }
  }
}

extension RateObstacle: CustomStringConvertible {
  package var description: String {
    switch self {
    case .full(let name, let most, false):
      "\(most) at once ask '\(name)' already (limits.\(name).concurrency)"
    case .full(let name, let most, true):
      "\(most) at once ask '\(name)' already, and it said that more are too many"
    case .requests(let name, let most):
      "'\(name)' is asked \(most) times a minute already (limits.\(name).requests_per_minute)"
    case .tokens(let name, let most):
      "'\(name)' gets \(most) tokens a minute already (limits.\(name).tokens_per_minute)"
    }
  }
}
