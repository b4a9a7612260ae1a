/// Makes a schedule one that the engine's dispatcher really produces.
///
/// The dispatcher starts whatever can start, in the planner's order. Where a shorter schedule
/// leaves a workstream waiting although it could start, a hold says for which other it waits.
struct EngineReplay {
  private(set) var starts: [Int] = []
  private(set) var holds: [Int: [Int]] = [:]

  /// Nil when the dispatcher does not get there with a reasonable number of holds.
  init?(_ problem: ScheduleProblem, planned: [Int], rank: [Int], isUrgent: [Bool]) {
    let order = planned.indices.sorted { (planned[$0], rank[$0]) < (planned[$1], rank[$1]) }
    var place = [Int](repeating: 0, count: order.count)
    for (position, index) in order.enumerated() { place[index] = position }
    let (wanted, urgent) = (problem.end(planned), Self.urgentEnd(problem, planned, isUrgent))
    for _ in 0...problem.count {
      starts = Dispatch.starts(problem, order: order, holds: holds)
      if problem.end(starts) <= wanted, Self.urgentEnd(problem, starts, isUrgent) <= urgent {
        return
      }
      // Up to the first that starts early, the two schedules are the same.
      guard
        let early = starts.indices.filter({ starts[$0] < planned[$0] })
          .min(by: { (starts[$0], place[$0]) < (starts[$1], place[$1]) }),
        let other = Self.cause(problem, early, starts, planned, place)
      else { return nil }
      holds[other, default: []].append(early)
    }
    return nil
  }

  private static func urgentEnd(
    _ problem: ScheduleProblem, _ starts: [Int], _ isUrgent: [Bool]
  ) -> Int {
    starts.indices.reduce(0) {
      isUrgent[$1] ? max($0, starts[$1] + problem.durations[$1]) : $0
    }
  }

  /// What the plan starts in between: the last of those in conflict with it, else the last of all.
  private static func cause(
    _ problem: ScheduleProblem, _ early: Int, _ starts: [Int], _ planned: [Int], _ place: [Int]
  ) -> Int? {
    let between = planned.indices.filter {
      planned[$0] > starts[early] && place[$0] < place[early]
    }
    let last = between.filter { problem.conflicts.areInConflict($0, early) }
      .max { place[$0] < place[$1] }
    return last ?? between.max { place[$0] < place[$1] }
  }
}
