import UETModel

/// How often a gate ran, and what it said.
package struct GateFigures: Hashable, Sendable {
  package let name: String
  /// Runs that ended, green or red.
  package fileprivate(set) var runs = 0
  package fileprivate(set) var red = 0
  /// Runs without a verdict.
  package fileprivate(set) var faults = 0
  package fileprivate(set) var flaky = 0
  /// Verdicts that were known already.
  package fileprivate(set) var reused = 0
  /// Runs that went on from what had been built before.
  package fileprivate(set) var warm = 0
  /// Seconds of all runs.
  package fileprivate(set) var seconds = 0.0

  init(name: String) { self.name = name }

  mutating func add(_ fact: Told<Fact.GateRun>, passed: Bool) {
    if fact.has(\.reused) {
      reused += 1
      return
    }
    seconds += fact.seconds ?? 0
    if fact.fault == true {
      faults += 1
      return
    }
    runs += 1
    if !passed { red += 1 }
    if fact.flaky == true { flaky += 1 }
    if fact.has(\.warm) { warm += 1 }
  }
}

/// What became of results in the queue.
struct QueueFigures: Sendable {
  var queued: Set<WorkstreamID> = []
  var integrated = 0
  var landed = 0
  var conflicts = 0
  var gateRuns = 0
  var ejections: [(id: WorkstreamID, reason: String)] = []
  /// Microseconds from the queue's beginning with a candidate to its merge.
  var waits: [Int64] = []
}
