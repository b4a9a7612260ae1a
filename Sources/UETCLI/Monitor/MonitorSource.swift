import UETEngine
import UETLedger
import UETModel
import UETReporting
import UETScheduling
import UETWorkers

/// Brings what is known of a run up to date, when something has happened to it.
struct MonitorSource: Sendable {
  private let project: Project
  private let run: RunID
  private let steering: Steering
  /// The folders in which something changes when the run goes on.
  private let watch: FolderWatch
  private var tails: LogTails
  private var followed: FollowedRun
  /// What pages are made with.
  private let paper: Terminal
  private(set) var facts: MonitorFacts

  init(_ project: Project, _ run: RunID, _ watch: FolderWatch, unicode: Bool) throws {
    (self.project, self.run, self.watch) = (project, run, watch)
    paper = Terminal(
      .output, environment: ["TERM": "dumb", "LANG": unicode ? "C.UTF-8" : "C"])
    steering = Steering(project)
    tails = LogTails(project, run: run)
    followed = try FollowedRun(project, run)
    facts = MonitorFacts(state: followed.state, now: project.clock.now())
    facts.isForeign = try !project.isOwn(run)
    try refresh()
  }

  /// Reads the plan, which takes longer than all the rest.
  func timeLeft() -> TimeLeft? { project.plan(of: run).map { TimeLeft($0) } }

  /// What happened before, a line each: not needed for the first screen.
  func past() -> [String] {
    var query = EventQuery(run: run)
    query.tail = MonitorFacts.mostEvents
    let last = facts.state.sequence
    return lines(of: ((try? project.events(query)) ?? []).map(\.event).filter { $0.seq <= last })
  }

  mutating func use(past lines: [String]) {
    facts.events = (lines + facts.events).suffix(MonitorFacts.mostEvents)
  }
  mutating func use(_ timeLeft: TimeLeft) { facts.timeLeft = timeLeft }
  mutating func use(_ waits: [WorkstreamID: String]) { facts.waits = waits }
  mutating func tick() { facts.now = project.clock.now() }

  /// Looks at what has changed; gives whether the record did.
  @discardableResult
  mutating func refresh() throws -> Bool {
    tick()
    listen()
    facts.isHeld = try project.liveHolder(of: run) != nil
    let hasGrown = try read()
    for (id, line) in tails.news(facts.state) { facts.lastLines[id] = line }
    return hasGrown
  }

  /// Why what does not run does not, as the live process says.
  func waits() -> [WorkstreamID: String] { steering.waits(of: run) }

  /// Asked before each look, since folders come and go. Logs are listened to from one look to the
  /// next: what is printed meanwhile costs nothing.
  private func listen() {
    let state = project.stateDirectory
    let chain = "\(project.repository.commonDirectory)/\(project.ledgerNames.runs)/\(run)"
    for folder in ["\(state)/runs", "\(state)/locks", chain] { watch.add(folder) }
    watch.addOnce(tails.folder)
  }

  private mutating func read() throws -> Bool {
    let news = try followed.refresh()
    if case .nothing = news { return false }
    facts.state = followed.state
    if case .events(let events) = news { facts.tell(lines(of: events)) }
    return true
  }

  private func lines(of events: [Event]) -> [String] {
    let state = facts.state
    return events.compactMap { event in
      FactLine(event: event, state: state).sentence.map {
        "\(LocalTime.clock(event.at))  \($0)"
      }
    }
  }
}

extension MonitorSource {
  /// What a page of a workstream holds.
  func page(_ page: MonitorDetail.Page, of id: WorkstreamID) async -> [String] {
    guard let record = facts.state[id] else { return ["it is not in the plan any more"] }
    do {
      switch page {
      case .log: return try log(of: record)
      case .diff: return try await project.diff(of: record) ?? ["there is no result to look at yet"]
      case .attempts: return attempts(of: record)
      }
    } catch {
      return Refusal(error).messages
    }
  }

  private func log(of record: WorkstreamRecord) throws -> [String] {
    if let lines = tails.lines(of: record, limit: 1 << 16) {
      return lines.isEmpty ? ["it has printed nothing yet"] : lines
    }
    let logs = try project.logs(of: record, in: run, attempt: nil)
    if logs.isEmpty { return ["neither it nor its gates printed anything"] }
    return logs.flatMap { log in
      (logs.count > 1 ? ["==> \(log.name) <=="] : []) + LogText.lines(of: log.bytes)
    }
  }

  private func attempts(of record: WorkstreamRecord) -> [String] {
    WorkstreamView(
      record: record, state: facts.state,
      names: RunNames(prefix: project.refPrefix, run: run), now: facts.now, terminal: paper
    ).lines
  }

  /// Does what a person asked for, and says what came of it.
  func perform(_ deed: MonitorDeed) async -> String {
    do {
      try project.requirePerson(to: "steer a run")
      switch deed {
      case .pause: return try await ask(.pause(reason: nil))
      case .resume: return try await ask(.resume)
      case .cancel(let id): return try await ask(.cancel([id], reason: nil))
      case .retry(let id):
        return try await ask(
          .retry(
            RetryRequest(
              [id], withDependents: false, isFresh: false, because: nil)))
      case .approve(let id, let commit):
        var decision = ReviewDecision(.approved, of: [id])
        decision.commit = commit.hex
        let outcome = try await Reviews(project).decide(decision, in: run)
        return ReviewAnswer(decision: decision, outcome: outcome, run: run).lines
          .joined(separator: "; ")
      case .open: return ""
      }
    } catch {
      let refusal = Refusal(error)
      return (refusal.messages + refusal.hints).joined(separator: "; ")
    }
  }

  private func ask(_ request: RunSteering) async throws -> String {
    let answer = try await steering.ask(request, in: run)
    return answer.message + (answer.hint.map { "; " + $0 } ?? "")
  }
}
