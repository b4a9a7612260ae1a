import UETLedger
import UETMergeQueue
import UETModel

/// Tests of what was merged.
extension QueueHands {
  func test(_ name: GateName, _ machine: QueueMachine) {
    guard let (gate, declared) = gate(of: name, machine) else {
      mailbox.send(.gateDone(name, .fault("the gate is not configured"), details: [:]))
      return
    }
    orders[name] = TestOrder(
      gate: gate, declared: declared, file: Self.logName(name, machine),
      isAgain: machine.isRed(name))
    admission.ask(name, gate.resources)
    startTests()
  }

  struct TestOrder {
    let gate: Gate
    let declared: [String: String]
    let file: String
    /// What was said against it already is asked again where nothing was built before.
    let isAgain: Bool
  }

  /// Starts what may run now.
  func startTests() {
    for name in admission.admit() {
      if let order = orders.removeValue(forKey: name) { start(order, name) }
    }
  }

  /// Says of gates that never began that they did not.
  func drop(_ names: [GateName]) {
    for name in names {
      orders[name] = nil
      mailbox.send(.gateDone(name, .cancelled, details: [:]))
    }
  }

  private func start(_ order: TestOrder, _ name: GateName) {
    let (bench, mailbox, reads) = (bench, mailbox, reads)
    for other in lingering where logNames[other] == order.file { tests[other]?.cancel() }
    logNames[name] = order.file
    let log = "\(context.logs.folder)/\(order.file)"
    let logs = context.logs
    tests[name] = Task {
      let result = await bench.run(
        order.gate, on: name.commit, log: log, declaring: order.declared, isCold: order.isAgain,
        learning: name.inputs == nil ? name.key : nil)
      if let bytes = result.learned?.bytes { reads.keep(bytes, name) }
      let run = Told<Fact.GateRun> { $0.note(result) }
      let outcome: GateOutcome =
        switch result.verdict {
        case _ where Task.isCancelled: .cancelled
        case .passed: .passed
        case .failed(let reason): .failed(reason + logs.lastWords(log))
        case .fault(let reason): .fault(reason)
        }
      mailbox.send(.gateDone(name, outcome, details: run.members))
    }
  }

  /// What was built is of no use when the builder is killed: one that is soon done may end, though
  /// nobody wants its word.
  nonisolated(nonsending) func cancel(_ name: GateName, _ machine: QueueMachine) async {
    guard let task = tests[name] else { return }
    let integration = machine.state.integration
    guard let gate = gate(of: name, machine)?.0,
      gate.builds(besides: context.configuration.run.caches), integration.pause == nil,
      let seconds = integration.gateSeconds
    else { return task.cancel() }
    lingering.insert(name)
    let bench = bench
    await bench.linger()
    let limit = min(Self.longestLingering, 1 + 2 * seconds)
    Task {
      let timer = Task {
        try? await Task.sleep(for: .seconds(limit))
        task.cancel()
      }
      await task.value
      timer.cancel()
      await bench.ceased()
    }
  }

  /// Seconds.
  private static let longestLingering = 10.0

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
    case .repairDone(let name, let outcome, let inputs):
      guard let bytes = context.logs.excerpt(context.logs.resolver(name.workstream.rawValue)) else {
        break
      }
      let file = "\(name.workstream).resolver.log"
      let answer = QueueInput.repairDone(name, outcome.naming(log: file), inputs: inputs)
      return (answer, [(file, bytes)])
    case .gateDone(let name, let outcome, let details):
      guard let file = logNames.removeValue(forKey: name) else { break }
      var files = reads.take(name).map { [(file + AttemptLogs.readsEnd, $0)] } ?? []
      var run = Told<Fact.GateRun>(members: details)
      if let bytes = context.logs.excerpt("\(context.logs.folder)/\(file)") {
        run.log = file
        files.append((file, bytes))
      }
      return (.gateDone(name, outcome, details: run.members), files)
    default: break
    }
    return (input, [])
  }
}
