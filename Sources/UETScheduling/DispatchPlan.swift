import UETModel

/// What the dispatcher needs of a plan: items in the planner's priority order, what each waits for,
/// and what may not run beside what.
package struct DispatchPlan: Hashable, Sendable {
  package struct Item: Hashable, Sendable {
    package var id: WorkstreamID
    /// Places of other items in the plan.
    package var dependsOn: [Int]
    /// Places of items that it lets start first, as the planner found worth it.
    package var startsAfter: [Int] = []
    /// Runs alone.
    package var isExclusive: Bool
    package var limits: Limits
    /// The name of the tool that its bundle names.
    package var tool: String
    /// Tools that can do it, the first choice first; never empty.
    package var routes: [ToolRoute]
    /// What its tool must be able to do, where that decides.
    package var capability: String?
    /// Time limit of one attempt, in seconds.
    package var timeout: Double?
    /// The directory it works in, as its components; workers prefer the one that they know.
    package var directory: [String] = []
    /// The most that all its attempts may cost; nil for what the policy says.
    package var maxCost: Money?
    /// Place of its phase in `phases`.
    package var phase: Int?

    package init(
      id: WorkstreamID, dependsOn: [Int] = [], isExclusive: Bool = false,
      limits: Limits = Limits(), tool: String = "shell", timeout: Double? = nil
    ) {
      self.id = id
      self.dependsOn = dependsOn
      self.isExclusive = isExclusive
      self.limits = limits
      self.tool = tool
      routes = [ToolRoute(tool)]
      self.timeout = timeout
    }

    /// The route that an attempt took.
    func route(of attempt: AttemptRecord?) -> ToolRoute {
      let tool = attempt?.tool ?? tool
      return routes.first { $0.tool == tool } ?? ToolRoute(tool)
    }
  }

  /// A tool that can do an item, and whom it asks.
  package struct ToolRoute: Hashable, Sendable {
    /// Its name as the configuration knows it.
    package let tool: String
    /// The provider of its model; nil where it asks nobody, or nobody knows whom.
    package var provider: String?
    /// Names of the policy's rates that count what it asks.
    package var rates: [String]
    /// Where an attempt may be carried out, the first choice first; never empty.
    package var sites: [Site]

    package init(
      _ tool: String, provider: String? = nil, rates: [String] = [],
      resources: Resources = Resources()
    ) {
      self.tool = tool
      self.provider = provider
      self.rates = rates
      sites = [Site(resources: resources)]
    }

    /// Where an attempt is carried out; before one, the last choice.
    func site(of attempt: AttemptRecord?) -> Site {
      guard let attempt, sites.count > 1 else { return sites[sites.count - 1] }
      let executor = attempt.executor ?? AttemptRecord.localExecutor
      return sites.first { $0.executor == executor } ?? sites[0]
    }
  }

  /// What carries out attempts, and what one takes of what all share there.
  package struct Site: Hashable, Sendable {
    package let executor: String
    package let resources: Resources

    package init(
      _ executor: String = AttemptRecord.localExecutor, resources: Resources = Resources()
    ) {
      (self.executor, self.resources) = (executor, resources)
    }
  }

  package struct Limits: Hashable, Sendable {
    /// nil: what the policy says.
    package var maxAttempts: Int?
    /// How often in a row the same error may come again; nil: no limit of its own.
    package var maxErrorRepeats: Int?
    /// How often an earlier failure or an earlier change may come back; nil: no limit.
    package var oscillationThreshold: Int?

    package init(
      maxAttempts: Int? = nil, maxErrorRepeats: Int? = nil, oscillationThreshold: Int? = nil
    ) {
      self.maxAttempts = maxAttempts
      self.maxErrorRepeats = maxErrorRepeats
      self.oscillationThreshold = oscillationThreshold
    }
  }

  /// Items that conflict, in the shape of a readers-writer lock: each owner conflicts with every
  /// other member, guests only with owners.
  ///
  /// A set in which all conflict has owners only; the workstreams that own a pattern and those that
  /// touch part of it are owners and guests; a pair is two owners. So 10,000 workstreams in mutual
  /// conflict take 10,000 entries, not fifty million.
  package struct ConflictGroup: Hashable, Sendable {
    /// What they share, for people: a pattern or the name of a conflict group.
    package var name: String
    /// Whether they write the same paths: then later ones build on the results of earlier ones.
    package var sharesPaths: Bool
    package var owners: [Int]
    package var guests: [Int]

    package init(name: String, sharesPaths: Bool = true, owners: [Int], guests: [Int] = []) {
      self.name = name
      self.sharesPaths = sharesPaths
      self.owners = owners
      self.guests = guests
    }
  }

  package struct Phase: Hashable, Sendable {
    package let name: String
    /// The most that it may cost; nil for what the policy says.
    package var maxCost: Money?

    package init(name: String, maxCost: Money? = nil) {
      self.name = name
      self.maxCost = maxCost
    }
  }

  package let items: [Item]
  package let conflicts: [ConflictGroup]
  /// How many workers the order and `startsAfter` are for; nil where that does not matter.
  package let workers: Int?
  /// Those that have gates; no item is in two of them.
  package var waves: [Wave] = []
  package var phases: [Phase] = []

  /// Takes a plan whose items are in priority order; refuses repeated names, places outside the
  /// plan, and cycles, so that every run ends.
  package init(
    items: [Item], conflicts: [ConflictGroup] = [], workers: Int? = nil
  ) throws(DispatchError) {
    self.items = items
    self.conflicts = conflicts
    self.workers = workers
    var seen: Set<WorkstreamID> = []
    for item in items where !seen.insert(item.id).inserted { throw .duplicate(item.id) }
    let members =
      items.map(\.dependsOn) + items.map(\.startsAfter) + conflicts.map { $0.owners + $0.guests }
    for place in members.joined() where !items.indices.contains(place) {
      throw .noSuchPlace(place)
    }
    try refuseCycles()
  }

  private func refuseCycles() throws(DispatchError) {
    let before = items.map { Set($0.dependsOn + $0.startsAfter) }
    var waits = before.map(\.count)
    var dependents = Array(repeating: [Int](), count: items.count)
    for place in items.indices {
      for other in before[place] { dependents[other].append(place) }
    }
    var free = items.indices.filter { waits[$0] == 0 }
    var done = 0
    while let place = free.popLast() {
      done += 1
      for dependent in dependents[place] {
        waits[dependent] -= 1
        if waits[dependent] == 0 { free.append(dependent) }
      }
    }
    if done < items.count {
      throw .cycle(items.indices.filter { waits[$0] > 0 }.map { items[$0].id })
    }
  }
}

extension DispatchPlan {
  /// The `workstreams` member of run_started: names and dependencies in plan order.
  package var entries: [Told<Fact.PlanEntry>] {
    items.map { item in
      .init { ($0.id, $0.after) = (item.id, item.dependsOn.map { items[$0].id }) }
    }
  }
}
