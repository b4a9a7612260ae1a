import UETModel
import UETPlanning
import UETScheduling

extension DispatchPlan {
  /// What the dispatcher needs of a plan: the workstreams in the order the planner starts them.
  init(_ plan: Plan, _ configuration: Configuration) throws(DispatchError) {
    var routes = ToolRoutes(configuration)
    var place = [Int](repeating: 0, count: plan.workstreams.count)
    for (position, index) in plan.order.enumerated() { place[index] = position }
    var phaseOf: [WorkstreamID: Int] = [:]
    for (number, phase) in plan.phases.enumerated() {
      for id in phase.workstreams { phaseOf[id] = number }
    }
    let items = plan.order.map { index in
      let workstream = plan.workstreams[index]
      var item = Item(
        id: workstream.id, dependsOn: plan.dependencies.before[index].map { place[$0] },
        isExclusive: plan.conflictGraph.isExclusive[index],
        limits: Limits(
          maxAttempts: workstream.breaker.maxAttempts,
          maxErrorRepeats: workstream.breaker.maxErrorRepeats,
          oscillationThreshold: workstream.breaker.oscillationThreshold),
        tool: workstream.tool, timeout: workstream.timeout)
      item.routes = routes.routes(for: workstream)
      item.capability = workstream.capability
      item.startsAfter = (plan.holds[index] ?? []).map { place[$0] }
      item.directory = workstream.scope.directory
      item.maxCost = workstream.estimate.maxCostUSD.map(Money.init(dollars:))
      item.phase = phaseOf[workstream.id]
      return item
    }
    try self.init(
      items: items, conflicts: Self.groups(plan.conflictGraph, place), workers: plan.workers)
    phases = plan.phases.map {
      Phase(name: $0.name, maxCost: $0.maxCostUSD.map(Money.init(dollars:)))
    }
  }

  /// A lock's members conflict with one another and with the members of the locks it clashes with.
  /// Each pair of locks is watched from one side, the one that clashes with more: so a directory
  /// that 10,000 files lie in is one group with 10,000 guests.
  private static func groups(_ graph: ConflictGraph, _ place: [Int]) -> [ConflictGroup] {
    var below = [[Int]](repeating: [], count: graph.locks.count)
    for (index, lock) in graph.locks.enumerated() {
      for other in lock.above { below[other].append(index) }
    }
    return graph.locks.enumerated().compactMap { index, lock in
      guard lock.members.count > 1 || !below[index].isEmpty else { return nil }
      let guests = Set(below[index].flatMap { graph.locks[$0].members }).subtracting(lock.members)
      let (name, sharesPaths) = describe(lock.kind)
      return ConflictGroup(
        name: name, sharesPaths: sharesPaths, owners: lock.members.map { place[$0] },
        guests: guests.map { place[$0] }.sorted())
    }
  }

  private static func describe(_ kind: ConflictGraph.Lock.Kind) -> (String, Bool) {
    switch kind {
    case .pattern(let pattern): (pattern.text, true)
    case .group(let name): (name, false)
    case .coarse: ("overlapping globs", true)
    }
  }
}

extension DispatchPolicy {
  /// What the configuration recorded at a run's start says.
  init(_ configuration: Configuration, workers: Int) {
    self.init(workers: workers)
    leastWorkers = configuration.run.leastWorkers
    retry.maxAttempts = configuration.retry.maxAttempts
    retry.initial = configuration.retry.initial
    retry.factor = configuration.retry.factor
    retry.max = configuration.retry.max
    waveSlots = max(1, configuration.integration.slots)
    drain = configuration.run.drain
    stale = configuration.run.stale
    breaker.failures = configuration.retry.breakerFailures
    breaker.wait = configuration.retry.breakerWait
    breaker.longest = configuration.retry.breakerWait * 16
    budget = Budget(configuration.budget)
    patience = configuration.retry.patience
    rates = Dictionary(
      uniqueKeysWithValues: configuration.limits.map { ($0, Rate($0, $1)) })
    afterCrash = configuration.retry.afterCrash == .escalate ? .escalate : .rerun
  }
}

extension Phase {
  /// What the dispatcher needs of it.
  var budget: Plan.PhaseBudget {
    Plan.PhaseBudget(name: name, workstreams: workstreams, maxCostUSD: maxCostUSD)
  }
}

extension DispatchPolicy.Budget {
  fileprivate init(_ settings: Configuration.Budget) {
    self.init()
    run = settings.maxCostTotal.map(Money.init(dollars:))
    perPhase = settings.maxCostPerPhase.map(Money.init(dollars:))
    perWorkstream = settings.maxCostPerTask.map(Money.init(dollars:))
    (warnAt, reduceAt) = (settings.warningThreshold, settings.reduceParallelismAt)
    mode =
      switch settings.mode {
      case .warn: .warn
      case .halt: .halt
      case .goOn: .goOn
      }
  }
}

extension Workstream.Scope {
  /// The components of the directory that all it may write lies in, as far as no wildcard comes.
  var directory: [String] {
    var common: ArraySlice<Substring>?
    for pattern in writes + creates {
      let text = pattern.text.replacing("\\", with: "/")
      let literal = text.split(separator: "/").prefix { !$0.contains { "*?[{".contains($0) } }
      // What stands last may be a file.
      let parts = literal.count > 1 && !text.hasSuffix("/") ? literal.dropLast() : literal
      common = common.map { old in zip(old, parts).prefix { $0 == $1 }.map(\.0)[...] } ?? parts
    }
    return (common ?? []).map(String.init)
  }
}
