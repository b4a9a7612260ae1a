import UETModel

/// What a gate said of a tree. A fault says nothing about the tree and is never blamed on it.
enum GateVerdict: Hashable, Sendable {
  case passed
  case failed(String)
  case fault(String)

  /// Red is a test that ran and said no; a signal, a time-out or a missing program is a fault.
  init(_ report: ProcessReport) {
    switch report.ending {
    case .exited(0): self = .passed
    case .exited(126): self = .fault("its command cannot be run (status 126)")
    case .exited(127): self = .fault("its command was not found (status 127)")
    case .exited(let status): self = .failed("status \(status)")
    case .signalled, .timedOut, .stopped, .notStarted: self = .fault(describe(report.ending))
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

  var started: EventDraft { draft(.gateStarted, nil, nil) }

  func ended(_ verdict: GateVerdict, seconds: Double) -> EventDraft {
    switch verdict {
    case .passed: draft(.gatePassed, seconds, nil)
    case .failed(let reason): draft(.gateFailed, seconds, reason)
    case .fault(let reason): draft(.gateFailed, seconds, "no verdict: \(reason)")
    }
  }

  private func draft(_ type: EventType, _ seconds: Double?, _ message: String?) -> EventDraft {
    var data = JSONObject([
      .gate: .string(gate.name), .stage: .string(stage.rawValue), .tree: .commit(tree),
      .required: .bool(gate.required),
    ])
    data[.seconds] = seconds.map { JSONValue.number(($0 * 1000).rounded() / 1000) }
    data[.message] = message.map(JSONValue.string)
    return EventDraft(type, workstream: workstream, attempt: attempt, data: data)
  }
}
