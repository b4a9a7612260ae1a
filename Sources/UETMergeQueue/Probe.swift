import UETModel

/// Some candidates merged onto the tip by themselves, without those before them in line: what is
/// learnt of them does not hang on their forerunners.
struct Probe: Hashable, Sendable {
  /// Next: built, or gone (a conflict, a fault, one of them decided).
  enum Merge: Hashable, Sendable {
    case underway
    case built(commit: ObjectID, tree: ObjectID)
  }

  let name: ProbeName
  var merge = Merge.underway

  var commit: ObjectID? { if case .built(let commit, _) = merge { commit } else { nil } }

  var tree: ObjectID? { if case .built(_, let tree) = merge { tree } else { nil } }

  /// One of before, as the record has it; nil where its members conflict.
  init?(_ record: ProbeRecord) {
    name = ProbeName(members: record.members, onto: record.onto)
    guard let commit = record.commit, let tree = record.tree else { return nil }
    merge = .built(commit: commit, tree: tree)
  }

  init?(_ fact: Told<Fact.ProbeStep>) {
    guard let onto = fact.onto, let members = fact.workstreams, !members.isEmpty else { return nil }
    name = ProbeName(members: members, onto: onto)
  }
}

/// One probe that was asked for; its answer carries it back.
package struct ProbeName: Hashable, Sendable {
  /// In the order in which they are merged; never empty.
  package let members: [WorkstreamID]
  package let onto: ObjectID
}

/// The merges of a probe, one onto the other.
package struct ProbeOrder: Hashable, Sendable {
  package let name: ProbeName
  /// The name of each but the first says `onto` of the probe as well: what it goes onto is the one
  /// before.
  package let merges: [MergeOrder]
}

/// What probes have shown of candidates that are not decided yet.
struct ProbeEvidence: Sendable {
  /// Green without those before them.
  private(set) var cleared: Set<WorkstreamID> = []
  /// Red together: one of each is to blame, or several meet badly.
  private(set) var red: [[WorkstreamID]] = []
  /// Red alone on what is integrated: they go.
  private(set) var refuted: [WorkstreamID: Refutation] = [:]
  /// In conflict with what is integrated: this shows when it is their turn.
  private(set) var torn: Set<WorkstreamID> = []
  /// Ejections of some that had been green by themselves.
  private(set) var clashes = 0

  /// Where one was red alone.
  struct Refutation: Hashable, Sendable {
    let onto: ObjectID
    let commit: ObjectID
    let tree: ObjectID
  }

  mutating func noteGreen(_ members: [WorkstreamID]) { cleared.formUnion(members) }

  mutating func noteRed(_ members: [WorkstreamID]) {
    guard members.count > 1 else { return }
    let new = Set(members)
    if red.contains(where: { new.isSuperset(of: $0) }) { return }
    red.removeAll { new.isSubset(of: $0) }
    red.append(members)
  }

  /// `left` are those of them that are not decided yet.
  mutating func noteConflict(_ members: [WorkstreamID], left: [WorkstreamID]) {
    if members.count == 1 { torn.formUnion(left) } else { noteRed(left) }
  }

  mutating func acquit(_ id: WorkstreamID) { refuted[id] = nil }

  mutating func refute(_ id: WorkstreamID, _ refutation: Refutation) { refuted[id] = refutation }

  /// One that is integrated is to blame for nothing; one that goes explains what was red with it.
  mutating func forget(_ id: WorkstreamID, isIntegrated: Bool) {
    if !isIntegrated, cleared.contains(id) { clashes += 1 }
    cleared.remove(id)
    torn.remove(id)
    refuted[id] = nil
    if isIntegrated {
      red = red.map { group in group.filter { $0 != id } }.filter { $0.count > 1 }
    } else {
      red.removeAll { $0.contains(id) }
    }
  }
}
