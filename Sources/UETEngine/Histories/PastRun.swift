import UETModel

/// A run that another program carried out, as far as its records say.
struct PastRun: Hashable, Sendable {
  struct Attempt: Hashable, Sendable {
    struct Gate: Hashable, Sendable {
      let name: String
      /// nil where only its end is known.
      let start: Timestamp?
      let end: Timestamp
      let passed: Bool
      var message: String?
    }

    let start: Timestamp
    /// nil where no end was recorded.
    var end: Timestamp?
    var outcome: AttemptRecord.Outcome?
    var kind: ErrorKind?
    var message: String?
    var worker: String?
    var tool: String?
    var gates: [Gate] = []
  }

  struct Work: Hashable, Sendable {
    let id: WorkstreamID
    var dependsOn: [WorkstreamID] = []
    /// In order; none reaches into the next.
    var attempts: [Attempt] = []
    /// When it was given up without an attempt.
    var cancelled: Timestamp?
  }

  /// What a model was used for; the workstream where that is known.
  struct Usage: Hashable, Sendable {
    let at: Timestamp
    let workstream: WorkstreamID?
    let model: String?
    let input: Int?
    let output: Int?
    /// Dollars; nil where none were reckoned.
    let cost: Double?
    let worker: String?
  }

  struct Conflict: Hashable, Sendable {
    let at: Timestamp
    let workstream: WorkstreamID
    let other: WorkstreamID?
    let paths: [String]
    var state: ConflictRecord.State?
    var resolved: Timestamp?
  }

  struct Worker: Hashable, Sendable {
    let name: String
    let start: Timestamp
    let end: Timestamp?
  }

  let origin: ImportedRun
  var start: Timestamp
  var end: Timestamp
  var status: RunState.Status
  var reason: String?
  var workers = 0
  var work: [Work] = []
  var usage: [Usage] = []
  var conflicts: [Conflict] = []
  var pool: [Worker] = []
}

extension PastRun {
  /// An event with its time.
  struct Moment: Hashable, Sendable {
    var at: Timestamp
    let draft: EventDraft
  }

  /// The run as events of the record, in the order of time; the first one starts it. `withPool`
  /// says whether workers come and go as recorded.
  func moments(withPool: Bool) -> [Moment] {
    var moments: [Moment] = []
    func add(_ at: Timestamp, _ draft: EventDraft) { moments.append(Moment(at: at, draft: draft)) }
    if withPool { for worker in pool { add(worker.start, worker.spawned) } }
    for work in work { moments += work.moments(readyAt: ready(work)) }
    for usage in usage { moments += [usage.moment(work.first { $0.id == usage.workstream })] }
    for conflict in conflicts { moments += conflict.moments }
    if withPool {
      for worker in pool { if let end = worker.end { add(end, worker.terminated) } }
    }
    let sorted = moments.enumerated().sorted {
      ($0.element.at, $0.offset) < ($1.element.at, $1.offset)
    }.map(\.element)
    let last = max(end, sorted.last?.at ?? end)
    return [Moment(at: min(start, sorted.first?.at ?? start), draft: started)] + sorted
      + [Moment(at: last, draft: finished)]
  }

  /// When nothing but its turn was missing any more: what it depends on was done with.
  private func ready(_ work: Work) -> Timestamp {
    let ends = work.dependsOn.map { id in
      self.work.first { $0.id == id }?.attempts.last?.end
    }
    let first = work.attempts.first?.start ?? start
    return min(first, ends.contains(nil) ? first : ends.compactMap { $0 }.max() ?? start)
  }

  private var started: EventDraft {
    EventDraft(
      .runStarted(
        .init {
          ($0.imported, $0.workers) = (origin, workers)
          $0.workstreams = work.map { work in
            .init { ($0.id, $0.after) = (work.id, work.dependsOn) }
          }
        }))
  }

  private var finished: EventDraft {
    EventDraft(.runFinished(.init { ($0.status, $0.reason) = (status, reason) }))
  }
}

extension PastRun.Worker {
  fileprivate var spawned: EventDraft { EventDraft(.workerSpawned(.init()), worker: name) }

  fileprivate var terminated: EventDraft {
    EventDraft(.workerTerminated(.because(nil)), worker: name)
  }
}

extension PastRun.Work {
  fileprivate func moments(readyAt ready: Timestamp) -> [PastRun.Moment] {
    var moments: [PastRun.Moment] = []
    for (index, attempt) in attempts.enumerated() {
      func add(_ at: Timestamp, _ fact: Fact, worker: String? = nil) {
        moments.append(
          .init(
            at: at,
            draft: EventDraft(fact, workstream: id, attempt: index + 1, worker: worker)))
      }
      moments.append(
        .init(
          at: index == 0 ? ready : attempt.start,
          draft: EventDraft(
            index == 0 ? .taskReady(.init()) : .taskRetried(.init()), workstream: id)))
      add(
        attempt.start, .taskAssigned(.init { $0.tool = attempt.tool }), worker: attempt.worker)
      add(attempt.start, .taskStarted(.init()), worker: attempt.worker)
      for gate in attempt.gates {
        let run = Told<Fact.GateRun> { ($0.gate, $0.stage) = (gate.name, .attempt) }
        if let start = gate.start { add(start, .gateStarted(run)) }
        var ended = run
        ended.seconds = gate.start.map { gate.end.seconds(since: $0) }
        ended.message = gate.message
        add(gate.end, gate.passed ? .gatePassed(ended) : .gateFailed(ended))
      }
      if let end = attempt.end { add(end, attempt.ended, worker: attempt.worker) }
    }
    if attempts.isEmpty, let cancelled {
      moments.append(
        .init(at: cancelled, draft: EventDraft(.taskCancelled(.init()), workstream: id)))
    }
    return moments
  }
}

extension PastRun.Attempt {
  fileprivate var ended: Fact {
    switch outcome {
    case .succeeded: .taskCompleted(.init())
    case .cancelled: .taskCancelled(.init { $0.reason = message })
    case .failed, .running, nil:
      .taskFailed(.init { ($0.kind, $0.message) = (kind ?? .unknown, message) })
    }
  }
}

extension PastRun.Usage {
  /// Its times are whole seconds, those of attempts are not: it is put into the attempt that it is
  /// of.
  fileprivate func moment(_ work: PastRun.Work?) -> PastRun.Moment {
    let attempts = work?.attempts ?? []
    let index =
      attempts.lastIndex { $0.start.wholeSeconds <= at.wholeSeconds } ?? attempts.indices.first
    let attempt = index.map { attempts[$0] }
    var time = max(at, attempt?.start ?? at)
    if let end = attempt?.end { time = min(time, end) }
    let fact = Fact.usageRecorded(
      .init {
        ($0.model, $0.input, $0.output, $0.costUSD) = (model, input, output, cost)
      })
    return .init(
      at: time,
      draft: EventDraft(
        fact, workstream: workstream, attempt: index.map { $0 + 1 }, worker: worker))
  }
}

extension PastRun.Conflict {
  fileprivate var moments: [PastRun.Moment] {
    let torn = Told<Fact.MergeConflict> {
      ($0.paths, $0.makers) = (paths, other.map { [$0] })
    }
    var moments = [
      PastRun.Moment(at: at, draft: EventDraft(.mergeConflict(torn), workstream: workstream))
    ]
    if let state, state != .pending {
      let fact = Fact.conflictResolved(.init { $0.status = state })
      moments.append(
        .init(at: max(at, resolved ?? at), draft: EventDraft(fact, workstream: workstream)))
    }
    return moments
  }
}
