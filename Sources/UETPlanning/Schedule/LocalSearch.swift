/// Improves a schedule by placing it anew in slightly changed orders.
///
/// Each try is made tight from both ends (forward-backward improvement, Li and Willis 1992). The tries
/// are the same on every machine: the generator is seeded and the bound counts steps, not seconds.
struct LocalSearch: ~Copyable {
  private struct Cost: Comparable {
    let end: Int
    let late: Int

    static func < (left: Cost, right: Cost) -> Bool {
      (left.end, left.late) < (right.end, right.late)
    }
  }

  private let problem: SearchProblem
  private let bound: Int
  private var decoder: SerialSchedule
  private var random = SearchRandom(state: 0x5EED)
  private(set) var best: [Int]
  private(set) var makespan: Int

  init(_ problem: SearchProblem, starts: [Int], bound: Int) {
    self.problem = problem
    self.bound = bound
    decoder = SerialSchedule(problem)
    best = starts
    makespan = Self.end(problem, starts)
  }

  private static func end(_ problem: SearchProblem, _ starts: [Int]) -> Int {
    starts.indices.reduce(0) { max($0, starts[$1] + problem.durations[$1]) }
  }

  /// Searches until the bound is met or `limit` steps are used.
  mutating func run(limit: Int) {
    var current = best
    tighten(&current)
    var currentCost = cost(current)
    accept(current)
    var idle = 0
    while makespan > bound, decoder.steps < limit {
      var candidate = current
      perturb(&candidate)
      tighten(&candidate)
      let candidateCost = cost(candidate)
      // Worse ones are let through less and less the further the search is.
      let heat = makespan * (limit - decoder.steps) / limit / 40
      let allowed = Cost(
        end: currentCost.end + (heat > 0 ? random.below(heat + 1) * random.below(2) : 0),
        late: Int.max)
      if candidateCost <= currentCost || (idle > 20 && candidateCost <= allowed) {
        if candidateCost.end != currentCost.end { idle = 0 }
        (current, currentCost) = (candidate, candidateCost)
      }
      idle += 1
      if candidateCost.end < makespan { idle = 0 }
      accept(candidate)
      if idle > 400 {
        current = best
        currentCost = cost(current)
        idle = 0
      }
    }
  }

  private mutating func accept(_ starts: [Int]) {
    let end = Self.end(problem, starts)
    if end < makespan { (best, makespan) = (starts, end) }
  }

  /// The makespan first, then how much of the work is close to the end.
  private func cost(_ starts: [Int]) -> Cost {
    let end = Self.end(problem, starts)
    var late = 0
    for index in starts.indices {
      late += max(0, starts[index] + problem.tails[index] - bound)
    }
    return Cost(end: end, late: late)
  }

  /// New keys for some, and the schedule that the order of the keys gives.
  private mutating func perturb(_ starts: inout [Int]) {
    var keys = starts.map { $0 * 4 + 2 }
    let end = max(1, Self.end(problem, starts))
    switch random.below(3) {
    case 0: shake(&keys, end: end)
    case 1:
      for _ in 0...random.below(3) { keys[random.below(keys.count)] = random.below(4 * end) }
    default: swapNeighbours(&keys, starts)
    }
    for index in problem.topological {
      for other in problem.before[index] where keys[index] <= keys[other] {
        keys[index] = keys[other] + 1
      }
    }
    let order = keys.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
    decoder.place(order, before: problem.before)
    starts = decoder.starts
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

  /// Puts some before one that now ends just when they start.
  private mutating func swapNeighbours(_ keys: inout [Int], _ starts: [Int]) {
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

  /// Places everything as late as possible, then as early as possible, while that helps.
  private mutating func tighten(_ starts: inout [Int]) {
    for _ in 0..<3 {
      let before = Self.end(problem, starts)
      let ends = starts.indices.map { starts[$0] + problem.durations[$0] }
      let late = starts.indices.sorted { (ends[$1], $1) < (ends[$0], $0) }
      decoder.place(late, before: problem.after)
      let total = decoder.makespan
      let reversed = decoder.starts
      let shifted = starts.indices.map { total - reversed[$0] - problem.durations[$0] }
      let early = starts.indices.sorted { (shifted[$0], $0) < (shifted[$1], $1) }
      decoder.place(early, before: problem.before)
      if decoder.makespan <= before { starts = decoder.starts }
      if decoder.makespan >= before { return }
    }
  }
}

/// SplitMix64: small, and the same on every machine.
struct SearchRandom {
  var state: UInt64

  mutating func below(_ limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
  }
}
