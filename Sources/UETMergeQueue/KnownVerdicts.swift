import UETModel

/// What gates said of trees, the last word of each in each environment.
struct KnownVerdicts: Sendable {
  private struct Key: Hashable {
    let tree: ObjectID
    let key: String
  }

  private var known: [Key: VerdictRecord] = [:]

  /// `key` is that of the gate and its environment.
  subscript(tree: ObjectID, key: String) -> VerdictRecord? { known[Key(tree: tree, key: key)] }

  mutating func note(_ verdict: VerdictRecord) {
    known[Key(tree: verdict.tree, key: verdict.key)] = verdict
  }

  /// Red ones of these count no more.
  mutating func forgetRed(_ isMeant: (VerdictRecord) -> Bool) {
    known = known.filter { $1.passed || !isMeant($1) }
  }
}
