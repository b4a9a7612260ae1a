import UETMergeQueue
import UETModel

/// Tests of what was merged.
extension QueueHands {
  func test(_ name: GateName, _ machine: QueueMachine) {
    let mailbox = mailbox
    guard let (gate, declared) = gate(of: name, machine) else {
      mailbox.send(.gateDone(name, .fault("the gate is not configured"), details: [:]))
      return
    }
    let bench = bench
    let file = Self.logName(name, machine)
    logNames[name] = file
    let log = "\(context.logs.folder)/\(file)"
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

  /// The gate and what its bundle declares of its environment: one of all, or one of a repaired
  /// candidate's own.
  private func gate(
    of name: GateName, _ machine: QueueMachine
  ) -> (Gate, [String: String])? {
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

  /// One candidate may be tested in line and by itself at once, and what it is merged onto for it.
  private static func logName(_ name: GateName, _ machine: QueueMachine) -> String {
    let part = machine.isControl(name) ? LogName.target : machine.isProbe(name) ? LogName.alone : ""
    return "\(name.workstream).integration.\(name.gate)\(part).log"
  }

  /// Keeps the output of a gate or resolver beside its event, which names it.
  func withLog(_ input: QueueInput) -> (QueueInput, [File]) {
    switch input {
    case .repairDone(let name, let outcome):
      guard let bytes = context.logs.excerpt(context.logs.resolver(name.workstream.rawValue)) else {
        break
      }
      let file = "\(name.workstream).resolver.log"
      return (.repairDone(name, outcome.naming(log: file)), [(file, bytes)])
    case .gateDone(let name, let outcome, var details):
      guard let file = logNames.removeValue(forKey: name),
        let bytes = context.logs.excerpt("\(context.logs.folder)/\(file)")
      else { break }
      details[.log] = .string(file)
      return (.gateDone(name, outcome, details: details), [(file, bytes)])
    default: break
    }
    return (input, [])
  }
}
