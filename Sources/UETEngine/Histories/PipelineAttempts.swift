import UETModel

/// The attempts at one workstream in one run of the Python pipeline. Their bounds are those of the
/// first of these that says any: events of the workstream, of the event bus, steps, the row itself.
struct PipelineAttempts {
  let row: PipelineRow?
  /// What the row says of its end.
  let outcome: AttemptRecord.Outcome?
  let steps, events, bus, errors: [PipelineRow]
  /// How many attempts only played their steps through.
  private(set) var dryRuns = 0

  init(
    row: PipelineRow?, outcome: AttemptRecord.Outcome?, steps: [PipelineRow],
    events: [PipelineRow], bus: [PipelineRow], errors: [PipelineRow]
  ) {
    (self.row, self.outcome, self.errors) = (row, outcome, errors)
    (self.steps, self.events, self.bus) = (
      steps.inTime(.started), events.inTime(.created), bus.inTime(.created)
    )
  }

  mutating func read() -> [PastRun.Attempt] {
    var attempts = bounds
    var found: [PastRun.Attempt] = []
    for index in attempts.indices {
      let next = index + 1 < attempts.count ? attempts[index + 1].start : nil
      let own = steps.filter { step in
        guard let start = step.time(.started) else { return false }
        return (index == 0 || start >= attempts[index].start) && (next.map { start < $0 } ?? true)
      }
      if own.contains(where: \.isPlayed) {
        dryRuns += 1
        continue
      }
      if attempts[index].end == nil, next == nil { end(&attempts[index], own) }
      if attempts[index].end == nil, let next {
        // Another attempt began: this one had come to its end by then.
        (attempts[index].end, attempts[index].outcome) = (next, .failed)
        attempts[index].kind = .orchestratorCrash
      }
      if let next, let end = attempts[index].end, end > next { attempts[index].end = next }
      fill(&attempts[index], own)
      found.append(attempts[index])
    }
    return found
  }

  // MARK: Bounds

  private var bounds: [PastRun.Attempt] {
    let all = [
      bounds(events, begin: ["workstream_start"], end: ["workstream_end"]),
      bounds(
        bus, begin: ["task_assigned", "task_started"], end: ["task_completed", "task_failed"]),
      boundsOfSteps, boundsOfRow,
    ]
    return all.first { !$0.isEmpty } ?? []
  }

  private func bounds(
    _ rows: [PipelineRow], begin: [String], end: [String]
  ) -> [PastRun.Attempt] {
    var attempts: [PastRun.Attempt] = []
    for row in rows {
      guard let type = row[.event]?.lowercased(), let at = row.time(.created) else { continue }
      let isOpen = attempts.last.map { $0.end == nil } ?? false
      if begin.contains(type) {
        // Being assigned and being started are one beginning.
        if isOpen, type == "task_started" { continue }
        attempts.append(PastRun.Attempt(start: at, worker: row[.worker]))
      } else if end.contains(type), isOpen {
        let payload = row.json(.payload)
        attempts[attempts.count - 1].end = at
        attempts[attempts.count - 1].outcome =
          type == "task_completed" || payload?["final_status"]?.string == "done"
          ? .succeeded : .failed
        attempts[attempts.count - 1].message =
          ["error", "message", "reason"].lazy.compactMap { payload?[$0]?.string }.first
      }
    }
    return attempts
  }

  /// Each first step begins an attempt; others of that name repair what came after it.
  private var boundsOfSteps: [PastRun.Attempt] {
    var attempts: [PastRun.Attempt] = []
    for step in steps {
      guard let start = step.time(.started) else { continue }
      if attempts.isEmpty || step[.step] == Self.firstStep {
        attempts.append(PastRun.Attempt(start: start))
      }
    }
    return attempts
  }

  /// The row is made when the workstream begins, and written last when it ends.
  private var boundsOfRow: [PastRun.Attempt] {
    guard let row, outcome == .succeeded || outcome == .failed,
      let start = row.time(.created), let end = row.time(.updated), end > start
    else { return [] }
    return [PastRun.Attempt(start: start, end: end, outcome: outcome)]
  }

  // MARK: Ends

  private static let (firstStep, lastStep) = ("edit", "runtime")

  /// Ends the last attempt by its steps, or by what the row says.
  private func end(_ attempt: inout PastRun.Attempt, _ steps: [PipelineRow]) {
    let last = steps.last
    let ended = last?.time(.ended)
    if outcome == .succeeded || outcome == .failed {
      attempt.end = [ended, row?.time(.updated)].compactMap { $0 }.max()
        .map { max($0, attempt.start) }
      attempt.outcome = outcome
    } else if let last, let ended, last.hasFailed || last[.step] == Self.lastStep {
      attempt.end = max(ended, attempt.start)
      attempt.outcome = last.hasFailed ? .failed : .succeeded
    }
  }

  // MARK: Contents

  private func fill(_ attempt: inout PastRun.Attempt, _ steps: [PipelineRow]) {
    for step in steps where step[.step] != Self.firstStep {
      guard let name = step[.step], let end = step.time(.ended) else { continue }
      attempt.gates.append(
        .init(
          name: name, start: step.time(.started), end: max(end, attempt.start),
          passed: !step.hasFailed, message: step.hasFailed ? step.complaint : nil))
    }
    attempt.gates += gateEvents(in: attempt)
    let first = steps.first { $0[.step] == Self.firstStep }
    attempt.tool =
      first?.json(.result).flatMap { $0["tool_id"]?.string ?? $0["tool"]?.string }
      ?? steps.first?[.tool]
    guard attempt.outcome == .failed else { return }
    let failed = steps.last(where: \.hasFailed)
    attempt.kind = attempt.kind ?? kind(attempt, failed)
    attempt.message =
      attempt.message ?? errorMessage(attempt) ?? failed?.complaint
      ?? failed?[.step].map { "step '\($0)' failed" }
  }

  private func within(_ attempt: PastRun.Attempt, _ row: PipelineRow) -> Timestamp? {
    guard let at = row.time(.created), at >= attempt.start,
      attempt.end.map({ at <= $0 }) ?? true
    else { return nil }
    return at
  }

  private func gateEvents(in attempt: PastRun.Attempt) -> [PastRun.Attempt.Gate] {
    events.compactMap { row in
      guard row.isEvent("test_gate_executed", "test_gate_error"), let at = within(attempt, row),
        let payload = row.json(.payload), let gate = payload["gate_id"]?.string
      else { return nil }
      return .init(
        name: gate, start: nil, end: at, passed: payload["passed"]?.bool ?? false,
        message: payload["error"]?.string)
    }
  }

  private func kind(_ attempt: PastRun.Attempt, _ failed: PipelineRow?) -> ErrorKind {
    if events.contains(where: {
      $0.isEvent("scope_violation") && within(attempt, $0) != nil
    }) {
      return .scopeViolation
    }
    guard let failed else { return .unknown }
    if failed.json(.result)?["timed_out"]?.bool == true { return .timeout }
    return failed[.step] == Self.firstStep ? .toolFailure : .gateFailure
  }

  /// The newest of the errors that were seen by its end.
  private func errorMessage(_ attempt: PastRun.Attempt) -> String? {
    let seen = errors.inTime(.seen).last { row in
      row.time(.seen).map { at in at >= attempt.start && attempt.end.map { at <= $0 } ?? true }
        ?? false
    }
    return seen.flatMap { $0[.message]?.lastWords ?? $0[.code] }
  }
}

extension [PipelineRow] {
  /// In the order of a time; those without it first, as they stand.
  fileprivate func inTime(_ column: PipelineRow.Column) -> [PipelineRow] {
    enumerated().map { ($0.element.time(column)?.microseconds ?? .min, $0.offset, $0.element) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }
}

extension PipelineRow {
  /// Nothing was carried out.
  fileprivate var isPlayed: Bool { json(.result)?["dry_run"]?.bool == true }

  fileprivate var hasFailed: Bool {
    self[.status].map { ["failed", "failure", "error"].contains($0.lowercased()) } ?? false
  }

  /// What its result says went wrong.
  fileprivate var complaint: String? {
    guard let result = json(.result) else { return nil }
    let last = result["results"]?.array?.last ?? result
    return ["exception", "stderr", "stdout", "error"].lazy
      .compactMap { last[$0]?.string?.lastWords }.first
  }
}

extension String {
  /// Its last line with something in it, cut to what fits a line or two.
  fileprivate var lastWords: String? {
    split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }
      .map { String($0.prefix(200)) }
  }
}
