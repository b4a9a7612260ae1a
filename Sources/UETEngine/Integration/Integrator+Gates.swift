import UETMergeQueue
import UETModel

/// Tests of what was merged.
extension Integrator {
  func test(_ name: GateName) {
    let mailbox = mailbox
    guard let (gate, declared) = gate(of: name) else {
      mailbox.send(.gateDone(name, .fault("the gate is not configured"), details: [:]))
      return
    }
    let bench = bench
    let log = logPath(name)
    let logs = context.logs
    tests[name] = Task {
      let result = await bench.run(gate, on: name.commit, log: log, declaring: declared)
      var details = JSONObject()
      details[.seconds] = .number(result.seconds.roundedToThousandths)
      if result.isFlaky { details["flaky"] = true }
      let outcome: GateOutcome =
        switch result.verdict {
        case _ where Task.isCancelled: .cancelled
        case .passed: .passed
        case .failed(let reason): .failed(reason + logs.lastWords(log))
        case .fault(let reason): .fault(reason)
        }
      mailbox.send(.gateDone(name, outcome, details: details))
    }
  }

  /// The gate and what its bundle declares of its environment: one of all, or one of a repaired candidate's own.
  func gate(of name: GateName) -> (Gate, [String: String])? {
    if machine.policy.gates.contains(where: { $0.key == name.key }) {
      return gates[name.gate].map { ($0, [:]) }
    }
    for (id, own) in machine.policy.ownGates where own.contains(where: { $0.key == name.key }) {
      guard let workstream = context.workstreams[id] else { continue }
      let gate = Gate.ofAttempt(workstream, context.configuration).first { $0.name == name.gate }
      if let gate { return (gate, workstream.environment) }
    }
    return nil
  }

  func logPath(_ name: GateName) -> String { "\(context.logs.folder)/\(logName(name))" }

  /// One candidate may be tested in line and by itself at once, and what it is merged onto for it.
  func logName(_ name: GateName) -> String {
    let part = machine.isControl(name) ? LogName.target : machine.isProbe(name) ? LogName.alone : ""
    return "\(name.workstream).integration.\(name.gate)\(part).log"
  }

  /// Keeps a gate's output beside its event, which names it.
  func attachLog(of input: QueueInput) throws -> QueueInput {
    if case .repairDone(let name, let outcome) = input {
      guard let bytes = context.logs.excerpt(context.logs.resolver(name.workstream.rawValue)) else {
        return input
      }
      let file = "\(name.workstream).resolver.log"
      try ledger.attach(file, bytes)
      return .repairDone(name, outcome.naming(log: file))
    }
    guard case .gateDone(let name, let outcome, var details) = input,
      let bytes = context.logs.excerpt(logPath(name))
    else { return input }
    let file = logName(name)
    try ledger.attach(file, bytes)
    details[.log] = .string(file)
    return .gateDone(name, outcome, details: details)
  }
}
