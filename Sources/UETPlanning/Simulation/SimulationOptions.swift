/// What a simulation assumes where no history says better, and what it varies.
package struct SimulationOptions: Hashable, Sendable {
  /// Numbers of workers to try, ascending.
  package var workers: [Int]
  package var trials: Int
  package var seed: UInt64
  /// Dollars; nil when there is no limit.
  package var budget: Double?
  /// What really happened as multiples of the planned durations; empty for the triangle below.
  package var durationRatios: [Double] = []
  /// The least, likeliest and greatest multiple of a planned duration.
  package var durationTriangle = Triangle(low: 0.7, mode: 1, high: 2)
  /// The chance that an attempt fails; it has then taken its whole time.
  package var failureChance = 0.1
  /// Attempts before a workstream is given up, where it does not say so itself.
  package var maximumAttempts = 3
  /// An attempt's cost as a part of the workstream's `max_cost_usd`.
  package var costTriangle = Triangle(low: 0.2, mode: 0.5, high: 1)
  /// The time of the integration's gates as a part of the mean planned duration; one at a time.
  package var gateShare = 0.05
  /// The chance that a candidate conflicts, and its repair as a part of its planned duration.
  package var conflictChance = 0.05
  package var repairShare = 0.5
  /// How many can be at work before they slow each other down; nil where they never do.
  package var capacity: Double?

  package init(
    workers: [Int] = Array(1...16), trials: Int = 1_000, seed: UInt64 = 7, budget: Double? = nil
  ) {
    self.workers = workers
    self.trials = trials
    self.seed = seed
    self.budget = budget
  }

  /// A triangular distribution.
  package struct Triangle: Hashable, Sendable {
    package let low: Double
    package let mode: Double
    package let high: Double

    package init(low: Double, mode: Double, high: Double) {
      self.low = low
      self.mode = mode
      self.high = high
    }

    /// The value below which a part `chance` of all lies.
    package func value(_ chance: Double) -> Double {
      let split = (mode - low) / (high - low)
      return chance < split
        ? low + (chance * (high - low) * (mode - low)).squareRoot()
        : high - ((1 - chance) * (high - low) * (high - mode)).squareRoot()
    }
  }
}
