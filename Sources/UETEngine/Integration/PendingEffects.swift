import UETMergeQueue

/// What is to be done once the record is durable, in order.
struct PendingEffects {
  private(set) var effects: [QueueEffect] = []
  private var merges = 0

  /// So many merges in a row, and then the record catches up: not everything is lost with a crash.
  private static let limit = 1_000

  /// Counts a merge that is about to be made; false where the chain is long enough.
  var takesMerge: Bool {
    mutating get {
      merges += 1
      return merges <= Self.limit
    }
  }

  /// Adds an effect; of two moves of the integration branch in a row only the end counts.
  mutating func add(_ effect: QueueEffect) {
    switch (effects.last, effect) {
    case (.advance(let from, let middle), .advance(let old, let new)) where old == middle:
      effects[effects.count - 1] = .advance(from: from, to: new)
    default: effects.append(effect)
    }
  }
}
