import UETModel

/// What a simulation found for each number of workers.
package struct SimulationResult: Hashable, Sendable {
  package struct Percentiles: Hashable, Sendable {
    package let p50: Double
    package let p90: Double
    package let p95: Double

    /// The nearest-rank percentiles.
    init(_ values: [Double]) {
      let sorted = values.sorted()
      func rank(_ percent: Int) -> Double {
        sorted.isEmpty ? 0 : sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
      }
      (p50, p90, p95) = (rank(50), rank(90), rank(95))
    }
  }

  package struct Row: Hashable, Sendable {
    package let workers: Int
    /// In the plan's unit, integration included.
    package let makespan: Percentiles
    /// In dollars.
    package let cost: Percentiles
    /// The part of the trials that stayed within the budget.
    package let withinBudget: Double
    /// The part of the trials in which every workstream succeeded.
    package let completes: Double
  }

  package let rows: [Row]
  /// From here on another worker makes the median less than 2 % shorter.
  package let enough: Int
  /// Why more do not help.
  package let reason: String
  package let unit: DurationUnit
  package let options: SimulationOptions
}
