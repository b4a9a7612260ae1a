import UETModel
import UETTestSupport

@testable import UETMergeQueue

/// Gates that declare what they read: a candidate is something to some of them alone.
extension QueueWorld {
  /// Makes some or all gates read a part, and what is red for such a gate something that it reads.
  mutating func declareInputs() {
    let isAll = !random.oneIn(4)
    for index in policy.gates.indices {
      policy.gates[index].readsPart = isAll || random.oneIn(2)
    }
    for tip in candidates.map(\.tip).sorted() {
      let isFew = random.oneIn(2)
      touched[tip] = Set(
        policy.gates.map(\.name).filter { _ in isFew ? random.oneIn(4) : !random.oneIn(3) })
    }
    for gate in policy.gates where gate.readsPart {
      red[gate.key] = red[gate.key, default: []].filter { set in
        set.allSatisfy { reads(gate.name, $0) }
      }
    }
    machine = QueueMachine(policy: policy, state: machine.state)
  }

  /// Whether what the tip changes is something to the gate.
  func reads(_ gate: String, _ tip: ObjectID) -> Bool { touched[tip]?.contains(gate) ?? true }

  func inputs(of commit: ObjectID) -> GateInputs {
    var cuts: [String: ObjectID] = [:]
    for gate in policy.gates where gate.readsPart {
      let tips = contents[commit, default: []].filter { reads(gate.name, $0) }
      cuts[gate.name] = object("cut \(gate.name) " + tips.sorted().map(\.hex).joined())
    }
    return GateInputs(cuts)
  }

  var knownInputs: GateInputs { knowsTrees ? inputs(of: target) : GateInputs() }

  /// What of a commit the gate reads.
  func contents(of commit: ObjectID, for gate: String) -> Set<ObjectID> {
    let all = contents[commit] ?? []
    guard policy.gates.contains(where: { $0.name == gate && $0.readsPart }) else { return all }
    return all.filter { reads(gate, $0) }
  }

  func subject(of commit: ObjectID, _ gate: String) -> ObjectID {
    inputs(of: commit)[gate] ?? trees[commit] ?? .zero
  }

  /// Who goes ahead is nothing to any gate to which those are something that it passes.
  func checkAhead(_ id: WorkstreamID, over entry: QueueLine.Entry) throws {
    guard let own = machine.state[id]?.candidate?.tip,
      let other = machine.state[entry.id]?.candidate?.tip
    else { return }
    for gate in policy.gates where gate.isRequired {
      let isShared = !gate.readsPart || reads(gate.name, own) && reads(gate.name, other)
      try Violation.unless(
        !isShared, "'\(id)' goes ahead of '\(entry.id)', and \(gate.name) reads both")
    }
  }
}
