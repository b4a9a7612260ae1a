import UETModel

/// Something about a plan that a person may want to change.
package struct PlanWarning: Hashable, Sendable {
  package enum Code: String, CaseIterable, Hashable, Sendable {
    /// One reads what another writes, and no dependency says which comes first.
    case readWriteOverlap = "read_write_overlap"
    /// Scopes were too many or too intricate to be told apart; more is serialised than must be.
    case overlapLimit = "overlap_limit"
    /// `--durations declared`, and none is declared.
    case durationMissing = "duration_missing"
  }

  package let code: Code
  package let message: String
  package let workstreams: [WorkstreamID]
}
