extension LocalSearch {
  /// A schedule by critical path with more or less noise.
  mutating func sample() -> [Int] {
    let longest = problem.tails.max() ?? 1
    let noise = 1 + longest * (1 + random.below(8)) / 4
    return decoded(problem.tails.map { (longest - $0) * 4 + random.below(4 * noise) })
  }

  /// The first schedule, with what the second starts in some stretch of time as the second has it.
  mutating func crossed(_ one: [Int], _ two: [Int]) -> [Int] {
    let end = max(1, problem.end(one))
    let (some, other) = (random.below(end), random.below(end))
    let stretch = min(some, other)...max(some, other)
    return decoded(
      one.indices.map { (stretch.contains(two[$0]) ? two[$0] : one[$0]) * 4 + 2 })
  }

  /// The schedule with a few places changed.
  mutating func shaken(_ starts: [Int]) -> [Int] {
    var keys = starts.map { $0 * 4 + 2 }
    let end = max(1, problem.end(starts))
    switch random.below(3) {
    case 0: shake(&keys, end: end)
    case 1:
      for _ in 0...random.below(3) { keys[random.below(keys.count)] = random.below(4 * end) }
    default: overtake(&keys, starts)
    }
    return decoded(keys)
  }

  /// Moves a share of those in a window a little.
  private mutating func shake(_ keys: inout [Int], end: Int) {
    let share = 1 + random.below(4)
    let reach = 1 + random.below(max(1, end / (1 + random.below(10))))
    let (centre, width) = (random.below(end), 1 + random.below(end))
    for index in keys.indices
    where abs(keys[index] / 4 - centre) <= width && random.below(8) < share {
      keys[index] += random.below(8 * reach + 1) - 4 * reach
    }
  }

  /// Puts some before one in conflict that now ends just when they start, or else a little earlier.
  private mutating func overtake(_ keys: inout [Int], _ starts: [Int]) {
    for _ in 0...random.below(4) {
      let index = random.below(keys.count)
      let blockers = problem.conflicts[index].filter {
        starts[$0] + problem.durations[$0] == starts[index]
      }
      if blockers.isEmpty {
        keys[index] -= random.below(4 * problem.durations[index] + 1)
      } else {
        keys[index] = keys[blockers[random.below(blockers.count)]] - 1
      }
    }
  }
}
