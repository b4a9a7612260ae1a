import UETModel

/// What a plan is made for.
package struct PlanOptions: Hashable, Sendable {
  /// How many workstreams may run at a time; at least 1 counts.
  package var workers: Int
  package var durations: DurationSource
  /// Median seconds of past runs, for `DurationSource.history`.
  package var history: [WorkstreamID: Double]

  package init(
    workers: Int = 4, durations: DurationSource = .auto, history: [WorkstreamID: Double] = [:]
  ) {
    self.workers = workers
    self.durations = durations
    self.history = history
  }
}
