/// What makes a schedule as long as it is: workstreams each of which starts when the one before
/// ends.
package struct ChainLink: Hashable, Sendable {
  package enum Cause: String, CaseIterable, Hashable, Sendable {
    /// The first of the chain.
    case start
    /// It depends on the one before.
    case dependency
    /// It is in conflict with the one before.
    case conflict
    /// It waited for a worker that the one before kept busy.
    case worker
  }

  package let index: Int
  package let cause: Cause
}

enum CriticalChain {
  /// Goes back from what ends last: through a dependency where one ends just then, else through a
  /// conflict, else through the worker.
  static func trace(_ problem: ScheduleProblem, _ schedule: Schedule) -> [ChainLink] {
    let slots = schedule.slots
    guard var current = slots.indices.first(where: { slots[$0].finish == schedule.makespan })
    else { return [] }
    var endings: [Int: [Int]] = [:]
    for index in slots.indices { endings[slots[index].finish, default: []].append(index) }
    var chain: [ChainLink] = []
    while slots[current].start > 0 {
      let start = slots[current].start
      let candidates = endings[start] ?? []
      let link: (Int, ChainLink.Cause)?
      if let index = problem.dependencies.before[current].first(where: { slots[$0].finish == start }
      ) {
        link = (index, .dependency)
      } else if let index = candidates.first(where: { problem.conflicts.areInConflict($0, current) }
      ) {
        link = (index, .conflict)
      } else {
        let same = candidates.first { slots[$0].worker == slots[current].worker }
        link = (same ?? candidates.first).map { ($0, .worker) }
      }
      guard let (previous, cause) = link else { break }
      chain.append(ChainLink(index: current, cause: cause))
      current = previous
    }
    chain.append(ChainLink(index: current, cause: .start))
    return chain.reversed()
  }

  /// The longest way through the dependencies alone; the first among equals.
  static func longestPath(_ problem: ScheduleProblem) -> [Int] {
    let tails = problem.dependencies.tails(problem.durations)
    let roots = (0..<problem.count).filter { problem.dependencies.before[$0].isEmpty }
    var path: [Int] = []
    var next = first(roots, tails)
    while let index = next {
      path.append(index)
      next = first(problem.dependencies.after[index].sorted(), tails)
    }
    return path
  }

  private static func first(_ indices: [Int], _ tails: [Int]) -> Int? {
    indices.max { (tails[$0], $1) < (tails[$1], $0) }
  }
}
