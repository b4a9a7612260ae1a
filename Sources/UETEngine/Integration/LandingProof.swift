import UETModel

/// What a landing stands on, as its event says it: where it began, each merge, and the gates that passed.
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
  /// What the target pointed to, and the commit that the first merge was made onto; they differ only where
  /// the target was there already.
  package let old: ObjectID
  package let start: ObjectID
  package let commit: ObjectID
  package let tree: ObjectID?
  package let merges: [Merge]
  package let gates: [PassedGate]
}

extension LandingProof {
  /// Reads `landing_started` or `landed`; nil where an older version kept no proof.
  package init?(_ event: Event) {
    self.init(event.data)
  }

  init?(_ data: JSONObject) {
    guard let target = data[.target]?.string, let commit = data[.commit]?.objectID,
      let start = data[.start]?.objectID, let merges = data[.merges]?.array
    else { return nil }
    self.target = target
    self.commit = commit
    self.start = start
    old = data[.old]?.objectID ?? start
    tree = data[.tree]?.objectID
    self.merges = merges.compactMap(Merge.init)
    gates = (data[.gates]?.array ?? []).compactMap { value in
      guard let name = value["gate"]?.string, let key = value["gate_key"]?.string else {
        return nil
      }
      return PassedGate(name: name, key: key)
    }
  }
}

extension LandingProof.Merge {
  init?(_ value: JSONValue) {
    guard let workstream = value["workstream"]?.workstreamID, let tip = value["tip"]?.objectID,
      let commit = value["commit"]?.objectID
    else { return nil }
    self.init(workstream: workstream, tip: tip, commit: commit)
  }
}
