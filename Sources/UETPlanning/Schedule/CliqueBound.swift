/// Bounds by sets of workstreams of which no two can run at a time: they conflict, or one waits for
/// the other.
struct CliqueBound {
  typealias Job = LowerBound.Job

  let bound: Int
  let members: [Int]

  /// Up to this many workstreams, sets are searched across locks and dependencies.
  private static let maximumSearched = 600

  static func heaviest(_ problem: ScheduleProblem, _ jobs: [Job]) -> CliqueBound {
    var best = CliqueBound(bound: 0, members: [])
    for lock in problem.conflicts.locks where lock.isSingle {
      best = better(best, of: lock.members, jobs)
      best = better(best, hub(lock, problem, jobs), lock.members)
    }
    guard jobs.count <= maximumSearched else { return best }
    let rows = incompatible(problem)
    for seed in jobs.indices {
      for goal in [Goal.duration, .width] {
        best = better(best, of: grow(from: seed, rows, jobs, goal), jobs)
      }
    }
    return best
  }

  private static func better(_ best: CliqueBound, of members: [Int], _ jobs: [Job]) -> CliqueBound {
    better(best, oneAtATime(members.map { jobs[$0] }), members)
  }

  private static func better(_ best: CliqueBound, _ bound: Int, _ members: [Int]) -> CliqueBound {
    bound > best.bound ? CliqueBound(bound: bound, members: members) : best
  }

  /// While a lock's members run, nothing that each of them clashes with does, and that work has at
  /// most all workers.
  private static func hub(
    _ lock: ConflictGraph.Lock, _ problem: ScheduleProblem, _ jobs: [Job]
  ) -> Int {
    let own = Set(lock.members)
    let others = Set(lock.clashes.flatMap { problem.conflicts.locks[$0].members })
      .subtracting(own)
    let workers = max(1, min(problem.workers, problem.count))
    let outside = others.reduce(0) { $0 + jobs[$1].duration }
    return own.reduce(0) { $0 + jobs[$1].duration } + (outside + workers - 1) / workers
  }

  /// The shortest time for jobs on one machine when they may be interrupted: always the one with
  /// most to follow first (Jackson's preemptive schedule), so no schedule without interruption is
  /// shorter.
  private static func oneAtATime(_ jobs: [Job]) -> Int {
    let coming = jobs.sorted { $0.head < $1.head }
    var open = MinHeap<Pending>()
    var (now, next, best) = (0, 0, 0)
    while next < coming.count || !open.isEmpty {
      if open.isEmpty { now = max(now, coming[next].head) }
      while next < coming.count, coming[next].head <= now {
        open.push(Pending(rest: coming[next].rest, left: coming[next].duration))
        next += 1
      }
      guard var job = open.pop() else { break }
      let until = next < coming.count ? min(now + job.left, coming[next].head) : now + job.left
      job.left -= until - now
      now = until
      if job.left > 0 { open.push(job) } else { best = max(best, now + job.rest) }
    }
    return best
  }

  private struct Pending: Comparable {
    let rest: Int
    var left: Int

    static func < (left: Pending, right: Pending) -> Bool { left.rest > right.rest }
  }
}

extension CliqueBound {
  /// What is added to a set first.
  private enum Goal {
    case duration
    /// What leaves most to choose from.
    case width
  }

  /// For each workstream, as bits, those that cannot run beside it.
  private static func incompatible(_ problem: ScheduleProblem) -> [BitRow] {
    var rows = (0..<problem.count).map { _ in BitRow(count: problem.count) }
    for index in problem.dependencies.order {
      for need in problem.dependencies.before[index] {
        rows[index].insert(need)
        rows[index].formUnion(rows[need])
      }
    }
    for index in rows.indices {
      for other in rows[index].members where !rows[other].contains(index) {
        rows[other].insert(index)
      }
    }
    for lock in problem.conflicts.locks {
      for other in lock.clashes {
        for member in lock.members {
          for neighbour in problem.conflicts.locks[other].members where neighbour != member {
            rows[member].insert(neighbour)
          }
        }
      }
    }
    return rows
  }

  private static func grow(
    from seed: Int, _ rows: [BitRow], _ jobs: [Job], _ goal: Goal
  ) -> [Int] {
    var members = [seed]
    var candidates = rows[seed]
    while true {
      var best: (index: Int, weight: Int)?
      for index in candidates.members {
        let weight =
          switch goal {
          case .duration: jobs[index].duration
          case .width: candidates.commonCount(rows[index]) * 64 + min(63, jobs[index].duration)
          }
        if weight > best?.weight ?? -1 { best = (index, weight) }
      }
      guard let next = best?.index else { return members.sorted() }
      members.append(next)
      candidates.formIntersection(rows[next])
    }
  }
}

/// A set of small integers as bits.
struct BitRow {
  private var words: [UInt64]

  init(count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

  func contains(_ index: Int) -> Bool { words[index / 64] & (1 << UInt64(index % 64)) != 0 }

  mutating func insert(_ index: Int) { words[index / 64] |= 1 << UInt64(index % 64) }

  mutating func formUnion(_ other: BitRow) {
    for place in words.indices { words[place] |= other.words[place] }
  }

  mutating func formIntersection(_ other: BitRow) {
    for place in words.indices { words[place] &= other.words[place] }
  }

  func commonCount(_ other: BitRow) -> Int {
    var result = 0
    for place in words.indices { result += (words[place] & other.words[place]).nonzeroBitCount }
    return result
  }

  /// Ascending.
  var members: [Int] {
    var result: [Int] = []
    for (place, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        result.append(place * 64 + rest.trailingZeroBitCount)
        rest &= rest - 1
      }
    }
    return result
  }
}
