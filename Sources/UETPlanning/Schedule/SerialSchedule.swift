/// Places workstreams one after the other, each at the earliest time that is free for it.
///
/// Serial schedule generation (Kolisch 1996): every order gives a schedule in which nothing can
/// start earlier by itself, and some order gives a shortest one. Time is a list of spans, each with
/// the set of what runs in it as bits, so that a conflict costs a word or two to see. The memory is
/// its own, without checks of bounds: this is where planning spends its time.
struct SerialSchedule: ~Copyable {
  private let problem: SearchProblem
  /// Words of one set.
  private let width: Int
  private(set) var starts: [Int]
  private(set) var makespan = 0
  /// Spans looked at so far: the cost of the search.
  private(set) var steps = 0
  private var spans = 0
  private let times: UnsafeMutablePointer<Int>
  private let used: UnsafeMutablePointer<Int>
  private let running: UnsafeMutablePointer<UInt64>
  private let rows: UnsafeMutablePointer<UInt64>

  init(_ problem: SearchProblem) {
    self.problem = problem
    let count = problem.count
    width = (count + 63) / 64
    starts = [Int](repeating: -1, count: count)
    times = .allocate(capacity: 2 * count + 2)
    used = .allocate(capacity: 2 * count + 2)
    running = .allocate(capacity: (2 * count + 2) * width)
    rows = .allocate(capacity: count * width)
    rows.initialize(repeating: 0, count: count * width)
    times.initialize(repeating: 0, count: 2 * count + 2)
    used.initialize(repeating: 0, count: 2 * count + 2)
    running.initialize(repeating: 0, count: (2 * count + 2) * width)
    for (index, others) in problem.conflicts.enumerated() {
      for other in others { rows[index * width + other / 64] |= 1 << UInt64(other % 64) }
    }
  }

  deinit {
    times.deallocate()
    used.deallocate()
    running.deallocate()
    rows.deallocate()
  }

  /// - Parameter order: Each workstream after those that `before` names for it.
  mutating func place(_ order: [Int], before: [[Int]]) {
    (spans, makespan) = (1, 0)
    (times[0], used[0]) = (0, 0)
    for word in 0..<width { running[word] = 0 }
    for index in order {
      var earliest = 0
      for other in before[index] {
        earliest = max(earliest, starts[other] + problem.durations[other])
      }
      put(index, from: earliest)
    }
  }

  private mutating func put(_ index: Int, from earliest: Int) {
    let duration = problem.durations[index]
    let limit = problem.workers - problem.demand[index]
    var place = span(at: earliest)
    var first = place
    var start = earliest
    while place < spans {
      if used[place] > limit || clashes(index, place) {
        first = place + 1
        start = first < spans ? times[first] : start
      } else if place + 1 == spans || times[place + 1] >= start + duration {
        break
      }
      place += 1
    }
    steps += (place - first + 4) * (width + 1) + (spans - place) * (width + 1) / 8
    starts[index] = start
    makespan = max(makespan, start + duration)
    occupy(index, from: first, start, start + duration)
  }

  private func clashes(_ index: Int, _ place: Int) -> Bool {
    let (set, row) = (running + place * width, rows + index * width)
    for word in 0..<width where set[word] & row[word] != 0 { return true }
    return false
  }

  /// The last span that begins at `time` or before.
  private func span(at time: Int) -> Int {
    var (low, high) = (0, spans)
    while high - low > 1 {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle } else { high = middle }
    }
    return low
  }

  private mutating func occupy(_ index: Int, from first: Int, _ start: Int, _ end: Int) {
    var place = first
    if times[place] < start {
      split(place, at: start)
      place += 1
    }
    let bit: UInt64 = 1 << UInt64(index % 64)
    while true {
      if place + 1 == spans || times[place + 1] > end { split(place, at: end) }
      used[place] += problem.demand[index]
      running[place * width + index / 64] |= bit
      place += 1
      if times[place] == end { return }
    }
  }

  /// Makes two spans of one.
  private mutating func split(_ place: Int, at time: Int) {
    let tail = spans - place
    (times + place + 1).update(from: times + place, count: tail)
    (used + place + 1).update(from: used + place, count: tail)
    (running + (place + 1) * width).update(from: running + place * width, count: tail * width)
    times[place + 1] = time
    spans += 1
  }
}
