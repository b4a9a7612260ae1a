import UETLedger
import UETModel
import UETReporting

/// The figures of a run that are asked for again and again: of what is on record each event is read
/// once.
package struct FollowedMetrics {
  private let project: Project
  /// nil for the one at work, else the newest, whichever that is when it is asked for.
  private let named: RunID?
  private var followed: Followed?

  private struct Followed {
    let run: RunID
    var tip: ObjectID
    var timeline: RunTimeline
    var state: RunState
    let basis: MetricsBasis
  }

  package init(_ project: Project, of run: RunID?) { (self.project, named) = (project, run) }

  /// The figures as they are now.
  package mutating func families() throws -> [MetricFamily] {
    let run = try named ?? project.heldRun()?.run ?? project.run(named: nil)
    let isLive = try project.liveHolder(of: run) != nil
    guard var now = try upToDate(run) else {
      // An archived run does not grow.
      return try project.metrics(of: run).families(
        project.state(of: run), isLive: isLive, version: ProgramVersion.text)
    }
    followed = now
    now.timeline.end(live: isLive ? project.clock.now() : nil)
    return now.basis.metrics(now.timeline, now.state)
      .families(now.state, isLive: isLive, version: ProgramVersion.text)
  }

  private func upToDate(_ run: RunID) throws -> Followed? {
    if try project.archived(run) != nil { return nil }
    let tip = try project.reader.tip(of: run)
    if var known = followed, known.run == run {
      if known.tip == tip { return known }
      if (try? read(&known, to: tip, after: known.tip)) != nil { return known }
    }
    let basis = project.metricsBasis(of: run)
    var fresh = Followed(
      run: run, tip: tip, timeline: RunTimeline(run, conflicts: basis.conflicts),
      state: RunState(run: run), basis: basis)
    try read(&fresh, to: tip, after: nil)
    return fresh
  }

  private func read(_ followed: inout Followed, to tip: ObjectID, after base: ObjectID?) throws {
    let reader = project.reader
    var news: [Event] = []
    _ = try reader.walk(to: tip, after: base) { (commit) throws(LedgerError) in
      news += try reader.events(of: commit)
    }
    for event in news {
      try followed.state.apply(event)
      followed.timeline.take(event)
    }
    followed.tip = tip
  }
}
