/// Improves a schedule by breeding a small population of them.
///
/// A child takes a stretch of time from a second parent (as the peak crossover of Valls, Ballestín
/// and Quintanilla 2008 does) or is its parent shaken a little; it is then made tight from both
/// ends (forward-backward improvement, Li and Willis 1992). The tries are the same on every
/// machine: the generator is seeded, and the bound counts steps, not seconds.
struct LocalSearch: ~Copyable {
  private struct Member {
    var starts: [Int]
    var cost: Cost
  }

  private struct Cost: Comparable {
    let end: Int
    /// How much of the work lies after what the bound allows.
    let late: Int

    static func < (left: Cost, right: Cost) -> Bool {
      (left.end, left.late) < (right.end, right.late)
    }
  }

  let problem: SearchProblem
  private let bound: Int
  private var decoder: SerialSchedule
  var random = SearchRandom(state: 0x5EED)
  private(set) var best: [Int]
  private(set) var makespan: Int

  private static let size = 12
  /// Children in a row without a better schedule before all but the best start anew.
  private static let patience = 720
  /// Children in 100 that have two parents.
  private static let crossings = 40

  init(_ problem: SearchProblem, starts: [Int], bound: Int) {
    self.problem = problem
    self.bound = bound
    decoder = SerialSchedule(problem)
    best = starts
    makespan = problem.end(starts)
  }

  /// Searches until the bound is met or `limit` steps are used.
  mutating func run(limit: Int) {
    var population = [grown(best)]
    var idle = 0
    while makespan > bound, decoder.steps < limit {
      let before = makespan
      if population.count < Self.size {
        population.append(grown(sample()))
      } else {
        breed(&population)
      }
      idle = makespan < before ? 0 : idle + 1
      if idle > Self.patience {
        population = [population.min { $0.cost < $1.cost } ?? population[0]]
        idle = 0
      }
    }
  }

  /// Makes one child and lets it replace its parent or the worst, if it is better and not there
  /// yet.
  private mutating func breed(_ population: inout [Member]) {
    let parent = pick(population)
    var starts = population[parent].starts
    if random.below(100) < Self.crossings {
      let other = (parent + 1 + random.below(population.count - 1)) % population.count
      starts = crossed(starts, population[other].starts)
    } else {
      starts = shaken(starts)
    }
    let child = grown(starts)
    if population.contains(where: { $0.cost == child.cost }) { return }
    if child.cost < population[parent].cost {
      population[parent] = child
    } else if let worst = population.indices.max(by: { population[$0].cost < population[$1].cost }),
      child.cost < population[worst].cost
    {
      population[worst] = child
    }
  }

  private mutating func pick(_ population: [Member]) -> Int {
    let (one, other) = (random.below(population.count), random.below(population.count))
    return population[one].cost < population[other].cost ? one : other
  }

  /// Tightens a schedule and keeps it if it is the shortest so far.
  private mutating func grown(_ starts: [Int]) -> Member {
    let tight = tightened(starts)
    let end = problem.end(tight)
    if end < makespan { (best, makespan) = (tight, end) }
    var late = 0
    for index in tight.indices { late += max(0, tight[index] + problem.tails[index] - bound) }
    return Member(starts: tight, cost: Cost(end: end, late: late))
  }

  /// Places everything as late as possible, then as early as possible.
  private mutating func tightened(_ starts: [Int]) -> [Int] {
    let before = problem.end(starts)
    let late = Self.ordered(starts.indices.map { -starts[$0] - problem.durations[$0] })
    decoder.place(late, before: problem.after)
    let backwards = decoder.starts
    // Counted from the end, a finish is a start.
    let early = Self.ordered(starts.indices.map { -backwards[$0] - problem.durations[$0] })
    decoder.place(early, before: problem.before)
    return decoder.makespan <= before ? decoder.starts : starts
  }

  /// The indices by key, then by index; packed into integers, as these are sorted fastest.
  private static func ordered(_ keys: [Int]) -> [Int] {
    let count = keys.count
    var packed = keys.indices.map { keys[$0] * count + $0 }
    packed.sort()
    for place in packed.indices {
      let index = packed[place] % count
      packed[place] = index < 0 ? index + count : index
    }
    return packed
  }

  /// The schedule that the order of the keys gives, which dependencies correct.
  mutating func decoded(_ keys: [Int]) -> [Int] {
    var keys = keys
    for index in problem.topological {
      for other in problem.before[index] where keys[index] <= keys[other] {
        keys[index] = keys[other] + 1
      }
    }
    decoder.place(Self.ordered(keys), before: problem.before)
    return decoder.starts
  }
}
