import UETModel

/// What an agent may do when its program asks: edits by the workstream's scope, all else by rule.
package struct ToolPolicy: Hashable, Sendable {
  /// What can be allowed or rejected; edits are not among them, the scope decides on those.
  package enum Kind: String, CaseIterable, Hashable, Sendable {
    /// Reading and searching files.
    case read
    /// Running commands.
    case execute
    /// Getting something from elsewhere.
    case fetch
    /// What the protocol does not tell apart: a tool of another server, a change of mode.
    case other
  }

  /// What may be written, relative to the worktree.
  package var writes: [ScopePattern]
  /// What is missing is allowed.
  package var rules: [Kind: Bool]

  package init(writes: [ScopePattern] = [], rules: [Kind: Bool] = [:]) {
    self.writes = writes
    self.rules = rules
  }
}
