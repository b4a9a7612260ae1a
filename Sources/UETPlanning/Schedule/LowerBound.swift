/// What no schedule can beat.
struct LowerBound {
  /// In ticks: the best of the bounds below.
  let value: Int

  init(_ problem: ScheduleProblem) {
    // While one that runs alone runs, nothing else does: their time comes on top of every bound of the
    // rest, which is that of the problem in which they take none.
    let alone = problem.conflicts.exclusive.reduce(0) { $0 + problem.durations[$1] }
    var durations = problem.durations
    for index in problem.conflicts.exclusive { durations[index] = 0 }
    let heads = problem.dependencies.heads(durations)
    let path = durations.indices.reduce(0) { max($0, heads[$1] + durations[$1]) }
    let workers = max(1, min(problem.workers, problem.count))
    let work = (durations.reduce(0, +) + workers - 1) / workers
    let bound = max(path, work, Self.heaviestLock(problem, durations, heads))
    value = Self.roundUp(bound + alone, to: problem.durations)
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
  private static func heaviestLock(
    _ problem: ScheduleProblem, _ durations: [Int], _ heads: [Int]
  ) -> Int {
    let tails = problem.dependencies.tails(durations)
    var best = 0
    for (index, lock) in problem.conflicts.locks.enumerated()
    where problem.conflicts.clash(index, index) {
      var (head, rest, sum) = (Int.max, Int.max, 0)
      for member in lock.members {
        head = min(head, heads[member])
        rest = min(rest, tails[member] - durations[member])
        sum += durations[member]
      }
      best = max(best, head + sum + rest)
    }
    return best
  }
}
