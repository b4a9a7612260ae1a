import UETModel
import UETTestSupport

@testable import UETScheduling

extension DispatchWorld {
  func conflict(_ one: Int, _ other: Int) -> Bool {
    if plan.items[one].isExclusive || plan.items[other].isExclusive { return true }
    return plan.conflicts.contains { meet($0, one, other) }
  }

  func sharePaths(_ one: Int, _ other: Int) -> Bool {
    plan.conflicts.contains { $0.sharesPaths && meet($0, one, other) }
  }

  func meet(_ group: DispatchPlan.ConflictGroup, _ one: Int, _ other: Int) -> Bool {
    let members = Set(group.owners + group.guests)
    guard members.contains(one), members.contains(other) else { return false }
    return group.owners.contains(one) || group.owners.contains(other)
  }

  /// All that may start now, found the slow way.
  func startable() -> [Int] {
    let running = plan.items.indices.filter { state($0)?.state == .running }
    let tier = machine.state.tier
    if tier != .normal, running.count >= tier.most(of: machine.state.liveWorkers) { return [] }
    var result: [Int] = []
    var awaited = namesThatGatesAwait()
    for place in plan.items.indices where isReady(place) && holder(of: place) == nil {
      if !running.contains(where: { conflict(place, $0) }) {
        let asked = route(place).map { site($0).resources } ?? Resources()
        let short = shortOf(asked)
        if !asked.names.filter({ (asked[$0] ?? 0) > 0 }).contains(where: awaited.contains) {
          if short.isEmpty { result.append(place) }
          awaited.formUnion(short)
        }
      }
      // Nothing overtakes one that runs alone.
      if plan.items[place].isExclusive { return result }
    }
    return result
  }

  func isReady(_ place: Int) -> Bool {
    guard let record = state(place), record.state == .ready, record.notBefore ?? now <= now,
      record.awaited == nil
    else {
      return false
    }
    return route(place).map { !isFull($0) } ?? false
      && machine.index.dependencies[place].allSatisfy { state($0)?.state.isFinished == true }
  }

  /// The first of its tools that may be used, and none before it that soon may.
  func route(_ place: Int) -> DispatchPlan.ToolRoute? {
    for route in plan.items[place].routes where mayUse(route.tool) {
      guard let provider = waiting(route) else { return route }
      if provider.pause <= policy.patience { return nil }
    }
    return nil
  }

  /// The provider that is not to be asked yet.
  func waiting(_ route: DispatchPlan.ToolRoute) -> ProviderRecord? {
    let provider = route.provider.flatMap { machine.state.provider($0) }
    return provider?.until.map { $0 > now } == true ? provider : nil
  }

  /// Whether as many ask for what it asks as may.
  func isFull(_ route: DispatchPlan.ToolRoute) -> Bool {
    let taken = plan.items.indices.filter { state($0)?.state == .running }.map(routeTaken)
    let rates = route.rates.contains { name in
      policy.rates[name]?.concurrency.map { most in
        taken.count { $0.rates.contains(name) } >= most
      } ?? false
    }
    let learned = route.provider.flatMap { machine.state.provider($0)?.concurrency }
    return rates
      || learned.map { most in
        taken.count { $0.provider == route.provider } >= most
      } ?? false
  }

  func tool(_ place: Int) -> String { routeTaken(place).tool }

  func routeTaken(_ place: Int) -> DispatchPlan.ToolRoute {
    let name = state(place)?.lastAttempt?.tool ?? plan.items[place].tool
    return plan.items[place].routes.first { $0.tool == name } ?? .init(name)
  }

  func mayUse(_ tool: String) -> Bool {
    guard let breaker = machine.state.breaker(tool) else { return true }
    switch breaker.state {
    case .closed: return true
    case .halfOpen: return false
    case .open: return breaker.until.map { $0 <= now } ?? false
    }
  }

  /// One that the item lets start first, as long as things are as planned.
  func holder(of place: Int) -> Int? {
    if policy.leastWorkers != nil { return nil }
    let live = machine.state.pool.count { [.spawning, .idle, .busy].contains($0.state) }
    if let workers = plan.workers, live != min(workers, plan.items.count) { return nil }
    let waiting = plan.items[place].startsAfter.filter { state($0)?.attempts.isEmpty == true }
    if waiting.isEmpty { return nil }
    let deviating = plan.items.indices.filter(deviates)
    return waiting.first { cause in
      !deviating.contains { machine.index.reaches(cause, $0) }
    }
  }

  func deviates(_ place: Int) -> Bool {
    guard let record = state(place) else { return true }
    return record.state.isLost
      || !Set(record.dependsOn).isSubset(of: plan.items[place].dependsOn.map { plan.items[$0].id })
      || machine.state.breaker(plan.items[place].tool).map { $0.state != .closed } ?? false
      || waiting(plan.items[place].routes[0]) != nil
      || record.attempts.contains { $0.outcome == .failed || $0.outcome == .cancelled }
  }

  /// Whether a worker would come for something that can start.
  private var mayComeMore: Bool {
    let state = machine.state
    return machine.isElastic && state.tier == .normal && (1..<policy.workers) ~= state.liveWorkers
      && !state.pool.contains { $0.state == .spawning }
  }

  func state(_ place: Int) -> WorkstreamRecord? { machine.state[plan.items[place].id] }

  /// The one that starts is the first of all that may.
  func checkChoice(_ event: Event) throws {
    guard event.type == .taskAssigned, let id = event.workstream else { return }
    let place = machine.index.places[id] ?? -1
    try Violation.unless(
      startable().first == place, "'\(id)' starts, but \(startable()) come first")
    guard case .taskAssigned(let fact) = event.fact else { return }
    let told = fact.tool ?? plan.items[place].tool
    try Violation.unless(
      told == route(place)?.tool, "'\(id)' gets \(told), not \(route(place)?.tool ?? "none")")
    let idle = machine.state.pool.filter { $0.state == .idle }
    let known = idle.map { worker in worker.last.flatMap { machine.index.places[$0] } }
    let wanted = plan.items[place].directory
    // A worker that was in the very directory is never passed over for one that was not.
    let fits = zip(idle, known).filter { $1.map { plan.items[$0].directory } == wanted }.map(
      \.0.name)
    try Violation.unless(
      fits.isEmpty || wanted.isEmpty || event.worker == fits.first,
      "'\(id)' in \(wanted) goes to \(event.worker ?? "?"), but \(fits) know it")
  }

  /// A machine made from the state alone decides the same.
  mutating func checkRebuilt() throws {
    guard machine.deadline == nil, random.oneIn(6) else { return }
    var one = machine
    var other = DispatchMachine(plan: plan, policy: machine.policy, state: machine.state)
    let (drafts, rebuilt) = (one.advance(at: now), other.advance(at: now))
    try Violation.unless(drafts == rebuilt, "rebuilt machine: \(rebuilt), live machine: \(drafts)")
  }

  func checkState() throws {
    try checkResources()
    let state = machine.state
    let running = plan.items.indices.filter { self.state($0)?.state == .running }
    for one in running {
      for other in running where one < other {
        try Violation.unless(!conflict(one, other), "conflicting \(one) and \(other) run")
      }
    }
    let busy = state.pool.filter { $0.workstream != nil }
    try Violation.unless(busy.count == running.count, "\(running.count) run on \(busy.count)")
    let hasIdle = state.pool.contains { $0.state == .idle }
    if state.status == .running, hasIdle || mayComeMore {
      try Violation.unless(startable().isEmpty, "no worker for \(startable()), which may start")
    }
    if machine.isElastic {
      let live = state.liveWorkers
      try Violation.unless(
        live <= max(policy.workers, mostAskedFor), "\(live) workers, of \(policy.workers)")
    }
    for breaker in state.breakers {
      let probes = state.workstreams.filter { breaker.probe == $0.id }
      try Violation.unless(
        probes.allSatisfy { $0.state == .running } && (breaker.probe == nil || !probes.isEmpty),
        "'\(breaker.tool)' is tried by none")
      try Violation.unless(
        breaker.state != .closed || breaker.failures < policy.breaker.failures
          || policy.breaker.failures == 0, "'\(breaker.tool)' is not left alone")
    }
    for record in state.workstreams {
      guard let place = machine.index.places[record.id] else { continue }
      let limit = plan.items[place].limits.maxAttempts
      let counted = record.attempts.dropFirst(record.forgiven)
        .filter { attempt in
          attempt.hasFailed && attempt.error != .orchestratorCrash
            && !(attempt.error == .rateLimited && attempt.provider != nil)
        }
      try Violation.unless(
        counted.count <= limit ?? policy.retry.maxAttempts,
        "'\(record.id)' failed \(counted.count) times")
      try checkCircles(record, Array(counted))
      if let why = machine.why(record.id, at: now), why == .nothing {
        try Violation.unless(state.status != .running, "'\(record.id)' waits for nothing")
      }
    }
  }
}

extension DispatchWorld {
  /// One whose failures go in circles is not tried again.
  func checkCircles(_ record: WorkstreamRecord, _ failures: [AttemptRecord]) throws {
    guard record.state == .ready || record.state == .running, let place = index(of: record.id),
      let threshold = plan.items[place].limits.oscillationThreshold,
      failures.last?.error != nil, failures.last?.stop == nil,
      record.attempts.last(where: { $0.outcome != .running })?.number == failures.last?.number
    else { return }
    let trees = failures.compactMap(\.tree)
    let repeats = trees.count - Set(trees).count
    try Violation.unless(repeats < threshold, "'\(record.id)' made a change again \(repeats) times")
  }

  func index(of id: WorkstreamID) -> Int? { machine.index.places[id] }
}

extension WorkstreamRecord {
  /// The result that others may build on.
  var finishedTip: ObjectID? { state.isFinished ? tip : nil }
}
