/// What gates said, the last word of each for each tree and, where a gate declares what it reads,
/// for all trees in which that is the same.
package struct VerdictIndex: Sendable {
  private struct Key: Hashable {
    let subject: ObjectID
    let key: String
  }

  private var known: [Key: VerdictRecord] = [:]

  package init() {}

  /// `key` is that of the gate and its environment, `inputs` the tree cut down to what it reads,
  /// where that is known.
  package func verdict(on tree: ObjectID, inputs: ObjectID?, _ key: String) -> VerdictRecord? {
    if let inputs, let verdict = known[Key(subject: inputs, key: key)] { return verdict }
    guard let verdict = known[Key(subject: tree, key: key)] else { return nil }
    // The same inputs may have been asked about again on another tree.
    return known[Key(subject: verdict.subject, key: key)] ?? verdict
  }

  package mutating func note(_ verdict: VerdictRecord) {
    known[Key(subject: verdict.subject, key: verdict.key)] = verdict
    known[Key(subject: verdict.tree, key: verdict.key)] = verdict
  }

  /// Those of one run, in whatever order: the last word of each counts.
  package mutating func note(_ verdicts: some Sequence<VerdictRecord>) {
    for verdict in verdicts.sorted(by: { ($0.event ?? 0) < ($1.event ?? 0) }) { note(verdict) }
  }

  /// Red ones of these count no more.
  package mutating func forgetRed(_ isMeant: (VerdictRecord) -> Bool) {
    known = known.filter { $1.passed || !isMeant($1) }
  }
}
