import UETModel

extension DispatchPlan {
  /// A group of items whose results are put to gates together when the last of them has ended.
  package struct Wave: Hashable, Sendable {
    /// From 1, as people see it.
    package var number: Int
    /// Places in the plan, in the order in which their results are put together.
    package var members: [Int]
    package var gates: [WaveGate]

    package init(number: Int, members: [Int], gates: [WaveGate]) {
      self.number = number
      self.members = members
      self.gates = gates
    }
  }

  package struct WaveGate: Hashable, Sendable {
    package var name: String
    /// A red one holds the wave.
    package var isRequired: Bool
    package var resources: Resources

    package init(name: String, isRequired: Bool = true, resources: Resources = Resources()) {
      self.name = name
      self.isRequired = isRequired
      self.resources = resources
    }
  }
}

/// A gate to be run on the results of a wave, put together.
package struct WaveTest: Hashable, Sendable {
  package let wave: Int
  package let gate: String
  package let members: [AttemptRecord.Input]

  package init(wave: Int, gate: String, members: [AttemptRecord.Input]) {
    self.wave = wave
    self.gate = gate
    self.members = members
  }

  /// nil for a gate that is not of a wave.
  package init?(_ fact: Told<Fact.GateRun>) {
    guard let wave = fact.wave, let gate = fact.gate else { return nil }
    self.init(wave: wave, gate: gate, members: fact.inputs ?? [])
  }
}

/// What came of it.
package struct WaveOutcome: Hashable, Sendable {
  package enum Verdict: Hashable, Sendable {
    case passed
    case failed(String)
    /// It could not be carried out, which says nothing of the results.
    case fault(String)
  }

  package var verdict: Verdict
  /// The results put together, and the tree that was tested.
  package var commit: ObjectID?
  package var tree: ObjectID?
  /// Those that did not merge with the ones before them.
  package var apart: [WaveGateRecord.Apart]

  package init(
    _ verdict: Verdict, commit: ObjectID? = nil, tree: ObjectID? = nil,
    apart: [WaveGateRecord.Apart] = []
  ) {
    self.verdict = verdict
    self.commit = commit
    self.tree = tree
    self.apart = apart
  }
}
