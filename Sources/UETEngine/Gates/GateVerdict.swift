import UETModel
import UETWorkers

/// What a gate said of a tree. A fault says nothing about the tree and is never blamed on it.
enum GateVerdict: Hashable, Sendable {
  case passed
  case failed(String)
  case fault(String)

  /// Red is a test that ran and said no; a missing program, and a signal or a time-out unless the
  /// gate says otherwise, is a fault.
  init(_ report: ProcessReport, of gate: Gate) {
    switch report.ending {
    case .timedOut where gate.timeoutIsRed: self = .failed("out of time")
    case .signalled where gate.signalIsRed: self = .failed(describe(report.ending))
    case .exited(0): self = .passed
    case .exited(126): self = .fault("its command cannot be run (status 126)")
    case .exited(127): self = .fault("its command was not found (status 127)")
    case .exited(let status): self = .failed("status \(status)")
    case .signalled, .outOfMemory, .timedOut, .stopped, .notStarted:
      self = .fault(describe(report.ending))
    }
  }
}

/// What came of a gate after its retries.
struct GateResult: Sendable {
  let verdict: GateVerdict
  /// Wall time of all tries.
  let seconds: Double
  /// Red first, then green: it says less than it should.
  let isFlaky: Bool

  /// Runs `attempt` until it is not red, at most once more than the gate's retries.
  static func of(_ gate: Gate, _ attempt: @Sendable () async -> ProcessReport) async -> GateResult {
    var seconds = 0.0
    var retry = 0
    while true {
      let report = await attempt()
      seconds += report.seconds
      let verdict = GateVerdict(report, of: gate)
      if case .failed = verdict, retry < gate.retries, !Task.isCancelled {
        retry += 1
        continue
      }
      return GateResult(
        verdict: verdict, seconds: seconds, isFlaky: retry > 0 && verdict == .passed)
    }
  }
}

/// The events of one gate on one tree.
struct GateFacts: Sendable {
  let gate: Gate
  let stage: GateRecord.Stage
  let tree: ObjectID
  let workstream: WorkstreamID
  let attempt: Int?
  /// What its verdict counts for.
  let key: String

  var started: EventDraft { draft(.gateStarted(run)) }

  func ended(_ result: GateResult) -> EventDraft {
    var run = run
    run.seconds = result.seconds.roundedToThousandths
    if result.isFlaky { run.flaky = true }
    switch result.verdict {
    case .passed: return draft(.gatePassed(run))
    case .failed(let reason): run.message = reason
    case .fault(let reason): (run.message, run.fault) = ("no verdict: \(reason)", true)
    }
    return draft(.gateFailed(run))
  }

  /// It passed on this very tree before, and does not run again.
  func reused(_ verdict: VerdictRecord) -> EventDraft {
    var run = run
    run.reused = verdict.event
    if verdict.isFlaky { run.flaky = true }
    return draft(.gatePassed(run))
  }

  private var run: Told<Fact.GateRun> {
    .init {
      ($0.gate, $0.gateKey, $0.required) = (gate.name, key, gate.required)
      ($0.stage, $0.tree) = (stage, tree)
    }
  }

  private func draft(_ fact: Fact) -> EventDraft {
    EventDraft(fact, workstream: workstream, attempt: attempt)
  }
}
