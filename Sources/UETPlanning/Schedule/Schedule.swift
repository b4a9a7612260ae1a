/// When each workstream would run: what the engine does, without barriers.
package struct Schedule: Hashable, Sendable {
  package struct Slot: Hashable, Sendable {
    /// In ticks.
    package let start: Int
    package let finish: Int
    /// From 1.
    package let worker: Int
  }

  /// One for each workstream of the plan.
  package let slots: [Slot]
  /// Indices by start, the planner's priority among equals: the order to dispatch in.
  package let order: [Int]
  /// For some workstreams others that must start before them, or be settled: without that a
  /// dispatcher in `order` would start them early, in the way of more urgent work.
  package let holds: [Int: [Int]]
  /// In ticks.
  package let makespan: Int
  /// No schedule can be shorter, in ticks.
  package let lowerBound: Int
  /// All durations together, in ticks.
  package let sequential: Int
  /// For each worker the time it works, in ticks.
  package let busy: [Int]

  /// Whether no schedule can be shorter.
  package var isOptimal: Bool { makespan == lowerBound }

  /// How many times faster than one after the other.
  package var speedup: Double {
    makespan == 0 ? 1 : Double(sequential) / Double(makespan)
  }

  /// Gives each start the free worker of the lowest number.
  init(
    starts: [Int], durations: [Int], rank: [Int], holds: [Int: [Int]], workers: Int,
    lowerBound: Int
  ) {
    self.holds = holds
    order = starts.indices.sorted { (starts[$0], rank[$0]) < (starts[$1], rank[$1]) }
    var free = MinHeap<Int>()
    var running = MinHeap<Release>()
    var busy: [Int] = []
    var assigned = [Int](repeating: 0, count: starts.count)
    for index in order {
      while let done = running.first, done.time <= starts[index] {
        _ = running.pop()
        free.push(done.worker)
      }
      if free.isEmpty {
        busy.append(0)
        free.push(busy.count)
      }
      assigned[index] = free.pop() ?? 1
      busy[assigned[index] - 1] += durations[index]
      running.push(Release(time: starts[index] + durations[index], worker: assigned[index]))
    }
    slots = starts.indices.map {
      Slot(start: starts[$0], finish: starts[$0] + durations[$0], worker: assigned[$0])
    }
    makespan = slots.reduce(0) { max($0, $1.finish) }
    sequential = durations.reduce(0, +)
    self.lowerBound = lowerBound
    self.busy = busy + Array(repeating: 0, count: max(0, min(workers, starts.count) - busy.count))
  }
}

/// When a worker is free again.
private struct Release: Comparable {
  let time: Int
  let worker: Int

  static func < (left: Release, right: Release) -> Bool {
    (left.time, left.worker) < (right.time, right.worker)
  }
}
