import UETLedger
import UETModel

/// How many tokens the longest requests of past attempts had, as multiples of what their programs
/// were handed by estimate: an agent adds its own instructions, and what it reads.
package struct Calibration: Hashable, Sendable {
  package let attempts: Int
  package let median: Double
  /// Four of five attempts lie between these.
  package let range: ClosedRange<Double>

  /// nil for fewer than three attempts: they say nothing.
  init?(_ ratios: [Double]) {
    guard ratios.count >= 3 else { return nil }
    let sorted = ratios.sorted()
    func quantile(_ part: Double) -> Double {
      let place = part * Double(sorted.count - 1)
      let low = Int(place)
      let high = min(low + 1, sorted.count - 1)
      return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
    }
    attempts = sorted.count
    median = quantile(0.5)
    range = quantile(0.1)...quantile(0.9)
  }
}

extension Project {
  /// How many of the newest runs are asked.
  private static let runsAsked = 20

  /// What the runs of this clone reported of a model; nil where they say too little.
  func calibration(of model: String) throws -> Calibration? {
    let cache = cache
    var ratios: [Double] = []
    for summary in try cache.runs().prefix(Self.runsAsked) {
      guard let state = try cache.state(of: summary.run) else { continue }
      for attempt in state.workstreams.flatMap(\.attempts) {
        guard let handed = attempt.spending.handedTokens, handed > 0,
          attempt.spending.longestInput > 0, attempt.spending.model == model
        else { continue }
        ratios.append(Double(attempt.spending.longestInput) / Double(handed))
      }
    }
    return Calibration(ratios)
  }
}
