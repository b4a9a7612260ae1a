/// The chain of workstreams, each of which starts when the one before it ends, that ends last.
enum CriticalChain {
  /// Goes back from what ends last: through a dependency where one ends just then, else through a
  /// conflict, else through the worker.
  static func trace(_ problem: ScheduleProblem, _ schedule: Schedule) -> [Int] {
    let slots = schedule.slots
    guard var current = slots.indices.first(where: { slots[$0].finish == schedule.makespan })
    else { return [] }
    var endings: [Int: [Int]] = [:]
    for index in slots.indices { endings[slots[index].finish, default: []].append(index) }
    var chain = [current]
    while slots[current].start > 0 {
      let start = slots[current].start
      let candidates = endings[start] ?? []
      let dependency = problem.dependencies.before[current].first { slots[$0].finish == start }
      let conflict = candidates.first { problem.conflicts.areInConflict($0, current) }
      let worker = candidates.first { slots[$0].worker == slots[current].worker }
      guard let previous = dependency ?? conflict ?? worker ?? candidates.first else { break }
      chain.append(previous)
      current = previous
    }
    return chain.reversed()
  }
}
