import UETEngine
import UETLedger
import UETModel
import UETReporting
import UETSystem
import UETWorkers

/// Follows the record and the logs once, for all who look.
actor Follower {
  let project: Project
  private nonisolated let executor = QueueExecutor(label: "git-uet.dashboard")
  private let watch = FolderWatch()
  private var runs: [RunID: LiveRun] = [:]
  /// Those that were looked at last, the latest at the end.
  private var order: [RunID] = []
  private var listeners: [Int: Listener] = [:]
  private var nextListener = 0
  private var round = 0
  /// The chains as they were seen last, for those who look at the list of runs.
  private var chains: [LedgerReader.Chain] = []

  /// More runs are not kept in memory, but for those to which somebody listens.
  private static let mostRuns = 3
  /// Changes that come closer together than this are one.
  private static let pace = Duration.milliseconds(50)
  private static let keepAlive = Duration.seconds(15)

  init(_ project: Project) { self.project = project }

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Looks whenever something changes, as long as the process lives.
  func follow() async {
    let alive = Task { [weak self] in
      while !Task.isCancelled {
        try? await Task.sleep(for: Self.keepAlive)
        await self?.sayAlive()
      }
    }
    defer { alive.cancel() }
    listen()
    for await _ in watch.changes {
      look()
      try? await Task.sleep(for: Self.pace)
    }
  }

  /// What is known of a run now; it is followed from here on.
  func snapshot(of run: RunID) throws -> RunSnapshot {
    try take(run).snapshot(at: project.clock.now())
  }

  /// The last lines of what happened, oldest first.
  func lines(of run: RunID) throws -> [EventLine] { try take(run).lines }

  /// What pictures are drawn from; nil while it is read.
  func told(of run: RunID) throws -> (metrics: RunMetrics, timeline: RunTimeline)? {
    try take(run).told(at: project.clock.now())
  }

  /// The queue; nil while it is read, or where there is none.
  func queue(of run: RunID) throws -> QueueSnapshot? {
    let live = try take(run)
    live.readQueue(for: self)
    return live.queue
  }

  private func take(_ run: RunID) throws -> LiveRun {
    order.removeAll { $0 == run }
    order.append(run)
    if let known = runs[run] { return known }
    let live = try LiveRun(project, run)
    runs[run] = live
    forget()
    listen()
    live.readPlan(for: self)
    return live
  }

  private func forget() {
    let heard = Set(listeners.values.compactMap(\.run))
    for run in order.dropLast(Self.mostRuns) where !heard.contains(run) {
      runs[run] = nil
      order.removeAll { $0 == run }
    }
  }

  /// Asked before each look, since folders come and go.
  private func listen() {
    let (state, common) = (project.stateDirectory, project.repository.commonDirectory)
    for folder in ["\(state)/runs", "\(state)/locks", "\(common)/\(project.ledgerNames.runs)"] {
      watch.add(folder)
    }
    for (run, live) in runs {
      watch.add("\(common)/\(project.ledgerNames.runs)/\(run)")
      watch.addOnce(live.logFolder)
    }
  }

  private func look() {
    listen()
    round += 1
    for (run, live) in runs {
      let news = live.look(for: self)
      if !news.isEmpty { tell(news, run) }
    }
    if listeners.values.contains(where: { $0.run == nil }) { lookAtChains() }
  }

  private func lookAtChains() {
    guard let now = try? project.reader.chains(), now != chains else { return }
    chains = now
    tell([News(kind: .change, position: nil, data: [:])], nil)
  }

  /// Something was read that takes its time.
  func take(_ reading: LiveRun.Reading, of run: RunID) {
    guard let live = runs[run] else { return }
    live.take(reading)
    tell([News(kind: .change, position: nil, data: [:])], run)
  }
}

extension Follower {
  /// Who hears of a run, or of all.
  private struct Listener {
    let run: RunID?
    let continuation: AsyncStream<[UInt8]>.Continuation
  }

  /// More is not kept for a listener that does not take it: it is cut off, and asks again for what
  /// came since.
  private static let mostWaiting = 256
  /// More events than these are not told one by one.
  private static let mostMissed = 200

  /// The news of a run, those that came after the event `last` first; of all runs without one.
  func news(of run: RunID?, after last: Int?) throws -> AsyncStream<[UInt8]> {
    var missed: [News] = []
    if let run {
      let live = try take(run)
      missed = try live.missed(after: last, most: Self.mostMissed)
    } else {
      chains = try project.reader.chains()
      if last != nil { missed = [News(kind: .change, position: nil, data: [:])] }
    }
    let (stream, continuation) = AsyncStream<[UInt8]>.makeStream(
      bufferingPolicy: .bufferingOldest(Self.mostWaiting))
    let number = nextListener
    nextListener += 1
    listeners[number] = Listener(run: run, continuation: continuation)
    continuation.onTermination = { [weak self] _ in
      Task { [weak self] in await self?.leave(number) }
    }
    // So that the browser knows at once that it is heard.
    continuation.yield(News.alive)
    for news in missed { continuation.yield(news.bytes) }
    return stream
  }

  private func leave(_ number: Int) { listeners[number] = nil }

  private func tell(_ news: [News], _ run: RunID?) {
    let bytes = news.flatMap(\.bytes)
    for (number, listener) in listeners where listener.run == run { send(bytes, number) }
  }

  private func sayAlive() {
    for number in listeners.keys { send(News.alive, number) }
  }

  private func send(_ bytes: [UInt8], _ number: Int) {
    if case .dropped = listeners[number]?.continuation.yield(bytes) {
      listeners[number]?.continuation.finish()
      listeners[number] = nil
    }
  }
}
