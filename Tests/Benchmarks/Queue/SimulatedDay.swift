import UETModel
import UETTestSupport

/// Changes that come over some hours, how long a gate takes on each, and which are red.
struct SimulatedDay {
  struct Change {
    let number: Int
    /// Seconds since the beginning.
    let arrival: Double
    /// Seconds that a gate takes on a tree whose last merge it is.
    let duration: Double
    let isRed: Bool
    /// Red together with this one, which comes shortly before.
    let clash: Int?
  }

  let changes: [Change]
  let slots: Int

  /// `rate` changes an hour, at random moments; a gate takes between half and one and a half times
  /// `gate` seconds; one in ten is red by itself, one in fifty only together with one of the ten
  /// before.
  init(seed: UInt64, count: Int, rate: Double, gate: Double, slots: Int) {
    var random = SeededGenerator(seed: seed)
    var arrival = 0.0
    var changes: [Change] = []
    for number in 0..<count {
      // Exponential, from the inverse of a product of halves and quarters: no logarithm is needed
      // here.
      arrival += Self.exponential(&random) * 3600 / rate
      let clash =
        number > 10 && random.oneIn(50) ? number - Int.random(in: 1...10, using: &random) : nil
      changes.append(
        Change(
          number: number, arrival: arrival,
          duration: gate * Double.random(in: 0.5...1.5, using: &random),
          isRed: random.oneIn(10), clash: clash))
    }
    self.changes = changes
    self.slots = slots
  }

  /// A waiting time of mean 1, by von Neumann's comparison of uniform numbers.
  private static func exponential(_ random: inout SeededGenerator) -> Double {
    var whole = 0.0
    while true {
      let first = Double.random(in: 0..<1, using: &random)
      var last = first
      var length = 1
      while true {
        let next = Double.random(in: 0..<1, using: &random)
        if next >= last { break }
        last = next
        length += 1
      }
      if length % 2 == 1 { return whole + first }
      whole += 1
    }
  }
}

/// What a queue made of a day.
struct DayResult {
  /// Seconds from arrival to decision, of every change.
  var waits: [Double] = []
  var gateRuns = 0

  mutating func add(_ other: DayResult) {
    waits += other.waits
    gateRuns += other.gateRuns
  }

  /// Minutes within which that share of the changes is decided.
  func minutes(_ share: Double) -> Double {
    let sorted = waits.sorted()
    guard !sorted.isEmpty else { return 0 }
    return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))] / 60
  }

  var runsPerChange: Double { Double(gateRuns) / Double(max(1, waits.count)) }
}
