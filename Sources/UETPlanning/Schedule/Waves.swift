/// Groups of workstreams that may run side by side: a view of the plan for people.
struct Waves {
  private let problem: ScheduleProblem
  private var waves: [[Int]] = []
  /// For each workstream its wave.
  private var level: [Int]
  /// For each lock the waves that hold a lock below it that clashes with it, or itself.
  private var taken: [Set<Int>]
  /// For each lock a wave before which all are taken.
  private var firstFree: [Int]
  /// For each lock the waves it is held in.
  private var held: [Set<Int>]
  private var alone: Set<Int> = []
  /// A wave before which all are full.
  private var firstOpen = 0

  /// Walks the planner's order and puts each workstream into the first wave after all it depends
  /// on that holds nothing in conflict with it and fewer than `workers` others.
  static func group(_ problem: ScheduleProblem, order: [Int]) -> [[Int]] {
    var state = Waves(problem)
    for index in order { state.place(index) }
    return state.waves.filter { !$0.isEmpty }.map { $0.sorted() }
  }

  private init(_ problem: ScheduleProblem) {
    self.problem = problem
    level = [Int](repeating: -1, count: problem.count)
    taken = [Set<Int>](repeating: [], count: problem.conflicts.locks.count)
    held = taken
    firstFree = [Int](repeating: 0, count: taken.count)
  }

  private mutating func place(_ index: Int) {
    let conflicts = problem.conflicts
    var wave = problem.dependencies.before[index].map { level[$0] + 1 }.max() ?? 0
    wave = max(wave, firstOpen)
    for lock in conflicts.needs[index] { wave = max(wave, firstFree[lock]) }
    while wave < waves.count, !fits(index, wave) { wave += 1 }
    while waves.count <= wave { waves.append([]) }
    waves[wave].append(index)
    level[index] = wave
    if conflicts.isExclusive[index] { alone.insert(wave) }
    for lock in conflicts.needs[index] { hold(lock, wave) }
    while firstOpen < waves.count, isFull(firstOpen) { firstOpen += 1 }
  }

  private mutating func hold(_ lock: Int, _ wave: Int) {
    held[lock].insert(wave)
    let own = problem.conflicts.locks[lock].isSingle ? [lock] : []
    for other in own + problem.conflicts.locks[lock].above
    where taken[other].insert(wave).inserted {
      while taken[other].contains(firstFree[other]) { firstFree[other] += 1 }
    }
  }

  private func isFull(_ wave: Int) -> Bool {
    waves[wave].count >= problem.workers || alone.contains(wave)
  }

  private func fits(_ index: Int, _ wave: Int) -> Bool {
    if isFull(wave) || problem.conflicts.isExclusive[index] && !waves[wave].isEmpty { return false }
    return !problem.conflicts.needs[index].contains { lock in
      taken[lock].contains(wave)
        || problem.conflicts.locks[lock].above.contains { held[$0].contains(wave) }
    }
  }
}
