import UETModel

/// What follows from the plan and the state, kept so that no decision searches: who may become
/// ready, who may start, whose dependency is lost, which workers are free.
///
/// It holds no truth of its own: `init(plan:state:)` makes the same from the folded state.
struct DispatchIndex: Sendable {
  let places: [WorkstreamID: Int]
  private(set) var dependencies: [[Int]]
  private(set) var dependents: [[Int]]
  private let plannedDependencies: [Int]
  private var hasFailed: [Bool]
  private var states: [WorkstreamState]
  /// How many dependencies have no result, and how many of those will get none as things stand.
  private var unmet: [Int]
  private var lost: [Int]
  var locks: ConflictLocks
  private(set) var holds: StartHolds
  private(set) var tools: ToolGates
  private(set) var lineage: Lineage
  var waves: WaveWatch
  private(set) var timers = TimerQueue()
  private var notBefore: [Timestamp?]
  /// Whether it waits for a person's answer.
  private var asks: [Bool]

  private(set) var promotable: SmallestFirstSet
  private(set) var doomed: SmallestFirstSet
  private(set) var failed: SmallestFirstSet
  private(set) var revivable: SmallestFirstSet
  private(set) var running: SmallestFirstSet
  /// Those that wait for money or for their provider; found while looking for what may start, and
  /// looked at again when some is free.
  private(set) var withheld: SmallestFirstSet
  private(set) var unsettled = 0
  private var culprits: [Bool]

  /// `holdsStarts` says whether items wait for starts that the planner found worth it: not where
  /// there may be no money for these, nor where workers come for what can start.
  init(
    _ plan: DispatchPlan, _ state: RunState, patience: Double = 0, holdsStarts: Bool = true
  ) {
    let count = plan.items.count
    places = Dictionary(
      plan.items.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    dependencies = plan.items.map { Array(Set($0.dependsOn)).sorted() }
    plannedDependencies = dependencies.map(\.count)
    dependents = Array(repeating: [], count: count)
    states = Array(repeating: .pending, count: count)
    unmet = Array(repeating: 0, count: count)
    lost = unmet
    locks = ConflictLocks(plan)
    holds = StartHolds(plan, isKept: holdsStarts)
    tools = ToolGates(plan, state, patience: patience)
    lineage = Lineage(plan)
    waves = WaveWatch()
    notBefore = Array(repeating: nil, count: count)
    culprits = Array(repeating: false, count: count)
    (hasFailed, asks) = (culprits, culprits)
    let empty = SmallestFirstSet(capacity: count)
    (promotable, doomed, failed, revivable, running) = (empty, empty, empty, empty, empty)
    withheld = empty
    for (place, item) in plan.items.enumerated() {
      guard let record = state[item.id] else { continue }
      let known = Set(dependencies[place])
      let added = record.dependsOn.compactMap { places[$0] }.filter { !known.contains($0) }
      dependencies[place] += added
    }
    fill(plan, state)
  }

  private mutating func fill(_ plan: DispatchPlan, _ state: RunState) {
    for place in dependencies.indices {
      unmet[place] = dependencies[place].count
      for other in dependencies[place] { dependents[other].append(place) }
    }
    unsettled = states.count
    let records = plan.items.indices.compactMap { place in
      state[plan.items[place].id].map { (place, $0) }
    }
    lineage.recall(history(records))
    for (place, record) in records.sorted(by: {
      ($0.1.finishedAt ?? 0, $0.0) < ($1.1.finishedAt ?? 0, $1.0)
    }) {
      change(place, to: record)
    }
    for (place, record) in records { followHolds(place, record) }
    if !holds.isEmpty { respread(states.indices.filter { noteDeviation($0) }) }
    _ = holds.setWorkers(state.liveWorkers)
    for place in states.indices { refile(place) }
    waves = WaveWatch(plan, state)
  }

  /// The one place where the index follows a workstream's new state, and whether it waits for an
  /// answer.
  mutating func change(_ place: Int, to record: WorkstreamRecord) {
    let old = states[place]
    let asked = asks[place]
    asks[place] = record.awaited != nil
    guard old != record.state else {
      if asks[place] != asked { refile(place) }
      return
    }
    states[place] = record.state
    withheld.remove(place)
    notBefore[place] = record.notBefore
    culprits[place] = record.culprit != nil
    if old == .running, record.state != .running { locks.release(place) }
    waves.change(place, wasSettled: old.isSettled, isSettled: record.state.isSettled)
    if old.isSettled != record.state.isSettled { unsettled += record.state.isSettled ? -1 : 1 }
    if old.isFinished != record.state.isFinished {
      if record.state.isFinished {
        lineage.finish(
          Lineage.Result(item: place, commit: record.tip ?? .zero), at: record.finishedAt ?? 0,
          on: results(record.lastAttempt?.inputs ?? []))
      } else {
        lineage.withdraw(place)
      }
      for dependent in dependents[place] { unmet[dependent] += record.state.isFinished ? -1 : 1 }
    }
    if old.isLost != record.state.isLost {
      for dependent in dependents[place] { lost[dependent] += record.state.isLost ? 1 : -1 }
    }
    refile(place)
    followHolds(place, record)
    if old.isFinished != record.state.isFinished || old.isLost != record.state.isLost {
      for dependent in dependents[place] { refile(dependent) }
    }
    if record.state == .running, old != .running { locks.acquire(place) }
  }

  /// Follows a tool's breaker.
  mutating func follow(_ breaker: BreakerRecord) {
    if tools.follow(breaker) { reroute(tools.items(of: breaker.tool)) }
  }

  /// Follows what a provider told.
  mutating func follow(_ provider: ProviderRecord) {
    if tools.follow(provider) { reroute(tools.customers(of: provider.name)) }
  }

  /// Lets one try each tool whose time has come, and all ask a provider that is to be asked again.
  mutating func releaseTools(at now: Timestamp) {
    let places = tools.release(at: now)
    if !places.isEmpty { reroute(places) }
  }

  private mutating func reroute(_ places: [Int]) {
    if !holds.isEmpty { respread(places.filter { noteDeviation($0) }) }
    // What kept one back may have been about another tool.
    for place in places {
      withheld.remove(place)
      refile(place)
    }
  }

  /// Follows how many workers there are.
  mutating func setWorkers(_ live: Int) {
    if holds.setWorkers(live) { refileHeld() }
  }

  /// Follows what holds depend on: who has started, and with whom things are not as planned.
  private mutating func followHolds(_ place: Int, _ record: WorkstreamRecord) {
    if holds.isEmpty { return }
    hasFailed[place] = record.attempts.contains {
      $0.outcome == .failed || $0.outcome == .cancelled
    }
    if noteDeviation(place) { respread([place]) }
    if !record.attempts.isEmpty {
      holds.started(place)
      for held in holds.held[place] ?? [] { refile(held) }
    }
  }

  private mutating func noteDeviation(_ place: Int) -> Bool {
    holds.note(
      place,
      deviates: states[place].isLost || hasFailed[place] || tools.isTroubled(place)
        || dependencies[place].count > plannedDependencies[place])
  }

  /// Keeps an item back for which there is no money now.
  mutating func withhold(_ place: Int) {
    withheld.insert(place)
    refile(place)
  }

  /// Lets all be looked at again that wait for money.
  mutating func releaseWithheld() {
    if withheld.isEmpty { return }
    let places = Array(withheld)
    withheld = SmallestFirstSet(capacity: states.count)
    for place in places { refile(place) }
  }

  private mutating func respread(_ changed: [Int]) {
    if changed.isEmpty { return }
    holds.spread(over: dependents)
    refileHeld()
  }

  private mutating func refileHeld() {
    for place in holds.allHeld { refile(place) }
  }

  private func results(_ inputs: [AttemptRecord.Input]) -> [Lineage.Result] {
    inputs.compactMap { input in
      places[input.workstream].map { Lineage.Result(item: $0, commit: input.commit) }
    }
  }

  /// Every result ever made and what it was made on.
  private func history(_ records: [(Int, WorkstreamRecord)]) -> [Lineage.Result: [Lineage.Result]] {
    var made: [Lineage.Result: [Lineage.Result]] = [:]
    for (place, record) in records {
      for attempt in record.attempts where attempt.outcome == .succeeded {
        guard let tip = attempt.tip else { continue }
        made[Lineage.Result(item: place, commit: tip)] = results(attempt.inputs)
      }
    }
    return made
  }

  mutating func addDependency(_ place: Int, on other: Int) {
    guard !dependencies[place].contains(other) else { return }
    dependencies[place].append(other)
    dependents[other].append(place)
    if !states[other].isFinished { unmet[place] += 1 }
    if states[other].isLost { lost[place] += 1 }
    refile(place)
    if holds.isEmpty { return }
    _ = noteDeviation(place)
    respread([place])
  }

  /// Puts the item where its state and counts say it belongs.
  private mutating func refile(_ place: Int) {
    promotable.remove(place)
    doomed.remove(place)
    failed.remove(place)
    revivable.remove(place)
    running.remove(place)
    let state = states[place]
    let waits = state == .pending || state == .ready
    if waits, lost[place] > 0 { doomed.insert(place) }
    switch state {
    case .pending where unmet[place] == 0: promotable.insert(place)
    case .failed: failed.insert(place)
    case .cancelled where culprits[place] && unmet[place] == 0: revivable.insert(place)
    case .running: running.insert(place)
    default: break
    }
    guard state == .ready, unmet[place] == 0, lost[place] == 0, tools.admits(place),
      !withheld.contains(place), !asks[place], holds.holder(of: place) == nil
    else {
      locks.withdraw(place)
      return
    }
    if let at = notBefore[place] {
      timers.insert(TimerQueue.Entry(at: at, item: place))
    } else {
      locks.admit(place)
    }
  }

  /// Lets those start whose back-off is over.
  mutating func releaseTimers(at now: Timestamp) {
    while let entry = timers.first, entry.at <= now || !waits(entry) {
      timers.removeFirst()
      guard waits(entry) else { continue }
      notBefore[entry.item] = nil
      refile(entry.item)
    }
  }

  /// Whether the entry still says what its item waits for.
  private func waits(_ entry: TimerQueue.Entry) -> Bool {
    states[entry.item] == .ready && notBefore[entry.item] == entry.at
  }

  /// Whether `item` waits for `other`, directly or through others.
  func reaches(_ item: Int, _ other: Int) -> Bool {
    var seen: Set<Int> = [item]
    var stack = [item]
    while let place = stack.popLast() {
      if place == other { return true }
      for next in dependencies[place] where seen.insert(next).inserted { stack.append(next) }
    }
    return false
  }

  /// Dependencies without a result.
  func unmetDependencies(of place: Int) -> [Int] {
    dependencies[place].filter { !states[$0].isFinished }
  }

  /// A dependency that will get no result as things stand.
  func lostDependency(of place: Int) -> Int? { dependencies[place].first { states[$0].isLost } }

  func finishedDependencies(of place: Int) -> [Int] {
    dependencies[place].filter { states[$0].isFinished }
  }
}

extension WorkstreamState {
  /// Whether no result is to be expected of it unless a person asks again.
  var isLost: Bool { isSettled && !isFinished }
}
