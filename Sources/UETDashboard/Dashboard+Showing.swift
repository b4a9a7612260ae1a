import UETEngine
import UETLedger
import UETModel
import UETPlanning
import UETReporting
import UETWorkers

extension Dashboard {
  /// A page's frame and what is in it.
  func shown(_ place: Place, _ session: Doorkeeper.Session) async throws -> (Frame, HTML) {
    switch place {
    case .runs:
      let page = try RunsPage(project, cache)
      var frame = Frame(title: "runs", here: place, news: .news(nil))
      frame.position = 0
      return (frame, page.content)
    case .run(let run, let query): return try await shown(run, query, place, session)
    case .workstream(let run, let id, let view, let attempt):
      return try await shown(run, id, view, attempt, place, session)
    case .reviews(let run): return try await reviews(run, place, session)
    case .compare(let before, let after): return (try compared(place, before, after))
    case .plan(let phase): return (Frame(title: "plan", here: place), preview(phase).content)
    case .news, .act, .style, .script, .icon: throw Refusal(.usage, "that is no page")
    }
  }

  private func frame(
    _ title: String, _ place: Place, _ run: RunID, _ snapshot: RunSnapshot
  ) -> Frame {
    var frame = Frame(title: title, run: run, here: place, news: .news(run))
    frame.position = snapshot.state.sequence
    frame.moves = snapshot.isHeld && !snapshot.state.status.isOver
    return frame
  }

  private func forms(_ run: RunID, _ session: Doorkeeper.Session, _ back: Place) -> Forms {
    Forms(run: run, seal: session.seal, isReadOnly: isReadOnly, back: back)
  }

  private func shown(
    _ run: RunID, _ query: Place.RunQuery, _ place: Place, _ session: Doorkeeper.Session
  ) async throws -> (Frame, HTML) {
    let snapshot = try await follower.snapshot(of: run)
    let page = RunPage(
      snapshot: snapshot, query: query, lines: try await follower.lines(of: run),
      told: try await follower.told(of: run), queue: try await follower.queue(of: run),
      forms: forms(run, session, place))
    return (frame("run \(run)", place, run, snapshot), page.content)
  }

  private func shown(
    _ run: RunID, _ id: WorkstreamID, _ view: Place.View, _ attempt: Int?, _ place: Place,
    _ session: Doorkeeper.Session
  ) async throws -> (Frame, HTML) {
    let snapshot = try await follower.snapshot(of: run)
    guard let record = snapshot.state[id] else {
      throw Refusal.unknownWorkstream(
        id.rawValue, known: snapshot.state.workstreams.map(\.id), run: run)
    }
    let page = WorkstreamPage(
      record: record, snapshot: snapshot,
      names: RunNames(prefix: project.refPrefix, run: run), view: view, attempt: attempt,
      detail: try await detail(record, run, view, attempt), forms: forms(run, session, place))
    var frame = frame("\(id)", place, run, snapshot)
    frame.showsLog = view == .log
    return (frame, page.content)
  }

  private func detail(
    _ record: WorkstreamRecord, _ run: RunID, _ view: Place.View, _ attempt: Int?
  ) async throws -> WorkstreamPage.Detail {
    switch view {
    case .attempts: return .attempts
    case .gates: return .gates
    case .diff: return .diff(try await project.diff(of: record))
    case .log: return .log(try logs(record, run, attempt))
    }
  }

  /// Of each log no more is shown, in bytes: its end.
  private static let longestLog = 64 << 10

  private func logs(
    _ record: WorkstreamRecord, _ run: RunID, _ attempt: Int?
  ) throws -> [(name: String, lines: [String], isCut: Bool)] {
    let isLast = attempt == nil || attempt == record.lastAttempt?.number
    if isLast, let lines = LogTails(project, run: run).lines(of: record, limit: Self.longestLog) {
      return [(name: "what it prints now", lines: lines, isCut: false)]
    }
    return try project.logs(of: record, in: run, attempt: attempt).map { log in
      let isCut = log.bytes.count > Self.longestLog
      var end = log.bytes.suffix(Self.longestLog)
      if isCut, let line = end.firstIndex(of: UInt8(ascii: "\n")) { end = end[(line + 1)...] }
      return (name: log.name, lines: LogText.lines(of: end), isCut: isCut)
    }
  }

  private func reviews(
    _ run: RunID, _ place: Place, _ session: Doorkeeper.Session
  ) async throws -> (Frame, HTML) {
    let snapshot = try await follower.snapshot(of: run)
    let reviews = Reviews(project)
    let overview = try reviews.overview(of: run)
    let open = overview.entries.sorted { one, other in
      let first = one.record.review() == .undecided
      return first == (other.record.review() == .undecided)
        ? one.record.id < other.record.id : first
    }.prefix(ReviewsPage.most)
    let looks = await reviews.looks(at: Array(open), in: overview.state)
    var entries: [ReviewsPage.Entry] = []
    for entry in open {
      entries.append(
        ReviewsPage.Entry(
          review: entry, look: looks[entry.record.id],
          diff: try? await project.diff(of: entry.record)))
    }
    let page = ReviewsPage(
      overview: overview, entries: entries, forms: forms(run, session, place))
    return (frame("reviews of \(run)", place, run, snapshot), page.content)
  }

  private func compared(
    _ place: Place, _ before: RunID?, _ after: RunID?
  ) throws -> (Frame, HTML) {
    let runs = try cache.runs()
    let (one, other) = (before ?? runs.dropFirst().first?.run, after ?? runs.first?.run)
    var comparison: RunComparison?
    // Only what was asked for: it is read whole.
    if before != nil || after != nil, let one, let other {
      guard one != other else { throw Refusal(.usage, "a run is not compared with itself") }
      comparison = RunComparison(try project.metrics(of: one), try project.metrics(of: other))
    }
    let page = ComparePage(runs: runs, before: one, after: other, comparison: comparison)
    return (Frame(title: "compare", here: place), page.content)
  }

  private func preview(_ phase: String?) -> PreviewPage {
    do {
      // What the files and the configuration are now, and not what they were at the start.
      let project = try Project.open(
        from: project.repository.workTree ?? project.repository.gitDirectory,
        environment: project.environment, clock: project.clock)
      let (plan, warnings) = try PlanSource(of: project).plan(past: project.history)
      return PreviewPage(finding: .plan(PlanReport(plan, loadWarnings: warnings)), phase: phase)
    } catch {
      return PreviewPage(finding: .refused(Refusal(error)), phase: phase)
    }
  }
}
