import UETModel

/// Reads one run of the Python pipeline out of the rows that name it.
struct PipelineRun {
  enum Outcome {
    case over(PastRun)
    /// All of it was only played through.
    case played
    /// It may be going on.
    case open
    /// Nothing of it has a time.
    case empty
  }

  let name: String
  let row: PipelineRow?
  let workstreams, steps, events, bus, costs, conflicts, errors: [PipelineRow]
  let workers: [PipelineRow]
  var remarks: [HistoryRemark] = []
  /// By what they are called there.
  private(set) var ids: [String: WorkstreamID] = [:]

  init(
    _ name: String, _ row: PipelineRow?, _ parts: PipelineParts, _ workers: [PipelineRow]
  ) {
    (self.name, self.row, self.workers) = (name, row, workers)
    (workstreams, steps) = (parts.workstreams[name] ?? [], parts.steps[name] ?? [])
    (events, bus) = (parts.events[name] ?? [], parts.bus[name] ?? [])
    (costs, conflicts) = (parts.costs[name] ?? [], parts.conflicts[name] ?? [])
    errors = parts.errors[name] ?? []
  }

  /// Types of events that are made use of, or say nothing but what rows say as well.
  static let understood: Set = [
    "workstream_start", "workstream_end", "step_start", "step_end", "scope_violation",
    "test_gate_executed", "test_gate_error", "merge_conflict", "merge_conflict_detected",
    "parallel_execution_start", "parallel_execution_end", "task_assigned", "task_started",
    "task_completed", "task_failed", "task_progress", "worker_spawned", "worker_terminated",
    "heartbeat",
  ]

  mutating func read(now: Timestamp) -> Outcome {
    nameAll()
    let times = signs
    guard let first = times.min(), let last = times.max() else { return .empty }
    var run = PastRun(
      origin: ImportedRun(program: PipelineHistory.program, name: name), start: first, end: last,
      status: .succeeded)
    run.work = work(until: last)
    if run.work.isEmpty, !ids.isEmpty { return .played }
    let isOver = ending != nil || settled(run.work)
    if !isOver, now.seconds(since: last) < PipelineHistory.patience { return .open }
    if let ended = ending?.at { run.end = max(run.start, ended) }
    close(&run)
    for row in costs { if let usage = usage(row) { run.usage.append(usage) } }
    run.conflicts = allConflicts
    run.pool = pool(of: run)
    run.workers = slots ?? run.pool.count
    (run.status, run.reason) = status(of: run, isOver: isOver)
    return .over(run)
  }

  // MARK: Names

  /// The workstream of a run that is of one alone, as later versions have it.
  private var only: String? { row?[.workstream] }

  private mutating func nameAll() {
    if let only { name(only) }
    let torn = (events + bus).filter(\.isConflict)
    for row in workstreams + steps + (events + bus).filter({ !$0.isConflict }) + costs {
      // Tasks of the event bus are workstreams where no workstream is named.
      if let text = row[.workstream] ?? row[.task] { name(text) }
    }
    for row in conflicts {
      for text in [row[.workstream], row[.otherWorkstream]] { if let text { name(text) } }
    }
    // Conflicts of branches name these, with 'ws-' before the workstream.
    for text in torn.compactMap({ $0[.workstream] }) where ids[text] == nil {
      ids[text] = text.hasPrefix("ws-") ? ids[String(text.dropFirst(3))] : nil
      name(text)
    }
  }

  /// An id that is none here is made into one, and said.
  private mutating func name(_ text: String) {
    guard ids[text] == nil else { return }
    if let id = WorkstreamID(text) {
      ids[text] = id
      return
    }
    let slug = String(slugOf: text, limit: WorkstreamID.maximumLength - 3)
    guard let id = WorkstreamID(slug.hasPrefix("ws-") ? slug : "ws-" + slug) else { return }
    ids[text] = id
    remarks.append(
      .init("renamed_workstream", "workstream '\(text)' is called '\(id)' here", run: name))
  }

  func id(_ row: PipelineRow) -> WorkstreamID? {
    (row[.workstream] ?? row[.task] ?? only).flatMap { ids[$0] }
  }

  // MARK: Times

  /// Every moment in which something of the run is known to have happened.
  private var signs: [Timestamp] {
    var times = [row?.time(.created), row?.time(.updated)]
    for row in workstreams { times += [row.time(.created), row.time(.updated)] }
    for row in steps { times += [row.time(.started), row.time(.ended)] }
    for row in events + bus + costs + conflicts { times.append(row.time(.created)) }
    return times.compactMap { $0 }
  }

  private static let good: Set = ["done", "completed", "complete", "success", "succeeded"]
  private static let bad: Set = ["failed", "error", "quarantined", "crashed"]
  private static let dropped: Set = ["cancelled", "canceled", "aborted", "skipped", "rolled_back"]

  private static func outcome(_ status: String?) -> AttemptRecord.Outcome? {
    guard let status = status?.lowercased() else { return nil }
    if good.contains(status) { return .succeeded }
    if bad.contains(status) { return .failed }
    return dropped.contains(status) ? .cancelled : nil
  }

  /// When the run came to its end, and how where that is said; nil where nothing says that it did.
  private var ending: (at: Timestamp?, outcome: AttemptRecord.Outcome?)? {
    let outcome = Self.outcome(row?[.status])
    if let end = events.last(where: { $0.isEvent("parallel_execution_end") }) {
      return (end.time(.created), outcome)
    }
    return outcome.map { (row?.time(.updated), $0) }
  }

  private func settled(_ work: [PastRun.Work]) -> Bool {
    !work.isEmpty
      && work.allSatisfy { each in
        each.attempts.isEmpty ? each.cancelled != nil : each.attempts.allSatisfy { $0.end != nil }
      }
  }

  var slots: Int? {
    let start = events.first { $0.isEvent("parallel_execution_start") }
    return start?.json(.payload)?["max_workers"]?.integer
      ?? row?.json(.payload)?["max_workers"]?.integer
  }

  /// What began and has no recorded end broke off with the run.
  private func close(_ run: inout PastRun) {
    for index in run.work.indices {
      guard let last = run.work[index].attempts.indices.last,
        run.work[index].attempts[last].end == nil
      else { continue }
      let attempt = run.work[index].attempts[last]
      let known = attempt.gates.map(\.end).max() ?? attempt.start
      run.work[index].attempts[last].end = max(known, run.end)
      run.work[index].attempts[last].outcome = .failed
      run.work[index].attempts[last].kind = .orchestratorCrash
      run.work[index].attempts[last].message = "no end was recorded"
    }
  }

  private func status(of run: PastRun, isOver: Bool) -> (RunState.Status, String?) {
    let last = run.work.map { $0.attempts.last?.outcome }
    let isFailed = last.contains(.failed)
    if !isOver { return (.interrupted, "no end was recorded") }
    switch ending?.outcome {
    case .failed: return (.failed, nil)
    case .cancelled: return (.interrupted, "given up, as '\(row?[.status] ?? "")'")
    default: break
    }
    if isFailed { return (.failed, nil) }
    let open = run.work.count { $0.attempts.isEmpty && $0.cancelled == nil }
    return open == 0 ? (.succeeded, nil) : (.interrupted, "\(open) of \(last.count) not done")
  }

  // MARK: Workstreams

  private mutating func work(until last: Timestamp) -> [PastRun.Work] {
    let rows = Dictionary(
      workstreams.compactMap { row in id(row).map { ($0, row) } }, uniquingKeysWith: { $1 })
    var dry = 0
    var untimed: [WorkstreamID] = []
    let groups = WorkRows(steps: group(steps), events: group(events), bus: group(bus))
    var work: [PastRun.Work] = []
    for id in Set(ids.values).sorted() {
      var each = PastRun.Work(id: id)
      let row = rows[id]
      each.dependsOn = row.map { dependencies($0).filter { $0 != id } } ?? []
      var reading = PipelineAttempts(
        row: row, outcome: outcome(of: id, row), steps: groups.steps[id] ?? [],
        events: groups.events[id] ?? [], bus: groups.bus[id] ?? [],
        errors: errors.filter { self.id($0) == id })
      each.attempts = reading.read()
      dry += reading.dryRuns
      if each.attempts.isEmpty, reading.dryRuns == 0 {
        switch outcome(of: id, row) {
        case .cancelled: each.cancelled = row?.time(.updated) ?? last
        case .succeeded, .failed: untimed.append(id)
        case .running, nil: break
        }
      }
      // What was only played through has no history.
      if reading.dryRuns > 0, each.attempts.isEmpty { continue }
      work.append(each)
    }
    // The order of the plan is not known; that of their beginnings is.
    work.sort { ($0.begin, $0.id) < ($1.begin, $1.id) }
    if dry > 0 {
      remarks.append(
        .init("dry_run", "\(dry.counting("attempt")) only played through, left out", run: name))
    }
    if !untimed.isEmpty {
      let names = untimed.map { "'\($0)'" }.listed(3)
      remarks.append(
        .init("no_times", "no times are known of \(names): left without an attempt", run: name))
    }
    return work
  }

  private func outcome(of id: WorkstreamID, _ row: PipelineRow?) -> AttemptRecord.Outcome? {
    let isAlone = only.flatMap { ids[$0] } == id
    return Self.outcome(row?[.status]) ?? (isAlone ? Self.outcome(self.row?[.status]) : nil)
  }

  private struct WorkRows {
    let steps, events, bus: [WorkstreamID: [PipelineRow]]
  }

  private func group(_ rows: [PipelineRow]) -> [WorkstreamID: [PipelineRow]] {
    var groups: [WorkstreamID: [PipelineRow]] = [:]
    for row in rows { if let id = id(row) { groups[id, default: []].append(row) } }
    return groups
  }

  /// One id, a list in JSON, or several with commas between.
  private func dependencies(_ row: PipelineRow) -> [WorkstreamID] {
    guard let text = row[.dependsOn] else { return [] }
    let listed = row.json(.dependsOn)?.array?.compactMap(\.string)
    let names = listed ?? text.split { ", ".contains($0) }.map(String.init)
    var found: [WorkstreamID] = []
    for name in names {
      if let id = ids[name], !found.contains(id) { found.append(id) }
    }
    return found
  }
}

extension PastRun.Work {
  /// After all others where nothing of it began.
  fileprivate var begin: Timestamp {
    attempts.first?.start ?? Timestamp(microseconds: .max)
  }
}

extension PipelineRow {
  var isConflict: Bool { isEvent("merge_conflict_detected", "merge_conflict") }

  /// Whether it is an event of one of these types, as they are written or in capitals.
  func isEvent(_ types: String...) -> Bool {
    self[.event].map { types.contains($0.lowercased()) } ?? false
  }
}
