import UETModel

extension DispatchMachine {
  /// Whether a worker may take work.
  var hasIdle: Bool { state.pool.count(in: .idle) > 0 }

  /// The idle worker that last worked nearest to where the item works, so that what it keeps from
  /// then is of use: in the same directory, else under the longest common one; the first among
  /// equals.
  func worker(for place: Int) -> WorkerRecord? {
    let wanted = plan.items[place].directory
    guard state.pool.count(in: .idle) > 1, !wanted.isEmpty else {
      return state.pool.first(in: .idle)
    }
    var best: (worker: WorkerRecord, nearness: Int)?
    for worker in state.pool.workers(in: .idle) {
      let nearness = self.nearness(of: worker, to: wanted)
      if nearness > best?.nearness ?? -1 { best = (worker, nearness) }
    }
    return best?.worker
  }

  /// Twice the common components, one more when there are no others.
  private func nearness(of worker: WorkerRecord, to wanted: [String]) -> Int {
    guard let last = place(worker.last) else { return 0 }
    let known = plan.items[last].directory
    let common = zip(known, wanted).prefix { $0 == $1 }.count
    return 2 * common + (known == wanted ? 1 : 0)
  }

  /// Spawns workers until `count` are live, `live` being so now; ended ones' names are used again.
  func spawn(
    upTo count: Int, of items: Int? = nil, beside live: Int, freeing freed: Set<String> = []
  ) throws(DispatchError) -> [EventDraft] {
    guard count > 0 else { throw .tooFewWorkers }
    let useful = min(count, items ?? plan.items.count)
    let ended = state.pool.workers(in: .terminated).map(\.name)
    let used = Set(state.pool.map(\.name)).subtracting(ended).subtracting(freed)
    var drafts: [EventDraft] = []
    var number = 0
    while live + drafts.count < useful {
      number += 1
      if !used.contains("w\(number)") {
        drafts.append(
          EventDraft(.workerSpawned(.init { $0.status = .spawning }), worker: "w\(number)"))
      }
    }
    return drafts
  }

  /// Takes all workers out of service; what runs may go on until `deadline`.
  func drain(until deadline: Timestamp, _ reason: String) -> [EventDraft] {
    guard !state.status.isOver else { return [] }
    return state.pool.flatMap { retire($0, until: deadline, reason) }
  }

  private func retire(
    _ worker: WorkerRecord, until deadline: Timestamp?, _ reason: String
  ) -> [EventDraft] {
    guard [.spawning, .idle, .busy].contains(worker.state) else { return [] }
    let draining = Told<Fact.WorkerDraining> { ($0.reason, $0.until) = (reason, deadline) }
    return [EventDraft(.workerDraining(draining), worker: worker.name)]
  }

  func stopNow(at now: Timestamp) -> [EventDraft] {
    let reason = "the run was stopped"
    return drain(until: now, reason) + stopAll(graceful: false, reason)
  }

  /// Stops what runs; an attempt that was told so before is told again only to end at once.
  func stopAll(graceful: Bool, _ reason: String) -> [EventDraft] {
    underWay.compactMap { name in
      let stop = state[name.workstream]?.lastAttempt?.stop
      if let stop, graceful || !stop.graceful { return nil }
      return stopping(name, stop?.intent ?? .interrupt, graceful: graceful, stop?.reason ?? reason)
    }
  }

  func setWorkers(_ wanted: WorkerCount) throws(DispatchError) -> [EventDraft] {
    guard case .count(let count) = wanted else {
      if policy.leastWorkers == nil { throw .workersAreFixed }
      return []
    }
    guard count > 0 else { throw .tooFewWorkers }
    let live = state.pool.filter { [.spawning, .idle, .busy].contains($0.state) }
    if state.status.isOver || live.isEmpty { return [] }
    if live.count <= count { return try spawn(upTo: count, beside: live.count) }
    let idleFirst =
      live.reversed().filter { $0.state != .busy }
      + live.reversed().filter { $0.state == .busy }
    return idleFirst.prefix(live.count - count).flatMap {
      retire($0, until: nil, "\(count) workers were asked for")
    }
  }

}

/// Workers that come when something can start and go when nothing can.
extension DispatchMachine {
  /// How many workers there are before anything is known of the work.
  var fewest: Int { policy.leastWorkers.map { min($0, policy.workers) } ?? policy.workers }

  var isElastic: Bool { policy.leastWorkers != nil && !policy.isPinned }

  /// Whether a worker more would be of use, if something can start. A machine that is to be spared
  /// gets none.
  var mayGrow: Bool {
    let live = state.liveWorkers
    return isElastic && state.tier == .normal && live > 0 && live < policy.workers
      && state.pool.count(in: .spawning) == 0
  }

  /// As many workers as there is work for that can start now, when nobody is idle.
  func growth() -> [EventDraft] {
    let live = state.liveWorkers
    var (locks, room) = (index.locks, stock)
    var count = 0
    while live + count < policy.workers, let place = locks.next() {
      let route = index.tools.route(of: place) ?? plan.items[place].routes[0]
      guard
        let site = route.sites.first(where: { room.fits($0.resources) })
          ?? (count == 0 ? route.site(of: nil) : nil)
      else {
        locks.shelve(place)
        continue
      }
      room.take(site.resources)
      locks.acquire(place)
      count += 1
    }
    return (try? spawn(upTo: live + count, beside: live)) ?? []
  }

  /// Takes workers out of service that had nothing to do for a while, but for the fewest.
  func retirement(at now: Timestamp) -> [EventDraft]? {
    idleTimes.filter { $0.until <= now }.suffix(surplus).flatMap {
      retire($0.worker, until: nil, "nothing could start")
    }.nonEmpty
  }

  /// When the next worker goes if nothing starts.
  var nextSurplus: Timestamp? { surplus > 0 ? idleTimes.map(\.until).min() : nil }

  /// How many workers more there are than there have to be.
  private var surplus: Int {
    isElastic && state.status == .running && state.tier == .normal
      ? max(0, state.liveWorkers - fewest) : 0
  }

  /// Idle workers, and until when they stay if nothing starts.
  private var idleTimes: [(worker: WorkerRecord, until: Timestamp)] {
    state.pool.workers(in: .idle).map { worker in
      let last = worker.last.flatMap { state[$0]?.attempts.last { $0.worker == worker.name } }
      let since = last?.endedAt ?? worker.since ?? Timestamp(seconds: 0)
      return (worker, since.advanced(bySeconds: policy.idle + asleep(since: since)))
    }
  }
}

extension DispatchMachine {
  /// Workers in draining that have nothing to do any more, and those that do not get ready.
  func terminations(at now: Timestamp) -> [EventDraft] {
    state.pool.workers(in: .draining).filter { $0.workstream == nil }.map {
      EventDraft(.workerTerminated(.init()), worker: $0.name)
    } + readyTimes.filter { $0.until <= now }.map { termination($0.name, "was not ready in time") }
  }

  /// Workers that are being made ready, and when each is given up.
  var readyTimes: [(name: String, until: Timestamp)] {
    state.pool.workers(in: .spawning).compactMap { worker in
      worker.since.map {
        (worker.name, $0.advanced(bySeconds: policy.stale + asleep(since: $0)))
      }
    }
  }

  func termination(_ name: String, _ reason: String) -> EventDraft {
    EventDraft(.workerTerminated(.because(reason)), worker: name)
  }
}
