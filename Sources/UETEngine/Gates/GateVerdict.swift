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
  var seconds: Double
  /// Red first, then green: it says less than it should.
  let isFlaky: Bool
  /// Whether every try ended by itself, so that what it built is whole.
  var endedItself = false
  /// The tree from which what stood there had been built; nil for a clean place.
  var warm: ObjectID?
  /// Why what had been built there was thrown away first.
  var cold: String?
  /// It was red with what had been built before, and was asked again in a clean place.
  var wasRedWarm = false
  /// What came of looking at what it reads; nil where nobody looked.
  var learning: Learning?
  /// What it was seen to read, and other trees in which all of that is the same.
  var learned: (id: ObjectID, same: [ObjectID], bytes: [UInt8])?

  init(verdict: GateVerdict, seconds: Double, isFlaky: Bool) {
    (self.verdict, self.seconds, self.isFlaky) = (verdict, seconds, isFlaky)
  }

  /// It is something else under a tracer than without one.
  mutating func forgetReads() {
    if let seconds = learning?.seconds {
      learning = Learning(outcome: .unknown("it is red under strace only"), seconds: seconds)
    }
    learned = nil
  }

  init(fault: String) { self.init(verdict: .fault(fault), seconds: 0, isFlaky: false) }

  /// Runs `attempt` until it is not red, at most once more than the gate's retries.
  static func of(_ gate: Gate, _ attempt: @Sendable () async -> ProcessReport) async -> GateResult {
    var seconds = 0.0
    var retry = 0
    var endedItself = true
    while true {
      let report = await attempt()
      if case .exited = report.ending {} else { endedItself = false }
      seconds += report.seconds
      let verdict = GateVerdict(report, of: gate)
      if case .failed = verdict, retry < gate.retries, !Task.isCancelled {
        retry += 1
        continue
      }
      var result = GateResult(
        verdict: verdict, seconds: seconds, isFlaky: retry > 0 && verdict == .passed)
      result.endedItself = endedItself
      return result
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
  /// The tree cut down to what the gate reads; nil where that is all of it.
  let inputs: ObjectID?

  var started: EventDraft { draft(.gateStarted(run)) }

  func ended(_ result: GateResult) -> EventDraft {
    var run = run
    run.note(result)
    switch result.verdict {
    case .passed: return draft(.gatePassed(run))
    case .failed(let reason): run.message = reason
    case .fault(let reason): (run.message, run.fault) = ("no verdict: \(reason)", true)
    }
    return draft(.gateFailed(run))
  }

  /// It passed on this very tree before, or on one with the same inputs, and does not run again.
  func reused(_ verdict: VerdictRecord) -> EventDraft {
    var run = run
    run.reused = verdict.event
    run.testedTree = verdict.origin == tree ? nil : verdict.origin
    if verdict.isFlaky { run.flaky = true }
    return draft(.gatePassed(run))
  }

  private var run: Told<Fact.GateRun> {
    .init {
      ($0.gate, $0.gateKey, $0.required) = (gate.name, key, gate.required)
      ($0.stage, $0.tree, $0.inputsTree) = (stage, tree, inputs)
    }
  }

  private func draft(_ fact: Fact) -> EventDraft {
    EventDraft(fact, workstream: workstream, attempt: attempt)
  }
}

extension Told where Names == Fact.GateRun {
  /// How it was found out, and where.
  mutating func note(_ result: GateResult) {
    self.seconds = result.seconds.roundedToThousandths
    if result.isFlaky { self.flaky = true }
    (self.warm, self.cold) = (result.warm, result.cold.map { String($0.prefix(200)) })
    // Two answers, of which one was given in a clean place.
    if result.wasRedWarm {
      self.redWarm = true
      if case .failed = result.verdict { self.again = true }
    }
    var isFault = false
    if case .fault = result.verdict { isFault = true }
    note(result.learning, result.learned, isFault)
  }

  private mutating func note(
    _ learning: Learning?, _ learned: (id: ObjectID, same: [ObjectID], bytes: [UInt8])?,
    _ isFault: Bool
  ) {
    guard let learning, !isFault else { return }
    self.traced = learning.seconds?.roundedToThousandths
    switch learning.outcome {
    case .reads:
      guard let learned else { return }
      (self.inputsTree, self.sameInputs) = (learned.id, learned.same.nonEmpty)
    case .unknown(let reason): self.wholeTree = String(reason.prefix(200))
    case .elsewhere(let reason):
      (self.wholeTree, self.thisCommit) = (String(reason.prefix(200)), true)
    }
  }
}
