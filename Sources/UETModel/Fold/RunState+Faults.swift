extension FaultRecord.Step {
  /// What `integration_faulted` speaks of.
  init(_ fact: Told<Fact.QueueFault>, _ workstream: WorkstreamID?) {
    let members = fact.workstreams ?? []
    if let key = fact.gateKey ?? fact.gate, let subject = fact.inputsTree ?? fact.tree {
      self = .gate(tree: subject, key: key)
    } else if let workstream, fact.has(\.method) {
      self = .repair(workstream)
    } else if !members.isEmpty {
      self = .probe(members)
    } else if let workstream, fact.onto != nil {
      self = .merge(workstream)
    } else {
      self = .other
    }
  }
}

extension RunState {
  /// How the step failed when it was tried last; nil where it did not.
  package func fault(of step: FaultRecord.Step) -> FaultRecord? {
    integration.faulted.first { $0.step == step }
  }

  mutating func foldFaulted(_ fact: Told<Fact.QueueFault>, _ event: Event) {
    integration.faults += 1
    integration.faultedAt = event.at
    let step = FaultRecord.Step(fact, event.workstream)
    let before = fault(of: step)
    forgetFaults { $0 == step }
    integration.faulted.append(
      FaultRecord(
        step, count: (before?.count ?? 0) + 1, first: before?.first ?? event.seq,
        event: event.seq, message: fact.message ?? ""))
    guard let id = event.workstream else { return }
    update(id) { record in
      if let gate = fact.gate {
        record.gates.removeAll { $0.name == gate && $0.result == .running }
      } else {
        record.conflict?.underWay = nil
      }
    }
  }

  /// Those of what was tried and has an answer are forgotten.
  mutating func forgetFaults(where isOver: (FaultRecord.Step) -> Bool) {
    guard !integration.faulted.isEmpty else { return }
    integration.faulted.removeAll { isOver($0.step) }
  }
}
