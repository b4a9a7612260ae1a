import UETLedger
import UETModel

/// The figures of a run. Times are in seconds in which anything of the run was at work.
package struct RunMetrics: Sendable {
  /// One workstream.
  package struct Workstream: Sendable {
    package let id: WorkstreamID
    package let state: WorkstreamState
    /// The sum of `uses`: from when it was planned until it was done with.
    package let seconds: Double
    package let uses: [TimeUse: Double]
    package let attempts: Int
    /// Attempts that failed, by kind of error.
    package let failures: [ErrorKind: Int]
    /// Attempts that ended to wait for an answer.
    package let asked: Int
    /// What its bundle, or earlier runs, said that it takes.
    package let estimate: Double?
    /// When it was planned to be under way, and when it was: from the start of its first attempt to
    /// the end of its last.
    package let planned: Slot?
    package let actual: Slot?

    /// Attempts with their gates.
    package var busy: Double { (uses[.work] ?? 0) + (uses[.gate] ?? 0) }
  }

  /// From one moment to another, in seconds since the start of the run.
  package struct Slot: Hashable, Sendable {
    package let start: Double
    package let end: Double

    package init(start: Double, end: Double) { (self.start, self.end) = (start, end) }
  }

  /// A link of the chain that decided how long the run took.
  package struct Link: Hashable, Sendable {
    package enum Cause: String, Hashable, Sendable {
      /// It began the chain.
      case start
      /// The one before is a dependency, may change the same paths, or had the worker.
      case dependency, overlap, worker
    }

    package let id: WorkstreamID
    package let cause: Cause
    /// Its attempt with the result.
    package let seconds: Double
  }

  package struct Ejection: Hashable, Sendable {
    package let id: WorkstreamID
    package let reason: String
  }

  package let run: RunID
  package let status: RunState.Status
  package let started: Timestamp?
  package let ended: Timestamp?
  /// From the first to the last event, without `idle`.
  package let seconds: Double
  /// What lies between, in which nothing worked on the run.
  package let idle: Double
  /// From the start to the last end of an attempt.
  package let runSeconds: Double
  /// What the plan said of that, by the durations that were known then.
  package let plannedSeconds: Double?
  package let workers: Int
  /// Of the worker time that there was, what attempts took; 0 to 1, nil where there was none.
  package let workerUse: Double?
  /// In plan order.
  package let workstreams: [Workstream]
  /// Time of all workstreams, by what it went into.
  package let uses: [TimeUse: Double]
  /// Work divided by `runSeconds`.
  package let speedup: Double?
  /// The most that it can have been with the durations that really were: work divided by the larger
  /// of the longest chain of dependencies and work by workers. Overlaps are not in it.
  package let possibleSpeedup: Double?
  /// What decided how long the run took, from its start.
  package let criticalPath: [Link]
  package let gates: [GateFigures]
  package let usage: CostTotal
  package let candidates: Int
  package let integrated: Int
  package let landed: Int
  package let conflicts: Int
  package let queueGateRuns: Int
  package let ejections: [Ejection]
  /// Median and longest time from the queue's beginning with a candidate to its merge.
  package let queueWait: (median: Double, longest: Double)?
  /// How often the run was taken up again, and its plan changed.
  package let recoveries: Int
  package let planChanges: Int

  /// `speedup` by `possibleSpeedup`.
  package var efficiency: Double? {
    guard let speedup, let possibleSpeedup, possibleSpeedup > 0 else { return nil }
    return speedup / possibleSpeedup
  }

  package var attempts: Int { workstreams.reduce(0) { $0 + $1.attempts } }

  package var failures: [ErrorKind: Int] {
    workstreams.reduce(into: [:]) { sum, each in sum.merge(each.failures) { $0 + $1 } }
  }

  /// The median of what workstreams took by what was said of them, and of how many; those with a
  /// result count.
  package var estimateRatio: (median: Double, count: Int)? {
    let ratios = workstreams.compactMap { each -> Double? in
      guard let estimate = each.estimate, estimate > 0, each.state.isFinished, each.busy > 0 else {
        return nil
      }
      return each.busy / estimate
    }
    return ratios.isEmpty ? nil : (Self.median(ratios), ratios.count)
  }

  /// Of a timeline that has come to its end. `estimates` in seconds; `planned` is the schedule of
  /// the plan as it is at the end.
  package init(
    _ timeline: RunTimeline, _ state: RunState, estimates: [WorkstreamID: Double] = [:],
    planned: [WorkstreamID: Slot] = [:]
  ) {
    run = timeline.run
    (status, started, ended) = (state.status, state.startedAt, state.endedAt)
    let start = timeline.first ?? 0
    let whole = start..<max(start, timeline.last)
    seconds = Self.seconds(timeline.active(whole))
    idle = Self.seconds(timeline.idle.overlap(with: whole))
    runSeconds = Self.seconds(timeline.active(start..<max(start, timeline.lastEnd ?? start)))
    plannedSeconds = planned.values.map(\.end).max()
    workers = timeline.mostWorkers
    workerUse = timeline.capacity > 0 ? timeline.busyTime / timeline.capacity : nil
    workstreams = timeline.order.compactMap { id in
      timeline.work[id].map { work in
        Workstream(
          id: id, state: state[id]?.state ?? work.state,
          seconds: Self.seconds(work.uses.values.reduce(0, +)),
          uses: work.uses.mapValues(Self.seconds), attempts: work.attempts.count,
          failures: work.failures, asked: work.asked, estimate: estimates[id], planned: planned[id],
          actual: Self.slot(of: work, timeline))
      }
    }
    uses = workstreams.reduce(into: [:]) { sum, each in sum.merge(each.uses) { $0 + $1 } }
    let busy = workstreams.reduce(0) { $0 + $1.busy }
    speedup = runSeconds > 0 && busy > 0 ? busy / runSeconds : nil
    let floor = max(
      Self.longestChain(workstreams, timeline), workers > 0 ? busy / Double(workers) : 0)
    possibleSpeedup = floor > 0 ? busy / floor : nil
    criticalPath = CriticalPath(timeline).links
    gates = timeline.gates.values.sorted { $0.name < $1.name }
    usage = timeline.usage
    let queue = timeline.queue
    candidates = queue.queued.count
    (integrated, landed) = (queue.integrated, queue.landed)
    conflicts = queue.conflicts
    queueGateRuns = queue.gateRuns
    ejections = queue.ejections.map { Ejection(id: $0.id, reason: $0.reason) }
    let waits = queue.waits.map(Self.seconds)
    queueWait = waits.isEmpty ? nil : (Self.median(waits), waits.max() ?? 0)
    (recoveries, planChanges) = (timeline.recoveries, timeline.planChanges)
  }

  private static func slot(of work: RunTimeline.Work, _ timeline: RunTimeline) -> Slot? {
    guard let first = work.attempts.first, let last = work.attempts.last else { return nil }
    func since(_ time: Int64) -> Double {
      let start = timeline.first ?? 0
      return seconds(timeline.active(start..<max(start, time)))
    }
    return Slot(start: since(first.span.lowerBound), end: since(last.span.upperBound))
  }

  private static func seconds(_ microseconds: Int64) -> Double { Double(microseconds) / 1_000_000 }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// Seconds of the longest chain of dependencies.
  private static func longestChain(_ workstreams: [Workstream], _ timeline: RunTimeline) -> Double {
    let busy = Dictionary(uniqueKeysWithValues: workstreams.map { ($0.id, $0.busy) })
    var length: [WorkstreamID: Double] = [:]
    var open = Set<WorkstreamID>()
    /// Plans are acyclic; a record that is not is cut off.
    func measure(_ first: WorkstreamID) {
      var stack = [first]
      while let id = stack.last {
        let waits = (timeline.work[id]?.dependsOn ?? []).filter { busy[$0] != nil }
        if length[id] == nil, open.insert(id).inserted {
          let missing = waits.filter { length[$0] == nil && !open.contains($0) }
          stack += missing
          if !missing.isEmpty { continue }
        }
        stack.removeLast()
        if length[id] == nil {
          length[id] = (busy[id] ?? 0) + (waits.compactMap { length[$0] }.max() ?? 0)
        }
      }
    }
    for each in workstreams where length[each.id] == nil { measure(each.id) }
    return length.values.max() ?? 0
  }
}
