import UETLedger
import UETModel

/// What past runs in this repository's ledgers took.
package struct History: Sendable {
  /// Seconds of each workstream's successful attempts, in all runs.
  private var seconds: [WorkstreamID: [Double]] = [:]
  private var (ended, failed) = (0, 0)

  package init() {}

  /// Median seconds of the successful attempts, by workstream.
  package var medians: [WorkstreamID: Double] { seconds.mapValues(Self.median) }

  /// The part of all attempts that failed; nil before there are ten to judge by.
  package var failureChance: Double? { ended < 10 ? nil : Double(failed) / Double(ended) }

  /// Real durations as multiples of planned ones, sorted; empty where nothing is known of both.
  package func ratios(toPlanned planned: [WorkstreamID: Double]) -> [Double] {
    planned.flatMap { id, plan in
      plan > 0 ? (seconds[id] ?? []).map { $0 / plan } : []
    }.sorted()
  }

  private static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2)
      ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }

  fileprivate mutating func add(_ state: RunState) {
    for record in state.workstreams {
      for attempt in record.attempts {
        guard let end = attempt.endedAt else { continue }
        ended += 1
        failed += attempt.hasFailed ? 1 : 0
        guard attempt.outcome == .succeeded else { continue }
        seconds[record.id, default: []].append(
          max(0.001, end.seconds(since: attempt.startedAt ?? attempt.assignedAt)))
      }
    }
  }
}

extension Project {
  /// The history that the runs of this clone hold; empty before the first.
  package func history() throws -> History {
    var history = History()
    let cache = cache
    for summary in try cache.runs() {
      if let state = try cache.state(of: summary.run) { history.add(state) }
    }
    return history
  }
}
