/// A schedule problem laid out for a search that makes many schedules of it.
struct SearchProblem {
  let durations: [Int]
  /// For each workstream those that must come before it, and after it.
  let before: [[Int]]
  let after: [[Int]]
  /// For each workstream those it conflicts with, but those that run alone.
  let conflicts: [[Int]]
  /// How many workers each takes: all of them when it runs alone.
  let demand: [Int]
  let workers: Int
  /// Longest way to the end, each workstream's own duration included.
  let tails: [Int]
  /// A rank of the order in time: each after what it depends on.
  let topological: [Int]

  var count: Int { durations.count }

  /// When the last ends.
  func end(_ starts: [Int]) -> Int {
    starts.indices.reduce(0) { max($0, starts[$1] + durations[$1]) }
  }

  /// Nil when there are too many pairs to look at them one by one.
  init?(_ problem: ScheduleProblem, maximumPairs: Int) {
    durations = problem.durations
    before = problem.dependencies.before
    after = problem.dependencies.after
    workers = max(1, min(problem.workers, problem.count))
    let graph = problem.conflicts
    var pairs = 0
    var conflicts: [[Int]] = []
    conflicts.reserveCapacity(problem.count)
    let alone = Set(graph.exclusive)
    for index in 0..<problem.count {
      let own =
        alone.contains(index) ? [] : graph.conflicts(with: index).filter { !alone.contains($0) }
      pairs += own.count
      guard pairs <= maximumPairs else { return nil }
      conflicts.append(own)
    }
    self.conflicts = conflicts
    let all = workers
    demand = (0..<problem.count).map { alone.contains($0) ? all : 1 }
    tails = problem.dependencies.tails(problem.durations)
    topological = problem.dependencies.order
  }
}
