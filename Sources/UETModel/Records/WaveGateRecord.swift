/// What one gate said of the results of a wave, put together.
package struct WaveGateRecord: Hashable, Sendable {
  /// A result that did not merge with those before it, and so was not tested with them.
  package struct Apart: Hashable, Sendable {
    package let workstream: WorkstreamID
    package let paths: [String]

    package init(workstream: WorkstreamID, paths: [String]) {
      self.workstream = workstream
      self.paths = paths
    }
  }

  /// The wave's number in the plan as it was then, from 1.
  package let wave: Int
  package let gate: String
  /// The results that are put together, in plan order: it says nothing of any others.
  package let members: [AttemptRecord.Input]
  package var result = GateRecord.Result.running
  /// A red one that is not required is shown only.
  package var required = true
  /// How often in a row it gave no verdict.
  package var faults = 0
  package var commit: ObjectID?
  package var tree: ObjectID?
  package var seconds: Double?
  package var message: String?
  package var isFlaky = false
  package var apart: [Apart] = []

  package init(wave: Int, gate: String, members: [AttemptRecord.Input]) {
    self.wave = wave
    self.gate = gate
    self.members = members
  }

  /// It ended without a verdict.
  package var isFault: Bool { result == .failed && faults > 0 }

  /// It is red, and that counts.
  package var isRed: Bool { result == .failed && faults == 0 && required }
}

/// A person's word that the results of a wave may be merged, whatever its gates said of them.
package struct WaveRelease: Hashable, Sendable {
  package let wave: Int
  package let members: [AttemptRecord.Input]
  package var reason: String?
  /// As `Ada <ada@example.com>`.
  package var by: String?

  package init(wave: Int, members: [AttemptRecord.Input]) {
    self.wave = wave
    self.members = members
  }
}
