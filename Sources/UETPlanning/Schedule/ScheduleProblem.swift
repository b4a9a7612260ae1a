/// What is to be scheduled, as numbers.
struct ScheduleProblem: Sendable {
  var durations: [Int]
  var dependencies: DependencyGraph
  var conflicts: ConflictGraph
  var workers: Int

  var count: Int { durations.count }

  /// When the last ends.
  func end(_ starts: [Int]) -> Int {
    starts.indices.reduce(0) { max($0, starts[$1] + durations[$1]) }
  }

  /// The part with these workstreams, ascending, which wait for no others.
  func restricted(to kept: [Int]) -> ScheduleProblem {
    var place = [Int](repeating: -1, count: count)
    for (index, old) in kept.enumerated() { place[old] = index }
    return ScheduleProblem(
      durations: kept.map { durations[$0] },
      dependencies: DependencyGraph(
        kept.map { dependencies.before[$0].map { place[$0] } }),
      conflicts: conflicts.restricted(to: kept), workers: workers)
  }

  /// This problem with 1 for every duration.
  var inUnits: ScheduleProblem {
    ScheduleProblem(
      durations: Array(repeating: 1, count: count), dependencies: dependencies,
      conflicts: conflicts, workers: workers)
  }
}
