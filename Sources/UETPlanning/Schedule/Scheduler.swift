/// Makes a schedule: lists by critical path, then improves within a bounded number of steps.
struct Scheduler {
  let problem: ScheduleProblem
  /// Whether each workstream is to be started before those that are not, where both can be.
  let isUrgent: [Bool]
  /// What the search may cost.
  let searchSteps: Int

  /// Beyond these the first schedule stands.
  static let maximumSearched = 1_200
  static let maximumPairs = 400_000
  /// Small plans are searched through sooner.
  static let stepsEach = 1_500_000

  func schedule() -> Schedule {
    let order = criticalPathOrder()
    var rank = [Int](repeating: 0, count: order.count)
    for (place, index) in order.enumerated() { rank[index] = place }
    let bound = LowerBound(problem).value
    var starts = Dispatch.starts(problem, order: order)
    var holds: [Int: [Int]] = [:]
    if problem.end(starts) > bound || isUrgent.contains(false),
      let better = improved(starts, order: order, bound: bound),
      let replay = EngineReplay(problem, planned: better, rank: rank, isUrgent: isUrgent)
    {
      (starts, holds) = (replay.starts, replay.holds)
    }
    return Schedule(
      starts: starts, durations: problem.durations, rank: rank,
      holds: Self.inverted(holds), workers: problem.workers, lowerBound: bound)
  }

  /// For each that is held, what holds it.
  private static func inverted(_ holds: [Int: [Int]]) -> [Int: [Int]] {
    var result: [Int: [Int]] = [:]
    for (cause, held) in holds.sorted(by: { $0.key < $1.key }) {
      for index in held { result[index, default: []].append(cause) }
    }
    return result
  }

  /// Better starts than these, or nil. Urgent work is searched by itself, and what is not urgent is
  /// then placed where it does not delay that, even where the whole becomes longer.
  private func improved(_ starts: [Int], order: [Int], bound: Int) -> [Int]? {
    guard problem.count <= Self.maximumSearched,
      let whole = SearchProblem(problem, maximumPairs: Self.maximumPairs)
    else { return nil }
    let urgent = order.indices.filter { isUrgent[$0] }
    guard urgent.count < problem.count else {
      var search = LocalSearch(whole, starts: starts, bound: bound)
      search.run(limit: min(searchSteps, problem.count * Self.stepsEach))
      return search.makespan < problem.end(starts) ? search.best : nil
    }
    let part = problem.restricted(to: urgent)
    guard let small = SearchProblem(part, maximumPairs: Self.maximumPairs) else { return nil }
    let first = Scheduler(problem: part, isUrgent: urgent.map { _ in true }, searchSteps: 0)
      .schedule()
    var search = LocalSearch(
      small, starts: first.slots.map(\.start), bound: first.lowerBound)
    search.run(limit: min(searchSteps, problem.count * Self.stepsEach))
    let best = search.best
    let foreground = best.indices.sorted { (best[$0], $0) < (best[$1], $1) }.map { urgent[$0] }
    var placing = SerialSchedule(whole)
    placing.place(
      foreground + order.filter { !isUrgent[$0] }, before: problem.dependencies.before)
    return placing.starts
  }

  /// The longest way to the end first; among equals what clashes with most, then the first.
  func criticalPathOrder() -> [Int] {
    let tails = problem.dependencies.tails(problem.durations)
    let locks = problem.conflicts.locks
    let lockWeights = locks.map { lock in lock.clashes.reduce(0) { $0 + locks[$1].members.count } }
    let weights = problem.conflicts.needs.map { $0.reduce(0) { $0 + lockWeights[$1] } }
    return (0..<problem.count).sorted { left, right in
      if isUrgent[left] != isUrgent[right] { return isUrgent[left] }
      if tails[left] != tails[right] { return tails[left] > tails[right] }
      if weights[left] != weights[right] { return weights[left] > weights[right] }
      return left < right
    }
  }
}
