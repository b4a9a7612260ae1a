import UETModel

/// What a plan is made for.
package struct PlanOptions: Hashable, Sendable {
  /// How many workstreams may run at a time; at least 1 counts.
  package var workers: Int
  package var durations: DurationSource
  /// Median seconds of past runs, for `DurationSource.history`.
  package var history: [WorkstreamID: Double]
  /// How long to look for a shorter schedule than the first where that is not proven best: a bound
  /// in steps, not seconds, so that the result is the same everywhere.
  package var searchSteps = PlanOptions.defaultSearchSteps

  /// Some tenths of a second; small plans take less.
  package static let defaultSearchSteps = 80_000_000

  package init(
    workers: Int = 4, durations: DurationSource = .auto, history: [WorkstreamID: Double] = [:]
  ) {
    self.workers = workers
    self.durations = durations
    self.history = history
  }
}
