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
    // What cannot be planned any more has figures all the same, without the names of some waits.
    let recorded = try? RecordedPlan(reading: run, in: self)
    let conflicts = recorded.map(Self.conflicts) ?? [:]
    var estimates: [WorkstreamID: Double] = [:]
    for workstream in recorded?.plan.workstreams ?? [] {
      estimates[workstream.id] = workstream.estimate.duration
    }
    var timeline = RunTimeline(run, conflicts: conflicts, tracking: tracking)
    if let archived = try archived(run) {
      let query = EventQuery(run: run)
      for entry in try Cache.events(query, of: archived, reader: reader) {
        timeline.take(entry.event)
      }
    } else {
      try reader.events(of: run) { (event) throws(LedgerError) in timeline.take(event) }
    }
    let isLive = try liveHolder(of: run) != nil
    timeline.end(live: isLive ? clock.now() : nil)
    let metrics = RunMetrics(
      timeline, state, estimates: estimates,
      planned: recorded.map { Self.schedule($0.plan) } ?? [:])
    return (metrics, timeline)
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
