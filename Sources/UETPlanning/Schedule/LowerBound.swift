/// What no schedule can beat.
struct LowerBound {
  /// In ticks: the best of the bounds below.
  let value: Int
  /// The workstreams of which no two can run at a time that give the bound, when such a set does.
  let clique: [Int]

  init(_ problem: ScheduleProblem) {
    // While one that runs alone runs, nothing else does: their time comes on top of every bound of
    // the rest, which is that of the problem in which they take none.
    let alone = problem.conflicts.exclusive.reduce(0) { $0 + problem.durations[$1] }
    var durations = problem.durations
    for index in problem.conflicts.exclusive { durations[index] = 0 }
    let heads = problem.dependencies.heads(durations)
    let tails = problem.dependencies.tails(durations)
    let jobs = durations.indices.map {
      Job(head: heads[$0], duration: durations[$0], rest: tails[$0] - durations[$0])
    }
    let path = jobs.reduce(0) { max($0, $1.head + $1.duration + $1.rest) }
    let shared = max(path, Self.work(jobs, workers: max(1, min(problem.workers, problem.count))))
    let heaviest = CliqueBound.heaviest(problem, jobs)
    clique = heaviest.bound > shared ? heaviest.members : []
    value = Self.roundUp(max(shared, heaviest.bound) + alone, to: problem.durations)
  }

  /// A workstream with what must pass before and after it.
  struct Job {
    let head: Int
    let duration: Int
    let rest: Int
  }

  /// Work over workers, of all and of those parts that cannot start early or need much after them.
  private static func work(_ jobs: [Job], workers: Int) -> Int {
    let byHead = jobs.sorted { $0.head > $1.head }
    // Beyond this the two-sided bound costs more than it tells.
    let rests = jobs.count <= 1_000 ? Set(jobs.map(\.rest)).sorted() : [0]
    var best = 0
    for rest in rests {
      var sum = 0
      for job in byHead where job.rest >= rest {
        sum += job.duration
        best = max(best, job.head + (sum + workers - 1) / workers + rest)
      }
    }
    return best
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
}
