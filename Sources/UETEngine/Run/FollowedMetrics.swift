import UETModel
import UETReporting

/// The figures of a run that are asked for again and again: of what is on record each event is read
/// once.
package struct FollowedMetrics {
  private let project: Project
  /// nil for the one at work, else the newest, whichever that is when it is asked for.
  private let named: RunID?
  private var followed: (run: FollowedRun, timeline: FollowedTimeline)?

  package init(_ project: Project, of run: RunID?) { (self.project, named) = (project, run) }

  /// The figures as they are now.
  package mutating func families() throws -> [MetricFamily] {
    let run = try named ?? project.heldRun()?.run ?? project.run(named: nil)
    let isLive = try project.liveHolder(of: run) != nil
    let now = try upToDate(run)
    followed = now
    let state = now.run.state
    return now.timeline.told(state, live: isLive ? project.clock.now() : nil).metrics
      .families(state, isLive: isLive, version: ProgramVersion.text)
  }

  private func upToDate(_ run: RunID) throws -> (run: FollowedRun, timeline: FollowedTimeline) {
    if var known = followed, known.run.run == run {
      switch try known.run.refresh() {
      case .nothing: return known
      case .events(let news):
        known.timeline.take(news)
        return known
      case .another: break
      }
    }
    return (try FollowedRun(project, run), try FollowedTimeline(project, run))
  }
}
