import UETModel

/// Finds out what would make a plan shorter by making it again with one thing changed.
struct BottleneckSearch {
  let workstreams: [Workstream]
  let problem: ScheduleProblem
  let isUrgent: [Bool]
  let schedule: Schedule
  let chain: [ChainLink]
  let durations: Durations
  /// For each change.
  let searchSteps: Int

  /// One change to try.
  private enum Remedy {
    case dropLock(Int, lock: Int)
    case runBeside(Int)
    case dropDependency(Int, on: Int)
    case halve(Int)
    case moreWorkers(Int)
  }

  private struct Result {
    let remedy: Remedy
    let saves: Int
    let frees: Int
  }

  /// How many changes are tried, how many are told, and up to what size of a plan.
  private static let maximumTries = 24
  private static let maximumTold = 6
  private static let maximumSize = 1_200

  func run() -> [Bottleneck] {
    guard problem.count <= Self.maximumSize, schedule.makespan > 0 else { return [] }
    let results = remedies().prefix(Self.maximumTries).map(evaluate)
      .filter { $0.saves > 0 || $0.frees > 1 }
    let ranked = results.enumerated().sorted { left, right in
      (right.element.saves, right.element.frees, left.offset)
        < (left.element.saves, left.element.frees, right.offset)
    }
    return ranked.prefix(Self.maximumTold).map { bottleneck($0.element) }
  }

  /// What could be changed along the chain that makes the plan as long as it is.
  private func remedies() -> [Remedy] {
    var result: [Remedy] = []
    if problem.workers < problem.count {
      result += [.moreWorkers(problem.workers + 1), .moreWorkers(problem.workers * 2)]
    }
    for (link, previous) in zip(chain.dropFirst(), chain) where link.cause == .conflict {
      result += conflictRemedies(link.index, previous.index)
    }
    for index in problem.conflicts.exclusive.prefix(4) { result.append(.runBeside(index)) }
    result += widestLocks()
    let byLength = chain.map(\.index).sorted {
      (problem.durations[$1], $0) < (problem.durations[$0], $1)
    }
    result += byLength.prefix(4).map { .halve($0) }
    for (link, previous) in zip(chain.dropFirst(), chain) where link.cause == .dependency {
      result.append(.dropDependency(link.index, on: previous.index))
    }
    return distinct(result)
  }

  private func conflictRemedies(_ left: Int, _ right: Int) -> [Remedy] {
    let graph = problem.conflicts
    if graph.isExclusive[left] || graph.isExclusive[right] { return [] }
    guard let (mine, theirs) = graph.firstClash(left, right) else { return [] }
    return [.dropLock(left, lock: mine), .dropLock(right, lock: theirs)]
  }

  /// The single scopes that conflict with most.
  private func widestLocks() -> [Remedy] {
    var entries: [(weight: Int, index: Int, lock: Int)] = []
    for (place, lock) in problem.conflicts.locks.enumerated() where lock.members.count <= 4 {
      let weight = lock.clashes.reduce(0) { $0 + problem.conflicts.locks[$1].members.count }
      for member in lock.members { entries.append((weight, member, place)) }
    }
    entries.sort { ($1.weight, $0.index, $0.lock) < ($0.weight, $1.index, $1.lock) }
    return entries.prefix(6).map { .dropLock($0.index, lock: $0.lock) }
  }

  private func distinct(_ remedies: [Remedy]) -> [Remedy] {
    var seen: Set<String> = []
    return remedies.filter { seen.insert("\($0)").inserted }
  }

  private func evaluate(_ remedy: Remedy) -> Result {
    var changed = problem
    switch remedy {
    case .dropLock(let index, let lock):
      changed.conflicts.remove(index, from: lock)
    case .runBeside(let index):
      changed.conflicts.letRunBeside(index)
    case .dropDependency(let index, let other):
      var before = problem.dependencies.before
      before[index].removeAll { $0 == other }
      changed.dependencies = DependencyGraph(before)
    case .halve(let index):
      changed.durations[index] = (problem.durations[index] + 1) / 2
    case .moreWorkers(let count):
      changed.workers = count
    }
    let other = Scheduler(problem: changed, isUrgent: isUrgent, searchSteps: searchSteps).schedule()
    return Result(
      remedy: remedy, saves: schedule.makespan - other.makespan, frees: frees(remedy, changed))
  }

  private func frees(_ remedy: Remedy, _ changed: ScheduleProblem) -> Int {
    switch remedy {
    case .dropLock(let index, _), .runBeside(let index):
      problem.conflicts.conflicts(with: index).count
        - changed.conflicts.conflicts(with: index).count
    default: 0
    }
  }

  private func bottleneck(_ result: Result) -> Bottleneck {
    let (index, change) = describe(result.remedy)
    var effects: [String] = []
    if result.frees > 0 {
      effects.append("frees \(result.frees) \(result.frees == 1 ? "pair" : "pairs")")
    }
    if result.saves > 0 { effects.append("saves \(time(result.saves))") }
    return Bottleneck(
      index: index, reason: "\(change) \(effects.joined(separator: " and "))",
      saves: result.saves, frees: result.frees)
  }

  private func describe(_ remedy: Remedy) -> (Int?, String) {
    switch remedy {
    case .dropLock(let index, let lock): (index, dropping(lock, of: index))
    case .runBeside(let index):
      (index, "letting \(name(index)) run beside others (parallel_ok)")
    case .dropDependency(let index, let other):
      (index, "if \(name(index)) need not wait for \(name(other)), that")
    case .halve(let index):
      (index, "splitting \(name(index)) into two that run side by side")
    case .moreWorkers(let count): (nil, "\(count) workers instead of \(problem.workers)")
    }
  }

  private func dropping(_ lock: Int, of index: Int) -> String {
    switch problem.conflicts.locks[lock].kind {
    case .group(let name):
      "taking \(self.name(index)) out of group '\(name.terminalSafe)'"
    case .coarse: "narrowing the scope of \(name(index))"
    case .pattern(let pattern):
      "splitting \(name(index))'s scope '\(pattern.text.terminalSafe)'"
    }
  }

  private func name(_ index: Int) -> String { workstreams[index].id.rawValue }

  private func time(_ ticks: Int) -> String {
    durations.words(ticks)
  }
}
