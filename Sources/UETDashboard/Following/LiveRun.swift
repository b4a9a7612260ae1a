import UETEngine
import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETReporting
import UETSystem

/// One run that is followed. Everything that takes long is read on a thread of its own.
final class LiveRun {
  /// What was read so.
  enum Reading: Sendable {
    case outline(RunOutline?)
    case timeline(FollowedTimeline?)
    case queue(QueueSnapshot?, sequence: Int, took: Duration)
    case waits([WorkstreamID: String])
  }

  private let project: Project
  private var followed: FollowedRun
  private var tails: LogTails
  private var isHeld: Bool
  private let isForeign: Bool
  private var waits: [WorkstreamID: String] = [:]
  private var lastLines: [WorkstreamID: String] = [:]
  private var outline: RunOutline?
  private var timeline: FollowedTimeline?
  /// Events since the reading of the timeline began.
  private var sinceTimeline: [Event]?
  private(set) var lines: [EventLine] = []
  private(set) var queue: QueueSnapshot?
  private var queueReading = (sequence: 0, isUnderWay: false, restsUntil: ContinuousClock.now)
  private var drawn: (sequence: Int, second: Int64, told: (RunMetrics, RunTimeline))?
  private var plan: ObjectID?
  private var isAsking = false

  static let mostLines = 100

  init(_ project: Project, _ run: RunID) throws {
    self.project = project
    followed = try FollowedRun(project, run)
    tails = LogTails(project, run: run)
    isHeld = try project.liveHolder(of: run) != nil
    isForeign = try !project.isOwn(run)
    plan = followed.state.plan
    var query = EventQuery(run: run)
    query.tail = Self.mostLines
    let last = followed.state.sequence
    take(try project.events(query).map(\.event).filter { $0.seq <= last && $0.writer == "main" })
    lastLines = tails.news(followed.state)
  }

  private var run: RunID { followed.run }
  var logFolder: String { tails.folder }

  func snapshot(at now: Timestamp) -> RunSnapshot {
    RunSnapshot(
      state: followed.state, isHeld: isHeld, isForeign: isForeign, waits: waits,
      lastLines: lastLines, outline: outline,
      now: now)
  }

  private func take(_ events: [Event]) {
    let state = followed.state
    let new = events.compactMap { EventLine($0, state) }
    lines = (lines + new).suffix(Self.mostLines)
  }
}

extension LiveRun {
  /// Looks at what has changed; gives what those who listen are told.
  func look(for follower: Follower) -> [News] {
    var news: [News] = []
    let wasHeld = isHeld
    isHeld = ((try? project.liveHolder(of: run)) ?? nil) != nil
    switch try? followed.refresh() {
    case .events(let events):
      take(events)
      timeline?.take(events)
      sinceTimeline?.append(contentsOf: events)
      let state = followed.state
      news = events.compactMap { EventLine($0, state)?.news }
      news.append(changed)
    case .another:
      (lines, timeline, drawn, outline) = ([], nil, nil, nil)
      readPlan(for: follower)
      news = [News(kind: .reset, position: followed.state.sequence, data: [:])]
    case .nothing, nil: break
    }
    if followed.state.plan != plan { readPlan(for: follower) }
    let printed = tails.news(followed.state)
    if !printed.isEmpty {
      lastLines.merge(printed) { $1 }
      news.append(News(kind: .log, position: nil, data: [:]))
    }
    if news.isEmpty, wasHeld != isHeld { news = [changed] }
    if !news.isEmpty { askWaits(for: follower) }
    return news
  }

  private var changed: News {
    News(kind: .change, position: followed.state.sequence, data: [:])
  }

  /// What came after an event.
  func missed(after last: Int?, most: Int) throws -> [News] {
    guard let last else { return [] }
    let now = followed.state.sequence
    if last == now { return [] }
    // Whoever asks names any number at all: a negative one is none of ours, and may overflow.
    guard last >= 0, last < now, now - last <= most else {
      return [News(kind: .reset, position: now, data: [:])]
    }
    var cursor = EventCursor(run, after: last)
    let events = try project.cache.events(EventQuery(run: run), after: &cursor).map(\.event)
      .filter { $0.writer == LedgerNames.mainWriter && $0.seq <= now }
    let state = followed.state
    return events.compactMap { EventLine($0, state)?.news } + [changed]
  }
}

extension LiveRun {
  /// Reads the plan, and all that happened for pictures.
  func readPlan(for follower: Follower) {
    plan = followed.state.plan
    sinceTimeline = []
    read(for: follower) { project, run in .outline(project.plan(of: run).map(RunOutline.init)) }
    read(for: follower) { project, run in
      .timeline(try? FollowedTimeline(project, run, tracking: true))
    }
  }

  /// Reads the queue where something waits in it and the record has grown since; one that takes
  /// long is not read all the time.
  func readQueue(for follower: Follower) {
    let sequence = followed.state.sequence
    guard followed.state.workstreams.contains(where: { $0.state == .queued }) else {
      queue = nil
      return
    }
    guard !queueReading.isUnderWay, queueReading.sequence != sequence,
      ContinuousClock.now >= queueReading.restsUntil
    else { return }
    queueReading.isUnderWay = true
    read(for: follower) { project, run in
      let start = ContinuousClock.now
      let queue = try? QueueSnapshot.read(run, in: project)
      return .queue(queue, sequence: sequence, took: ContinuousClock.now - start)
    }
  }

  private func askWaits(for follower: Follower) {
    guard isHeld, !isAsking else { return }
    isAsking = true
    read(for: follower) { project, run in .waits(Steering(project).waits(of: run)) }
  }

  private func read(
    for follower: Follower, _ body: @escaping @Sendable (Project, RunID) -> Reading
  ) {
    let (project, run) = (project, run)
    try? OwnThread.start {
      let reading = body(project, run)
      Task { await follower.take(reading, of: run) }
    }
  }

  func take(_ reading: Reading) {
    // What was read on the way to it is much, and this process lives long.
    defer { FreedMemory.giveBack() }
    switch reading {
    case .outline(let new): outline = new
    case .timeline(let new):
      timeline = new
      timeline?.take(sinceTimeline ?? [])
      (sinceTimeline, drawn) = (nil, nil)
    case .queue(let new, let sequence, let took):
      queue = new
      queueReading = (sequence, false, ContinuousClock.now.advanced(by: took * 10))
    case .waits(let new):
      waits = new
      isAsking = false
    }
  }

  /// The figures, made once a second at most while somebody is at work.
  func told(at now: Timestamp) -> (metrics: RunMetrics, timeline: RunTimeline)? {
    guard let timeline else { return nil }
    let (sequence, second) = (followed.state.sequence, isHeld ? now.wholeSeconds : 0)
    if let drawn, drawn.second == second, isHeld || drawn.sequence == sequence { return drawn.told }
    let told = timeline.told(followed.state, live: isHeld ? now : nil)
    drawn = (sequence, second, told)
    return told
  }
}
