/// The last known result of one gate for one workstream.
package struct GateRecord: Hashable, Sendable {
  package enum Result: String, CaseIterable, Hashable, Sendable {
    case running = "RUNNING"
    case passed = "PASSED"
    case failed = "FAILED"
  }

  package enum Stage: String, CaseIterable, Hashable, Sendable {
    /// On the attempt's own result.
    case attempt
    /// On the results of a wave, put together.
    case wave
    /// On the combination with what is already integrated.
    case integration
    /// On what a candidate is merged onto, without it: who is to blame, it or the rest. Kept as a
    /// verdict alone.
    case target
    /// On the target without what is rolled back.
    case rollback
    /// On the target, after it moved.
    case landing
  }

  package var name: String
  package var stage: Stage
  package var result: Result
  package var tree: ObjectID?
  package var required: Bool
  package var seconds: Double?
  package var message: String?
  /// It was red first, then green on the very same tree: it says less than it should.
  package var isFlaky = false
  /// Sequence number of the event that holds its verdict, where it did not run again.
  package var reused: Int?
  /// The tree from which what stood where it ran had been built; nil for a clean place.
  package var warm: ObjectID?
  /// The tree on which it ran, where that is another one with the same inputs.
  package var testedTree: ObjectID?

  package init(name: String, stage: Stage, result: Result, required: Bool = true) {
    self.name = name
    self.stage = stage
    self.result = result
    self.required = required
  }
}
