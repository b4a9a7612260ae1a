import UETEngine
import UETGit
import UETModel
import UETWorkers

/// Serves the lines of some repositories: tests and lands what is pushed to them, as it comes.
///
/// All that it knows is in the repositories: one that is killed is gone on from by the next.
package actor QueueServer {
  private struct Key: Hashable {
    let repository: Int
    let branch: String
  }

  private enum Message: Sendable {
    case look
    case ended(Int, String, Result<LineWork.End, any Error>)
    case drain
    case stop
  }

  private struct Standing {
    var control: RunControl?
    /// When it got its turn last; who waited longest is next.
    var turn = 0
    /// Failures in a row.
    var failures = 0
    /// Not before then, whatever is pushed.
    var notBefore: ContinuousClock.Instant?
    /// What it rested for when it was told last.
    var rest: String?
    /// How the line looks to who asks whether something may be taken, when its turn began and when
    /// it was over.
    var (begun, seen): (LineSight?, LineSight?)
    var dequeued: Set<ObjectID> = []
  }

  private let repositories: [ServedRepository]
  private let atOnce: Int
  private let isOnce: Bool
  /// Seconds between two looks at a host that cannot call.
  private let interval: Double
  private let report: @Sendable (ServeEvent) -> Void
  private let warn: @Sendable (String) -> Void
  private let (messages, sender) = AsyncStream<Message>.makeStream()
  private var lines: [Key: Standing] = [:]
  private var turns = 0
  private var isDraining = false
  private var hasFailed = false
  private var tidying: Task<Void, Never>?

  /// Takes the repositories at `places`.
  ///
  /// With `remote` they are bare clones of hosts without hooks, asked every `interval` seconds.
  /// With `once` it ends when nothing may be taken any more. Throws where one of them is no
  /// repository, or served already.
  package init(
    _ places: [String], remote: String? = nil, label: String? = nil, interval: Double = 30,
    environment: [String: String], atOnce: Int, once: Bool, trustsAll: Bool,
    warn: @escaping @Sendable (String) -> Void,
    report: @escaping @Sendable (ServeEvent) -> Void
  ) throws {
    repositories = try places.map {
      try ServedRepository(
        $0, remote: remote, label: label, environment: environment, trustsAll: trustsAll,
        warn: warn)
    }
    self.interval = interval
    (self.atOnce, isOnce) = (atOnce, once)
    (self.report, self.warn) = (report, warn)
  }

  /// Lets what runs finish, and begins nothing more.
  package nonisolated func drain() { sender.yield(.drain) }

  /// Ends what runs at once.
  package nonisolated func stop() { sender.yield(.stop) }

  /// Seconds that what runs has to finish.
  package nonisolated var patience: Double {
    repositories.map(\.project.configuration.run.drain).max() ?? 0
  }

  /// Serves until it is told to end; whether all went well.
  package func run() async -> Bool {
    let watch = FolderWatch()
    for served in repositories {
      watch.add(ServeFiles(served.project.repository).folder)
    }
    let (sender, changes) = (sender, watch.changes)
    let listener = Task { for await _ in changes { sender.yield(.look) } }
    await ask()
    let asker = Task { [interval, repositories] in
      guard repositories.contains(where: { $0.mirror != nil }) else { return }
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(interval))
        if !Task.isCancelled { await self.ask() }
      }
    }
    look()
    if !isOver {
      for await message in messages {
        take(message)
        if isOver { break }
      }
    }
    listener.cancel()
    asker.cancel()
    await tidying?.value
    for served in repositories { await served.mirror?.publish() }
    for served in repositories { served.close() }
    return !hasFailed
  }

  /// Asks the hosts that cannot call what is new there, and shows them what is decided here.
  private func ask() async {
    for served in repositories {
      guard let mirror = served.mirror else { continue }
      do {
        try await mirror.fetch()
        await mirror.publish()
      } catch {
        hasFailed = true
        warn("'\(served.place)': \(Refusal(error).messages.first ?? "")".terminalSafe)
      }
    }
    sender.yield(.look)
  }

  private var isBusy: Bool { lines.values.contains { $0.control != nil } }

  private var isOver: Bool {
    if isBusy { return false }
    return isDraining || isOnce
  }

  /// What is old is put away beside the work, and never twice at once.
  private func tidy() {
    guard tidying == nil, !isDraining else { return }
    tidying = Task { [repositories] in
      for served in repositories { await served.tidy() }
      self.tidying = nil
    }
  }

  private func take(_ message: Message) {
    switch message {
    case .look: look()
    case .ended(let repository, let branch, let result):
      end(Key(repository: repository, branch: branch), result)
      tidy()
      look()
    case .drain:
      isDraining = true
      for standing in lines.values { standing.control?.drain() }
    case .stop:
      isDraining = true
      tidying?.cancel()
      for standing in lines.values { standing.control?.stop() }
    }
  }
}

extension QueueServer {
  /// Gives each line that has something to do its turn, as far as there is room.
  private func look() {
    var ready: [(key: Key, turn: Int)] = []
    for (number, served) in repositories.enumerated() {
      do {
        for branch in try branches(served) {
          let key = Key(repository: number, branch: branch)
          let standing = lines[key] ?? Standing()
          lines[key] = standing
          if standing.control != nil {
            dequeueChanged(key, served)
          } else if try mayBegin(key, standing, served) {
            ready.append((key, standing.turn))
          }
        }
      } catch {
        warn("'\(served.place)': \(Refusal(error).messages.first ?? "")".terminalSafe)
        hasFailed = true
      }
    }
    guard !isDraining else { return }
    for (key, _) in ready.sorted(by: { $0.turn < $1.turn }) {
      guard lines.values.count(where: { $0.control != nil }) < atOnce else { return }
      begin(key)
    }
  }

  /// Those with candidates, or a run that is not over.
  private func branches(_ served: ServedRepository) throws -> [String] {
    served.project.repository.renew()
    let waiting = try served.book.candidates().filter { $0.state != .aside }.map(\.branch)
    let current = try served.book.lines().filter { $0.current != nil }.map(\.branch)
    return Set(waiting + current).sorted()
  }

  private func mayBegin(
    _ key: Key, _ standing: Standing, _ served: ServedRepository
  ) throws -> Bool {
    let isDue = standing.notBefore.map { $0 <= .now } ?? true
    guard let seen = standing.seen else { return true }
    // What was pushed or decided since may be what it waited for.
    return try isDue && standing.notBefore != nil || seen != LineSight(key.branch, served)
  }

  private func begin(_ key: Key) {
    let served = repositories[key.repository]
    let control = RunControl()
    turns += 1
    lines[key]?.control = control
    lines[key]?.turn = turns
    lines[key]?.dequeued = []
    lines[key]?.notBefore = nil
    lines[key]?.begun = try? LineSight(key.branch, served)
    let (sender, report, warn) = (sender, report, warn)
    Task {
      let result: Result<LineWork.End, any Error>
      do {
        let project = try served.project(for: key.branch, warn: warn)
        let work = LineWork(
          served: served, branch: key.branch, project: project, control: control,
          say: { kind in
            report(
              ServeEvent(
                place: served.place, branch: key.branch, at: project.clock.now(), kind: kind))
          })
        result = .success(try await work.perform())
      } catch {
        result = .failure(error)
      }
      sender.yield(.ended(key.repository, key.branch, result))
    }
  }

  private func end(_ key: Key, _ result: Result<LineWork.End, any Error>) {
    guard var standing = lines[key] else { return }
    standing.control = nil
    // What was pushed while it had its turn is looked at at once.
    let sight = try? LineSight(key.branch, repositories[key.repository])
    let isSame = sight.flatMap { standing.begun?.hasSameCandidates(as: $0) } ?? false
    standing.seen = isSame ? sight : nil
    switch result {
    case .success(.decided): (standing.seen, standing.failures, standing.rest) = (nil, 0, nil)
    case .success(.idle), .success(.stopped): (standing.failures, standing.rest) = (0, nil)
    case .success(.rests(let reason, let moment)):
      if standing.rest != reason { tell(key, .rests(reason)) }
      (standing.failures, standing.rest) = (0, reason)
      if let moment, isSame {
        let seconds = moment.seconds(since: repositories[key.repository].project.clock.now())
        standing.notBefore = .now + .seconds(max(1, seconds))
        lookAgain(in: max(1, seconds))
      }
    case .failure(let error):
      hasFailed = true
      standing.failures += 1
      let seconds = min(600, 5 * Double(1 << min(standing.failures - 1, 8)))
      standing.notBefore = .now + .seconds(seconds)
      tell(key, .failed(Refusal(error), again: seconds))
      lookAgain(in: seconds)
    }
    lines[key] = standing
  }

  private func lookAgain(in seconds: Double) {
    if isOnce { return }
    let sender = sender
    Task {
      try? await Task.sleep(for: .seconds(seconds))
      sender.yield(.look)
    }
  }

  private func tell(_ key: Key, _ kind: ServeEvent.Kind) {
    report(
      ServeEvent(
        place: repositories[key.repository].place, branch: key.branch,
        at: repositories[key.repository].project.clock.now(), kind: kind))
  }
}

extension QueueServer {
  /// What was pushed again or taken back while it is tested goes out of its run: what is tested on
  /// top of it would be for nothing. One that is merged already is stopped by the landing itself.
  private func dequeueChanged(_ key: Key, _ served: ServedRepository) {
    guard let line = try? served.book.line(of: key.branch), let current = line.current else {
      return
    }
    for member in current.members {
      let name = served.book.names.candidate(key.branch, member.topic)
      guard let held = try? served.project.repository.reference(name) ?? .zero,
        held != member.candidate, lines[key]?.dequeued.contains(member.candidate) == false
      else { continue }
      lines[key]?.dequeued.insert(member.candidate)
      let project = served.project
      Task {
        _ = try? await Steering(project).queue(
          .dequeue(member.workstream, reason: "pushed again or taken back"), in: current.run)
      }
    }
  }
}

/// What of a line decides whether something may be taken: where nothing of it has changed since
/// nothing could, nothing can.
private struct LineSight: Equatable {
  private let target: ObjectID?
  private let line: ObjectID?
  /// People pause, freeze and steer the run itself as well.
  private let chain: ObjectID?
  private let candidates: [ObjectID]

  init(_ branch: String, _ served: ServedRepository) throws {
    let repository = served.project.repository
    let state = try served.book.line(of: branch)
    let names = served.project.ledgerNames
    target = try repository.reference("refs/heads/\(branch)")
    line = state.id
    chain = try state.current.flatMap { (current) throws(GitError) in
      try repository.reference(names.chain(current.run))
    }
    candidates = try served.book.candidates(of: branch).map(\.id)
  }

  /// Its own turn changes the line and the chain.
  func hasSameCandidates(as other: LineSight) -> Bool {
    target == other.target && candidates == other.candidates
  }
}
