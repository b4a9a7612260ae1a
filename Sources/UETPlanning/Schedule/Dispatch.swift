/// When a running workstream ends, by the work that one at full speed has done since the start.
private struct Finish: Comparable {
  let time: Int
  let index: Int

  static func < (left: Finish, right: Finish) -> Bool {
    (left.time, left.index) < (right.time, right.index)
  }
}

/// Simulates the engine: at each moment, in priority order, whatever can start is started.
///
/// A workstream that a lock keeps back waits at that lock, and only the first of those is looked at
/// again when it is released; so a lock that everybody needs costs a logarithm a step, not a scan.
struct Dispatch {
  private let problem: ScheduleProblem
  private let order: [Int]
  private let holds: [Int: [Int]]
  private let fails: [Bool]
  private var rank: [Int]
  private var open: [Int]
  /// Ranks of what may be able to start.
  private var ready = MinHeap<Int>()
  private var running = MinHeap<Finish>()
  /// For each lock at its own place how many running workstreams hold it or one below it that
  /// clashes; then, at its place plus the number of locks, how many hold it.
  private var held: [Int]
  /// What waits for the count of the same place to be 0.
  private var waiting: [MinHeap<Int>]
  /// For each workstream the place it waited at when it is in `ready` again, or -1.
  private var represents: [Int]
  private var hasRepresentative: [Bool]
  private var runsAlone = false
  private let capacity: Double?
  private(set) var starts: [Int]
  private(set) var ends: [Int]

  /// - Parameters:
  ///   - order: All workstreams, the most urgent first.
  ///   - holds: For each workstream those that do not start before it has started.
  ///   - fails: Whether each ends without a result, so that nothing which depends on it runs; empty for none.
  /// - Returns: The starts; -1 for what never runs.
  static func starts(
    _ problem: ScheduleProblem, order: [Int], holds: [Int: [Int]] = [:], fails: [Bool] = []
  ) -> [Int] {
    var dispatch = Dispatch(problem, order: order, holds: holds, fails: fails, capacity: nil)
    dispatch.run()
    return dispatch.starts
  }

  /// On a machine on which `capacity` at a time get on at full speed, and more by their share of
  /// that; nil for one that is always large enough.
  static func times(
    _ problem: ScheduleProblem, order: [Int], fails: [Bool], capacity: Double?
  ) -> (starts: [Int], ends: [Int]) {
    var dispatch = Dispatch(problem, order: order, holds: [:], fails: fails, capacity: capacity)
    dispatch.run()
    return (dispatch.starts, dispatch.ends)
  }

  private init(
    _ problem: ScheduleProblem, order: [Int], holds: [Int: [Int]], fails: [Bool],
    capacity: Double?
  ) {
    self.capacity = capacity
    self.problem = problem
    self.order = order
    self.holds = holds
    self.fails = fails
    rank = [Int](repeating: 0, count: problem.count)
    for (place, index) in order.enumerated() { rank[index] = place }
    open = problem.dependencies.before.map(\.count)
    for index in holds.values.joined() { open[index] += 1 }
    held = [Int](repeating: 0, count: 2 * problem.conflicts.locks.count)
    waiting = [MinHeap<Int>](repeating: MinHeap(), count: held.count)
    represents = [Int](repeating: -1, count: problem.count)
    hasRepresentative = [Bool](repeating: false, count: held.count)
    starts = [Int](repeating: -1, count: problem.count)
    ends = starts
    for index in 0..<problem.count where open[index] == 0 { ready.push(rank[index]) }
  }

  private mutating func run() {
    // All that runs gets on at one speed: what ends first is known by the work done, and how long
    // that took by how many were at it.
    var (work, now) = (0, 0)
    while true {
      startReady(at: now, work)
      guard let next = running.first else { return }
      now += elapsed(next.time - work)
      work = next.time
      while let done = running.first, done.time == work {
        _ = running.pop()
        ends[done.index] = now
        finish(done.index)
      }
    }
  }

  private func elapsed(_ work: Int) -> Int {
    guard let capacity, Double(running.count) > capacity else { return work }
    return Int((Double(work) * Double(running.count) / capacity).rounded())
  }

  private mutating func startReady(at now: Int, _ work: Int) {
    while running.count < problem.workers, !runsAlone, let first = ready.first {
      let index = order[first]
      // What runs alone is not overtaken for ever: nothing less urgent starts before it.
      if problem.conflicts.isExclusive[index], !running.isEmpty { return }
      _ = ready.pop()
      let own = represents[index]
      if own >= 0 {
        represents[index] = -1
        hasRepresentative[own] = false
      }
      if let place = obstacle(to: index) {
        waiting[place].push(rank[index])
      } else {
        start(index, at: now, work)
      }
      if own >= 0 { wake(own) }
    }
  }

  private mutating func start(_ index: Int, at now: Int, _ work: Int) {
    starts[index] = now
    runsAlone = problem.conflicts.isExclusive[index]
    running.push(Finish(time: work + problem.durations[index], index: index))
    for lock in problem.conflicts.needs[index] {
      held[locks.count + lock] += 1
      if locks[lock].isSingle { held[lock] += 1 }
      for other in locks[lock].above { held[other] += 1 }
    }
    for other in holds[index] ?? [] { close(other) }
  }

  private var locks: [ConflictGraph.Lock] { problem.conflicts.locks }

  /// The place of a count that must be 0 before the workstream can start, and is not.
  private func obstacle(to index: Int) -> Int? {
    for lock in problem.conflicts.needs[index] {
      if held[lock] > 0 { return lock }
      if let other = locks[lock].above.first(where: { held[locks.count + $0] > 0 }) {
        return locks.count + other
      }
    }
    return nil
  }

  private mutating func release(_ place: Int) {
    held[place] -= 1
    wake(place)
  }

  private mutating func finish(_ index: Int) {
    if problem.conflicts.isExclusive[index] { runsAlone = false }
    for lock in problem.conflicts.needs[index] {
      release(locks.count + lock)
      if locks[lock].isSingle { release(lock) }
      for other in locks[lock].above { release(other) }
    }
    if !fails.isEmpty, fails[index] { return }
    for follower in problem.dependencies.after[index] { close(follower) }
  }

  private mutating func close(_ index: Int) {
    open[index] -= 1
    if open[index] == 0 { ready.push(rank[index]) }
  }

  /// Lets the most urgent of those that wait at a free place try again.
  private mutating func wake(_ place: Int) {
    guard held[place] == 0, !hasRepresentative[place], let first = waiting[place].pop() else {
      return
    }
    represents[order[first]] = place
    hasRepresentative[place] = true
    ready.push(first)
  }
}
