import UETLedger
import UETModel
import UETPlanning
import UETReporting

extension Project {
  /// The figures of a run, of this clone or another, archived or not; of one that goes on up to
  /// now.
  package func metrics(of run: RunID) throws -> RunMetrics { try told(of: run).metrics }

  /// Its figures, and when everything was, where that is wanted.
  package func told(
    of run: RunID, tracking: Bool = false
  ) throws -> (metrics: RunMetrics, timeline: RunTimeline) {
    let state = try state(of: run)
    let basis = metricsBasis(of: run, state)
    var timeline = RunTimeline(run, conflicts: basis.conflicts, tracking: tracking)
    try read(run) { timeline.take($0) }
    let isLive = try liveHolder(of: run) != nil
    timeline.end(live: isLive ? clock.now() : nil)
    return (basis.metrics(timeline, state), timeline)
  }

  /// What its figures need of the plan of a run.
  func metricsBasis(of run: RunID, _ state: RunState? = nil) -> MetricsBasis {
    // What cannot be planned any more has figures all the same, without the names of some waits.
    guard let recorded = try? RecordedPlan(reading: run, in: self, state: state) else {
      return MetricsBasis()
    }
    var basis = MetricsBasis()
    basis.conflicts = Self.conflicts(recorded)
    for workstream in recorded.plan.workstreams {
      basis.estimates[workstream.id] = workstream.estimate.duration
    }
    basis.planned = Self.schedule(recorded.plan)
    return basis
  }

  /// The plan of a run as it is on record now; nil where it cannot be read.
  package func plan(of run: RunID) -> Plan? { (try? RecordedPlan(reading: run, in: self))?.plan }

  /// When each was planned to be under way; nothing where no duration is known.
  private static func schedule(_ plan: Plan) -> [WorkstreamID: RunMetrics.Slot] {
    var slots: [WorkstreamID: RunMetrics.Slot] = [:]
    for (index, slot) in plan.schedule.slots.enumerated() {
      guard let start = plan.durations.seconds(slot.start),
        let end = plan.durations.seconds(slot.finish)
      else { return [:] }
      slots[plan.id(index)] = RunMetrics.Slot(start: start, end: end)
    }
    return slots
  }

  /// Those that may not run beside each other.
  private static func conflicts(_ recorded: RecordedPlan) -> [WorkstreamID: [WorkstreamID]] {
    let plan = recorded.plan
    var conflicts: [WorkstreamID: [WorkstreamID]] = [:]
    for index in plan.workstreams.indices {
      let others = plan.conflictGraph.conflicts(with: index).map { plan.workstreams[$0].id }
      if !others.isEmpty { conflicts[plan.workstreams[index].id] = others }
    }
    return conflicts
  }
}

/// What figures need of a plan.
struct MetricsBasis: Sendable {
  var conflicts: [WorkstreamID: [WorkstreamID]] = [:]
  var estimates: [WorkstreamID: Double] = [:]
  var planned: [WorkstreamID: RunMetrics.Slot] = [:]

  func metrics(_ timeline: RunTimeline, _ state: RunState) -> RunMetrics {
    RunMetrics(timeline, state, estimates: estimates, planned: planned)
  }
}
