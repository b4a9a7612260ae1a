import UETModel

/// What a landing stands on, as its event says it: where it began, each merge, and the gates that
/// passed.
package struct LandingProof: Hashable, Sendable {
  package struct Merge: Hashable, Sendable {
    package let workstream: WorkstreamID
    /// What was merged, and the merge commit.
    package let tip: ObjectID
    package let commit: ObjectID
  }

  package struct PassedGate: Hashable, Sendable {
    package let name: String
    package let key: String
  }

  package let target: String
  /// What the target pointed to, and the commit that the first merge was made onto; they differ
  /// only where the target was there already.
  package let old: ObjectID
  package let start: ObjectID
  package let commit: ObjectID
  package let tree: ObjectID?
  package let merges: [Merge]
  package let gates: [PassedGate]
}

extension LandingProof {
  /// Reads `landing_started` or `landed`; nil where an older version kept no proof.
  init?(_ fact: Told<Fact.Landing>) {
    guard let target = fact.target, let commit = fact.commit, let start = fact.start,
      let merges = fact.merges
    else { return nil }
    (self.target, self.commit, self.start) = (target, commit, start)
    (old, tree) = (fact.old ?? start, fact.tree)
    self.merges = merges.compactMap { merge in
      guard let id = merge.workstream, let tip = merge.tip, let commit = merge.commit else {
        return nil
      }
      return Merge(workstream: id, tip: tip, commit: commit)
    }
    gates = (fact.gates ?? []).compactMap { gate in
      guard let name = gate.gate, let key = gate.gateKey else { return nil }
      return PassedGate(name: name, key: key)
    }
  }
}
