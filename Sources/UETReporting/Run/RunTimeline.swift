import UETLedger
import UETModel

/// What happened when, folded from a run's events in one pass.
///
/// Time in which nothing worked on the run does not count: between the last event of a process that
/// died and the recovery, and after the end of the run while no merge or gate of the queue is under
/// way.
package struct RunTimeline: Sendable {
  /// One attempt under way.
  struct Attempt: Hashable, Sendable {
    let worker: String?
    let span: Range<Int64>
    let hasResult: Bool
  }

  /// One workstream.
  struct Work: Sendable {
    let place: Int
    var dependsOn: [WorkstreamID]
    var uses: [TimeUse: Int64] = [:]
    var attempts: [Attempt] = []
    var failures: [ErrorKind: Int] = [:]
    /// How many attempts ended only to wait for an answer.
    var asked = 0
    var queuedAt: Int64?
    fileprivate(set) var state = WorkstreamState.pending
    fileprivate var since: Int64
    fileprivate var notBefore: Int64?
    fileprivate var isAsking = false
    fileprivate var answeredAt: Int64?
    fileprivate var review = Condition()
    fileprivate var gates = Condition()
    fileprivate var openGates = 0
    fileprivate var runs = Condition()

    fileprivate init(place: Int, dependsOn: [WorkstreamID], since: Int64) {
      (self.place, self.dependsOn, self.since) = (place, dependsOn, since)
    }
  }

  package let run: RunID
  private(set) var work: [WorkstreamID: Work] = [:]
  private(set) var order: [WorkstreamID] = []
  private(set) var gates: [String: GateFigures] = [:]
  private(set) var queue = QueueFigures()
  private(set) var usage: CostTotal
  private(set) var first: Int64?
  private(set) var last: Int64 = 0
  /// The last end of an attempt.
  private(set) var lastEnd: Int64?
  private(set) var mostWorkers = 0
  /// Worker time that there was, and of that what attempts took, in microseconds; of times that
  /// anybody may have written.
  private(set) var capacity = 0.0
  private(set) var busyTime = 0.0
  private(set) var idle = TimeSpans()
  private(set) var recoveries = 0
  private(set) var planChanges = 0
  /// nil where nobody wants pictures.
  private(set) var track: RunTrack?
  let conflicts: [WorkstreamID: [WorkstreamID]]
  private var isRunning = false
  /// Another program's history, which says nothing of merges, nor what it waited for.
  private var isImported = false
  private var steps: Set<String> = []
  private var workers: Set<String> = []
  private var busy = 0
  /// Candidates in the queue.
  private var waiting = 0
  private var paused = Condition()
  private var spared = Condition()
  private var full = Condition()

  /// `conflicts` are those that may not run beside each other; `tracking` says that pictures are
  /// wanted.
  package init(
    _ run: RunID, conflicts: [WorkstreamID: [WorkstreamID]] = [:], tracking: Bool = false
  ) {
    self.run = run
    track = tracking ? RunTrack() : nil
    usage = CostTotal(run: run)
    self.conflicts = conflicts
  }

  /// Takes the next event.
  package mutating func take(_ event: Event) {
    let now = max(event.at.microseconds, last)
    if first == nil { (first, last) = (now, now) }
    var isRecovery = false
    if case .recoveryStarted = event.fact { isRecovery = true }
    pass(to: now, before: Self.step(event), isRecovery: isRecovery)
    switch event.fact {
    case .runStarted(let fact):
      (isRunning, isImported) = (true, fact.has(\.imported))
      plan(fact.workstreams ?? [], now)
    case .planChanged(let fact):
      planChanges += 1
      plan(fact.workstreams ?? [], now)
    case .recoveryStarted:
      isRunning = true
      recoveries += 1
    case .runFinished: isRunning = false
    case .runPaused: paused.set(true, at: now)
    case .runResumed: paused.set(false, at: now)
    case .modeChanged(let fact): spared.set(fact.tier == .critical, at: now)
    case .workerSpawned:
      if let name = event.worker { workers.insert(name) }
      mostWorkers = max(mostWorkers, workers.count)
    case .workerDraining, .workerTerminated:
      if let name = event.worker { workers.remove(name) }
    case .usageRecorded(let fact):
      usage.add(fact)
      track?.spent(usage.costUSD, at: now)
    case .questionAnswered:
      change(event) { if $0.state == .ready, $0.isAsking { $0.answeredAt = now } }
    default: follow(event, now)
    }
    full.set(!workers.isEmpty && busy >= workers.count, at: now)
    last = now
  }

  /// The moment up to which time counts; `live` is now, for a run that goes on.
  package mutating func end(live: Timestamp?) {
    if let live, isRunning || !steps.isEmpty { pass(to: max(last, live.microseconds)) }
    for id in order { settle(id, at: last) }
  }

  /// Microseconds of the span in which something worked on the run.
  func active(_ span: Range<Int64>) -> Int64 { Int64(span.count) - idle.overlap(with: span) }
}

extension RunTimeline {
  private mutating func pass(
    to now: Int64, before step: (name: String, begins: Bool)? = nil, isRecovery: Bool = false
  ) {
    var isActive = (isRunning || !steps.isEmpty) && !isRecovery
    // The step was begun by a process that died.
    if !isRunning, let step, step.begins, steps.contains(step.name) { isActive = false }
    if isActive {
      // A worker that takes no more may be at work.
      capacity += Double(now - last) * Double(max(workers.count, busy))
      busyTime += Double(now - last) * Double(busy)
    } else if last < now {
      idle.append(last..<now)
    }
    if let step {
      if step.begins { steps.insert(step.name) } else { steps.remove(step.name) }
    }
    last = now
  }

  /// Merges, gates and landings of the queue, by which it is at work.
  private static func step(_ event: Event) -> (name: String, begins: Bool)? {
    let id = event.workstream?.rawValue ?? ""
    switch event.fact {
    case .gateStarted(let fact) where fact.stage != .attempt && !fact.has(\.wave):
      return ("gate \(id) \(fact.gate ?? "") \(fact.commit?.hex ?? "")", true)
    case .gatePassed(let fact), .gateFailed(let fact):
      guard fact.stage != .attempt, !fact.has(\.wave) else { return nil }
      return ("gate \(id) \(fact.gate ?? "") \(fact.commit?.hex ?? "")", false)
    case .mergeStarted: return ("merge \(id)", true)
    case .mergePrepared, .mergeConflict, .candidateEjected, .candidateDequeued:
      return ("merge \(id)", false)
    case .landingStarted: return ("landing", true)
    case .landed, .landingRefused: return ("landing", false)
    default: return nil
    }
  }

  private mutating func plan(_ entries: [Told<Fact.PlanEntry>], _ now: Int64) {
    for entry in entries {
      guard let id = entry.id else { continue }
      guard work[id] == nil else {
        work[id]?.dependsOn = entry.after ?? []
        continue
      }
      work[id] = Work(place: order.count, dependsOn: entry.after ?? [], since: now)
      if entry.tip != nil { work[id]?.state = .succeeded }
      order.append(id)
    }
  }

  private mutating func change(_ event: Event, _ body: (inout Work) -> Void) {
    guard let id = event.workstream, let place = work.index(forKey: id) else { return }
    body(&work.values[place])
  }

  private mutating func follow(_ event: Event, _ now: Int64) {
    let id = event.workstream
    switch event.fact {
    case .taskReady: move(id, to: .ready, now)
    case .dependencyFound(let fact):
      change(event) { if let other = fact.dependsOn { $0.dependsOn.append(other) } }
      if id.flatMap({ work[$0] })?.state == .ready { move(id, to: .pending, now) }
    case .taskRetried(let fact):
      move(id, to: .ready, now)
      change(event) { work in
        work.notBefore = fact.notBefore?.microseconds
        (work.answeredAt, work.review) = (nil, Condition())
      }
    case .taskAssigned:
      move(id, to: .running, now)
      change(event) { work in
        work.runs.set(true, at: now)
        (work.notBefore, work.isAsking) = (nil, false)
      }
      busy += 1
    case .taskCompleted: ended(event, true, nil, .succeeded, now)
    case .taskFailed(let fact):
      ended(event, false, fact.has(\.asks) ? nil : fact.kind ?? .unknown, .failed, now)
      change(event) { work in
        work.isAsking = fact.has(\.asks)
        if work.isAsking { work.asked += 1 }
      }
    case .taskCancelled: ended(event, false, nil, .cancelled, now)
    case .taskQuarantined: move(id, to: .quarantined, now)
    case .reviewRequested: change(event) { $0.review.set(true, at: now) }
    case .reviewDecided: change(event) { $0.review.set(false, at: now) }
    case .gateStarted(let fact): gate(fact, event, begins: true, now)
    case .gatePassed(let fact): gate(fact, event, begins: false, now, passed: true)
    case .gateFailed(let fact): gate(fact, event, begins: false, now, passed: false)
    default: followQueue(event, now)
    }
  }

  private mutating func followQueue(_ event: Event, _ now: Int64) {
    let id = event.workstream
    switch event.fact {
    case .candidateQueued:
      move(id, to: .queued, now)
      change(event) { $0.queuedAt = now }
      if let id { queue.queued.insert(id) }
    case .candidateEjected(let fact):
      move(id, to: .ejected, now)
      if let id { queue.ejections.append((id, fact.reason ?? "no reason recorded")) }
    case .candidateDequeued: move(id, to: .succeeded, now)
    case .mergeSucceeded(let fact):
      let batch = (fact.batch ?? []).map(\.workstream)
      for member in batch.isEmpty ? [id].compactMap({ $0 }) : batch {
        if let start = work[member]?.queuedAt, start < now {
          queue.waits.append(active(start..<now))
        }
        move(member, to: .integrated, now)
        queue.integrated += 1
      }
    case .landed(let fact):
      for member in fact.workstreams ?? [] {
        move(member, to: .landed, now)
        queue.landed += 1
      }
    case .mergeConflict: queue.conflicts += 1
    default: break
    }
  }

  private mutating func ended(
    _ event: Event, _ hasResult: Bool, _ failure: ErrorKind?, _ state: WorkstreamState, _ now: Int64
  ) {
    guard let id = event.workstream, let place = work.index(forKey: id) else { return }
    let (before, since) = (work.values[place].state, work.values[place].since)
    move(id, to: state, now)
    guard before == .running else { return }
    busy = max(0, busy - 1)
    lastEnd = now
    change(event) { work in
      work.runs.set(false, at: now)
      work.attempts.append(
        Attempt(worker: event.worker, span: since..<now, hasResult: hasResult))
      if let failure { work.failures[failure, default: 0] += 1 }
    }
  }

  private mutating func gate(
    _ fact: Told<Fact.GateRun>, _ event: Event, begins: Bool, _ now: Int64, passed: Bool = false
  ) {
    let isOfQueue = fact.stage != .attempt && !fact.has(\.wave)
    if !begins, let name = fact.gate {
      gates[name, default: GateFigures(name: name)].add(fact, passed: passed)
      if isOfQueue, !fact.has(\.reused) { queue.gateRuns += 1 }
    }
    if fact.has(\.reused) || fact.has(\.wave) { return }
    change(event) { work in
      work.openGates = max(0, work.openGates + (begins ? 1 : -1))
      work.gates.set(work.openGates > 0, at: now)
    }
  }
}

extension RunTimeline {
  private mutating func move(_ id: WorkstreamID?, to state: WorkstreamState, _ now: Int64) {
    guard let id, let place = work.index(forKey: id) else { return }
    settle(id, at: now)
    noteQueue(from: work.values[place].state, to: state, now)
    work.values[place].state = state
    if state != .running, state != .queued {
      work.values[place].openGates = 0
      work.values[place].gates.set(false, at: now)
    }
  }

  private mutating func noteQueue(
    from old: WorkstreamState, to new: WorkstreamState, _ now: Int64
  ) {
    guard (old == .queued) != (new == .queued) else { return }
    waiting += new == .queued ? 1 : -1
    track?.waiting(waiting, at: now)
  }

  /// Books the time since the last change.
  private mutating func settle(_ id: WorkstreamID, at now: Int64) {
    guard let place = work.index(forKey: id), work.values[place].since < now else { return }
    // Taken, not copied: it is written at each change of each workstream.
    var uses: [TimeUse: Int64] = [:]
    swap(&uses, &work.values[place].uses)
    let entry = work.values[place]
    let span = entry.since..<now
    var rest = idle.gaps(in: span)
    func book(_ use: TimeUse, _ spans: TimeSpans) {
      if spans.spans.isEmpty { return }
      var left = TimeSpans()
      for each in rest.spans {
        let part = spans.overlap(with: each)
        if part > 0 {
          uses[use, default: 0] += part
          track?.add(id, use, spans.clipped(to: each))
        }
        for gap in spans.gaps(in: each).spans { left.append(gap) }
      }
      rest = left
    }
    let remainder: TimeUse
    switch entry.state {
    case .pending: remainder = .dependency
    case .ready:
      remainder = isImported ? .worker : .limit
      for (use, spans) in waits(of: id, entry, span) { book(use, spans) }
    case .running:
      remainder = .work
      book(.gate, entry.gates.during(span))
    case .succeeded where isImported: (rest, remainder) = (TimeSpans(), .person)
    case .succeeded:
      remainder = .queue
      book(.review, entry.review.during(span))
    case .queued:
      remainder = .queue
      book(.queueGate, entry.gates.during(span))
    case .integrated: remainder = .landing
    case .failed: remainder = .backOff
    // What has landed needs nothing more.
    case .landed: (rest, remainder) = (TimeSpans(), .person)
    case .cancelled, .quarantined, .ejected, .rolledBack: remainder = .person
    }
    if rest.length > 0 {
      uses[remainder, default: 0] += rest.length
      track?.add(id, remainder, rest)
    }
    work.values[place].uses = uses
    work.values[place].since = now
  }

  /// What one that could start waits for, the reason that counts first.
  private func waits(
    of id: WorkstreamID, _ entry: Work, _ span: Range<Int64>
  ) -> [(TimeUse, TimeSpans)] {
    func until(_ time: Int64?) -> TimeSpans {
      guard let time, time > span.lowerBound else { return TimeSpans() }
      return TimeSpans(span.lowerBound..<min(time, span.upperBound))
    }
    let answer = entry.isAsking ? entry.answeredAt ?? span.upperBound : nil
    var result: [(TimeUse, TimeSpans)] = [
      (.answer, until(answer)), (.backOff, until(entry.notBefore)),
      (.paused, paused.during(span)), (.paused, spared.during(span)),
    ]
    for other in conflicts[id] ?? [] {
      if let runs = work[other]?.runs.during(span), runs.length > 0 {
        result.append((.overlap, runs))
      }
    }
    result.append((.worker, full.during(span)))
    return result
  }
}
