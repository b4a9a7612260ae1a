import UETModel
import UETReporting

/// When everything of a run was, going on with its events.
package struct FollowedTimeline: Sendable {
  private var timeline: RunTimeline
  private var sequence = 0
  private let basis: MetricsBasis

  /// Reads all that is on record. `tracking` says that pictures are wanted.
  package init(_ project: Project, _ run: RunID, tracking: Bool = false) throws {
    basis = project.metricsBasis(of: run)
    timeline = RunTimeline(run, conflicts: basis.conflicts, tracking: tracking)
    try project.read(run) { event in
      timeline.take(event)
      sequence = event.seq
    }
  }

  /// Takes what has come; what is known already is passed over.
  package mutating func take(_ events: [Event]) {
    for event in events where event.seq > sequence {
      timeline.take(event)
      sequence = event.seq
    }
  }

  /// The figures with what pictures are drawn from; `live` is now, for a run at which somebody is
  /// at work.
  package func told(
    _ state: RunState, live: Timestamp?
  ) -> (metrics: RunMetrics, timeline: RunTimeline) {
    var ended = timeline
    ended.end(live: live)
    return (basis.metrics(ended, state), ended)
  }
}
