/// What would make a work's context fit a model.
package enum ContextStrategy: String, CaseIterable, Hashable, Sendable {
  /// Without comments, and without files that were generated, logs, and tests of others.
  case prune
  /// Only the declarations of what is not to be changed.
  case summarise
  /// Into several workstreams with narrower scopes.
  case split
}

/// How a context compares with what a model takes.
package struct ContextWindow: Hashable, Sendable {
  /// Tokens that a request may have, as the price book says.
  package let size: Int
  /// Of them, the part that is kept for the conversation and the answers.
  package let reserve: Double

  package init(size: Int, reserve: Double) { (self.size, self.reserve) = (size, reserve) }

  /// Tokens that the work may fill.
  package var room: Int { Int(Double(size) * (1 - reserve)) }

  /// The mildest strategy by which it fits; nil where it fits as it is.
  /// - Parameters:
  ///   - whole: Tokens of all.
  ///   - pruned: The same, pruned.
  ///   - scope: Tokens of the prompt and the files that may be changed, pruned.
  package func strategy(whole: Int, pruned: Int, scope: Int) -> ContextStrategy? {
    if whole <= room { return nil }
    if pruned <= room { return .prune }
    return scope <= room * 9 / 10 ? .summarise : .split
  }
}
