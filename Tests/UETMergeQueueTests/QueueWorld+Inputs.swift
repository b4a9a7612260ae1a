import UETModel
import UETTestSupport

@testable import UETMergeQueue

/// Gates that declare what they read: a candidate is something to some of them alone.
extension QueueWorld {
  /// Makes some or all gates read a part, and what is red for such a gate something that it reads.
  /// `learning`: of some of these nothing is known before they run.
  mutating func declareInputs(learning: Bool = false) {
    let isAll = !random.oneIn(4)
    for index in policy.gates.indices {
      policy.gates[index].readsPart = isAll || random.oneIn(2)
    }
    for index in policy.gates.indices where learning && policy.gates[index].readsPart {
      policy.gates[index].learns = !random.oneIn(4)
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
      let cut = cut(of: contents[commit] ?? [], gate.name)
      if !gate.learns || learned.contains(cut) { cuts[gate.name] = cut }
    }
    return GateInputs(cuts)
  }

  private func cut(of tips: Set<ObjectID>, _ gate: String) -> ObjectID {
    let tips = tips.filter { reads(gate, $0) }
    return object("cut \(gate) " + tips.sorted().map(\.hex).joined())
  }

  /// What a gate was seen to read, with its answer.
  mutating func learn(_ name: GateName, _ outcome: GateOutcome, into details: inout JSONObject) {
    guard name.inputs == nil, outcome == .passed || outcome == .failed("red"),
      policy.gates.contains(where: { $0.key == name.key && $0.learns }), !random.oneIn(8)
    else { return }
    let cut = cut(of: contents[name.commit] ?? [], name.gate)
    learned.insert(cut)
    if outcome != .passed { refused.insert(Refusal(subject: cut, key: name.key)) }
    var run = Told<Fact.GateRun>(members: details)
    run.inputsTree = cut
    run.sameInputs = contents.compactMap { commit, tips in
      self.cut(of: tips, name.gate) == cut ? trees[commit] : nil
    }.sorted()
    details = run.members
  }

  /// After a crash only what is on record is known.
  mutating func recallInputs() {
    learned = Set(durable.compactMap { $0.fact.gateEnd?.0.inputsTree })
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
      let isShared =
        !gate.readsPart || gate.learns || reads(gate.name, own) && reads(gate.name, other)
      try Violation.unless(
        !isShared, "'\(id)' goes ahead of '\(entry.id)', and \(gate.name) reads both")
    }
  }
}
