/// What no schedule can beat.
struct LowerBound {
  /// In ticks: the best of the bounds below.
  let value: Int

  init(_ problem: ScheduleProblem) {
    let heads = problem.dependencies.heads(problem.durations)
    let path = (0..<problem.count).reduce(0) { max($0, heads[$1] + problem.durations[$1]) }
    let workers = max(1, min(problem.workers, problem.count))
    let work = problem.durations.reduce(0, +)
    let bound = max(path, (work + workers - 1) / workers, Self.heaviestLock(problem, heads))
    value = Self.roundUp(bound, to: problem.durations)
  }

  /// In some shortest schedule everything starts at 0 or when something ends, so its length is a
  /// sum of durations: a multiple of what divides them all.
  private static func roundUp(_ bound: Int, to durations: [Int]) -> Int {
    var divisor = 0
    for duration in durations {
      var (left, right) = (duration, divisor)
      while right != 0 { (left, right) = (right, left % right) }
      divisor = left
      if divisor == 1 { return bound }
    }
    return divisor == 0 ? bound : (bound + divisor - 1) / divisor * divisor
  }

  /// What needs one lock runs one after the other: from the first that can start, all of them,
  /// to the end of what must follow the last.
  private static func heaviestLock(_ problem: ScheduleProblem, _ heads: [Int]) -> Int {
    let tails = problem.dependencies.tails(problem.durations)
    var best = 0
    for (index, lock) in problem.conflicts.locks.enumerated()
    where problem.conflicts.clash(index, index) {
      var (head, rest, sum) = (Int.max, Int.max, 0)
      for member in lock.members {
        head = min(head, heads[member])
        rest = min(rest, tails[member] - problem.durations[member])
        sum += problem.durations[member]
      }
      best = max(best, head + sum + rest)
    }
    return best
  }
}
