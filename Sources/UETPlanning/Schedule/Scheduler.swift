/// Makes a schedule: lists by critical path, then improves within a bounded number of steps.
struct Scheduler {
  let problem: ScheduleProblem
  /// Whether each workstream is to be started before those that are not, where both can be.
  let isUrgent: [Bool]

  func schedule() -> Schedule {
    let order = criticalPathOrder()
    let starts = Dispatch.starts(problem, order: order)
    var rank = [Int](repeating: 0, count: order.count)
    for (place, index) in order.enumerated() { rank[index] = place }
    return Schedule(
      starts: starts, durations: problem.durations, rank: rank, workers: problem.workers,
      lowerBound: LowerBound(problem).value)
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
