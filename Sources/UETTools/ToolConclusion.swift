/// What is known of a program's work when it has ended.
package struct ToolConclusion: Hashable, Sendable {
  package var outcome: ToolOutcome
  package var usage: [UsageRecord]
  /// Whether `usage` is all that was used; false where the program keeps no figures until its end.
  package var isComplete: Bool
  /// By which the program takes up the conversation again.
  package var session: String?
  /// What a person should know, one line each.
  package var warnings: [String]
  /// What the program said last, for a summary.
  package var lastMessage: String?

  package init(
    _ outcome: ToolOutcome, usage: [UsageRecord] = [], isComplete: Bool = true,
    session: String? = nil, warnings: [String] = [], lastMessage: String? = nil
  ) {
    self.outcome = outcome
    self.usage = usage
    self.isComplete = isComplete
    self.session = session
    self.warnings = warnings
    self.lastMessage = lastMessage
  }
}

/// How the process itself ended.
package enum ToolEnding: Hashable, Sendable {
  case exited(Int32)
  case signalled(Int32)
  /// By its time limit, or because the run asked for it.
  case stopped

  package var isClean: Bool { self == .exited(0) }
}
