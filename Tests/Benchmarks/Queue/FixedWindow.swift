/// A queue with a window of fixed size, as several hosts have: each in the window is tested on top
/// of those before it; one that is red goes, and all behind it begin anew.
struct FixedWindow {
  private struct Place {
    let change: SimulatedDay.Change
    /// When its test ends; nil while it waits for a slot.
    var end: Double?
    var isRed: Bool?
  }

  private let day: SimulatedDay
  private let size: Int
  private var line: [Place] = []
  private var landed: Set<Int> = []
  private var result = DayResult()

  private init(_ day: SimulatedDay, size: Int) { (self.day, self.size) = (day, size) }

  static func live(_ day: SimulatedDay, size: Int) -> DayResult {
    var queue = FixedWindow(day, size: size)
    queue.live()
    return queue.result
  }

  private mutating func live() {
    var next = 0
    var now = 0.0
    while next < day.changes.count || !line.isEmpty {
      while line.count < size, next < day.changes.count, day.changes[next].arrival <= now {
        line.append(Place(change: day.changes[next]))
        next += 1
      }
      start(now)
      let ends = line.compactMap { $0.isRed == nil ? $0.end : nil }
      let arrival = line.count < size && next < day.changes.count ? day.changes[next].arrival : nil
      guard let moment = (ends + (arrival.map { [$0] } ?? [])).min() else { break }
      now = max(now, moment)
      finish(now)
    }
  }

  private mutating func start(_ now: Double) {
    var running = line.count { $0.end != nil && $0.isRed == nil }
    for index in line.indices where line[index].end == nil && running < day.slots {
      line[index].end = now + line[index].change.duration
      result.gateRuns += 1
      running += 1
    }
  }

  private mutating func finish(_ now: Double) {
    for index in line.indices {
      guard let end = line[index].end, end <= now, line[index].isRed == nil else { continue }
      line[index].isRed = isRed(upTo: index)
    }
    while let first = line.first, let isRed = first.isRed {
      line.removeFirst()
      result.waits.append(now - first.change.arrival)
      if isRed { restart() } else { landed.insert(first.change.number) }
    }
  }

  /// Whether something up to the place is red, whoever it is.
  private func isRed(upTo index: Int) -> Bool {
    var present = landed
    for place in line[...index] {
      if place.change.isRed { return true }
      if let clash = place.change.clash, present.contains(clash) { return true }
      present.insert(place.change.number)
    }
    return false
  }

  private mutating func restart() {
    for index in line.indices { (line[index].end, line[index].isRed) = (nil, nil) }
  }
}
