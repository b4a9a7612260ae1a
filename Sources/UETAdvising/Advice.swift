import UETModel

/// A change of a setting or of the plan, and what it is expected to bring.
package struct Advice: Hashable, Sendable {
  /// What is changed; each is looked at by itself, with all else as it is.
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    /// How many work at a time.
    case workers
    /// Whose scopes are wider than what they change.
    case scope
    /// How many gates of the queue run at once, how many candidates are tried at once, and how.
    case slots, window, strategy
    /// What a gate reads, and that it goes on from what it built.
    case inputs, warm
    /// What a run may cost.
    case budget
  }

  package enum Unit: String, Hashable, Sendable {
    /// Of the time until the last result, or until the queue has decided on the last candidate.
    case seconds
    /// Of gates' time, whoever waits for it.
    case gateSeconds = "gate_seconds"
    /// That the next run is not stopped.
    case chance
  }

  package let kind: Kind
  /// The setting, gate, or pattern.
  package let subject: String
  package let now: String
  package let proposed: String
  package let unit: Unit
  package let gain: Interval
  /// The mean of the same figure as things are; of which the gain is a part.
  package let whole: Double
  /// What it follows from, a sentence each.
  package let evidence: [String]
  /// What to type or to edit.
  package let steps: [String]
  /// Of the evidence what is assumed and not measured, said before it is followed.
  package var caution: String?

  /// The part of the whole that is gained.
  var share: Double { whole > 0 ? gain.mean / whole : 0 }
}

/// A mean, and where most of what may come lies: eight of ten.
package struct Interval: Hashable, Sendable {
  package static let coverage = 0.8

  package let mean: Double
  package let low: Double
  package let high: Double

  package init(mean: Double, low: Double, high: Double) {
    (self.mean, self.low, self.high) = (mean, low, high)
  }

  /// Of equally likely values, of which there is one at least.
  init(_ values: [Double]) {
    let sorted = values.sorted()
    self.init(
      mean: values.mean, low: sorted.quantile((1 - Self.coverage) / 2),
      high: sorted.quantile((1 + Self.coverage) / 2))
  }
}

/// All that follows from what was measured.
package struct AdviceReport: Sendable {
  /// Why nothing is advised of a kind.
  package struct Silence: Hashable, Sendable {
    package let kind: Advice.Kind
    package let reason: String
  }

  /// What the next run of the plan costs, in US dollars.
  package struct Forecast: Hashable, Sendable {
    package let cost: Interval
    /// It covers nine runs of ten.
    package let budget: Double
  }

  package let runs: [RunID]
  /// Attempts with a result in these.
  package let results: Int
  /// What brings most of its whole first.
  package let advice: [Advice]
  package let silences: [Silence]
  package let forecast: Forecast?
  package let trials: Int
  package let seed: UInt64
}

extension Collection<Double> {
  var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }

  /// Of what they were drawn from, as far as they show it.
  var variance: Double {
    let mean = mean
    return reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(Swift.max(1, count - 1))
  }
}

extension [Double] {
  /// Of sorted values, at least one, the one below which that part of them lies, between two
  /// neighbours by their weight.
  func quantile(_ part: Double) -> Double {
    guard count > 1 else { return first ?? 0 }
    let place = Swift.max(0, Swift.min(1, part)) * Double(count - 1)
    let below = Swift.min(Int(place), count - 2)
    return self[below] + (place - Double(below)) * (self[below + 1] - self[below])
  }

  var median: Double { sorted().quantile(0.5) }
}
