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

/// What each workstream of a schedule waits for until it starts.
struct CriticalChain {
  private let problem: ScheduleProblem
  private let schedule: Schedule
  /// By the moment, the workstreams that end then.
  private let endings: [Int: [Int]]

  init(_ problem: ScheduleProblem, _ schedule: Schedule) {
    (self.problem, self.schedule) = (problem, schedule)
    endings = Dictionary(grouping: schedule.slots.indices) { schedule.slots[$0].finish }
  }

  /// That with whose end a workstream starts, and why then: it depends on it, else is in conflict
  /// with it, else there was no worker before. Nil for one that starts at the beginning.
  func cause(of index: Int) -> (previous: Int, cause: ChainLink.Cause)? {
    let slots = schedule.slots
    let start = slots[index].start
    guard start > 0 else { return nil }
    let candidates = endings[start] ?? []
    if let found = problem.dependencies.before[index].first(where: { slots[$0].finish == start }) {
      return (found, .dependency)
    }
    if let found = candidates.first(where: { problem.conflicts.areInConflict($0, index) }) {
      return (found, .conflict)
    }
    let same = candidates.first { slots[$0].worker == slots[index].worker }
    return (same ?? candidates.first).map { ($0, .worker) }
  }

  /// Goes back from what ends last.
  func trace() -> [ChainLink] {
    let slots = schedule.slots
    guard var current = slots.indices.first(where: { slots[$0].finish == schedule.makespan })
    else { return [] }
    var chain: [ChainLink] = []
    while let (previous, cause) = cause(of: current) {
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
