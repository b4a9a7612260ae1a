import UETGit
import UETMergeQueue
import UETModel
import UETPlanning

extension QueuePolicy {
  /// What the configuration recorded at a run's start says of its integration.
  init(_ configuration: Configuration, _ plan: Plan) {
    self.init()
    gates = configuration.integration.gates.compactMap {
      Gate(named: $0, configuration: configuration)
    }.map(QueueGate.init)
    for workstream in plan.workstreams {
      let boundary = workstream.gates.filter { request in
        request.waveBoundary || configuration.gates[request.name]?.waveBoundary == true
      }
      let own = boundary.compactMap { Gate($0, configuration: configuration) }.map(QueueGate.init)
      if !own.isEmpty { gatesOf[workstream.id] = own }
    }
    window = configuration.integration.window
    slots = max(1, configuration.integration.slots)
    strategy =
      switch configuration.integration.strategy {
      case .serial: .serial
      case .speculative: .speculative
      case .batch: .batch
      // Without gates there is nothing to win by guessing ahead.
      case .auto: gates.isEmpty && gatesOf.isEmpty ? .serial : .auto
      }
  }
}

extension QueueGate {
  /// The key names the command, so that a verdict never counts for another one.
  init(_ gate: Gate) {
    let command = gate.command.json.encoded(.canonical)
    self.init(
      name: gate.name, key: Repository.hashBlob(Array(command.utf8)).hex, isRequired: gate.required)
  }
}

extension Candidate {
  /// Every finished workstream of a run as a candidate, with the places the plan gives.
  static func finished(in state: RunState, _ plan: Plan) -> [Candidate] {
    var rank: [Int: Int] = [:]
    for (position, index) in plan.order.enumerated() { rank[index] = position }
    return plan.workstreams.indices.compactMap { index in
      let workstream = plan.workstreams[index]
      guard let record = state[workstream.id], record.state == .succeeded, let tip = record.tip
      else { return nil }
      let attempt = record.attempts.last { $0.outcome == .succeeded }
      return Candidate(
        id: workstream.id, tip: tip, base: attempt?.base, inputs: attempt?.inputs ?? [],
        criticalPathRank: rank[index] ?? index,
        priority: workstream.priority == .foreground ? 0 : 1,
        dependencyCount: plan.dependencies.before[index].count)
    }
  }
}
