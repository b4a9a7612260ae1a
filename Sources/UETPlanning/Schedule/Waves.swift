/// Groups of workstreams that may run side by side: a view of the plan for people.
enum Waves {
  /// Walks the planner's order and puts each workstream into the first wave after all it depends
  /// on that holds nothing in conflict with it and fewer than `workers` others.
  static func group(_ problem: ScheduleProblem, order: [Int]) -> [[Int]] {
    var waves: [[Int]] = []
    var level = [Int](repeating: -1, count: problem.count)
    /// For each lock the waves in which it is taken or clashed with.
    var taken = [Set<Int>](repeating: [], count: problem.conflicts.locks.count)
    var alone: Set<Int> = []
    var firstOpen = 0
    for index in order {
      var wave = problem.dependencies.before[index].map { level[$0] + 1 }.max() ?? 0
      wave = max(wave, firstOpen)
      while wave < waves.count {
        let isFull = waves[wave].count >= problem.workers || alone.contains(wave)
        let clashes = problem.conflicts.needs[index].contains { taken[$0].contains(wave) }
        if !isFull, !clashes, !(problem.conflicts.isExclusive[index] && !waves[wave].isEmpty) {
          break
        }
        wave += 1
      }
      if wave >= waves.count { waves.append(contentsOf: (waves.count...wave).map { _ in [] }) }
      waves[wave].append(index)
      level[index] = wave
      if problem.conflicts.isExclusive[index] { alone.insert(wave) }
      for lock in problem.conflicts.needs[index] {
        for other in problem.conflicts.locks[lock].clashes { taken[other].insert(wave) }
      }
      while firstOpen < waves.count, waves[firstOpen].count >= problem.workers { firstOpen += 1 }
    }
    return waves.filter { !$0.isEmpty }.map { $0.sorted() }
  }
}
