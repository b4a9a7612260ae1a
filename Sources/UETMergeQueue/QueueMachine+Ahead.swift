import UETModel

/// Some candidates that are merged onto the tip to go ahead of others in line.
struct Overtaking: Sendable {
  private(set) var probe: Probe?
  /// The merge of each member, one onto the other.
  private(set) var commits: [ObjectID] = []
  /// Those that could not, on this tip.
  private(set) var refused: Set<WorkstreamID> = []
  private var tip: ObjectID?

  mutating func begin(_ new: Probe?) { (probe, commits) = (new, []) }

  func isUnderway(_ name: ProbeName) -> Bool { probe?.name == name && probe?.merge == .underway }

  func prepared(
    _ name: ProbeName, _ outcome: MergeOutcome, _ commits: [ObjectID], _ inputs: GateInputs
  ) -> EventDraft {
    var step = Told<Fact.ProbeStep> {
      ($0.onto, $0.workstreams, $0.ahead) = (name.onto, name.members, true)
    }
    var anchors: [ObjectID] = []
    switch outcome {
    case .clean(let commit, let tree) where commits.count == name.members.count:
      (step.commit, step.tree, anchors) = (commit, tree, [commit])
      (step.commits, step.gateInputs) = (commits, inputs.nonEmpty)
    case .conflict(_, let message, _), .replayed(_, _, _, _, let message, _), .refused(let message),
      .fault(let message):
      step.message = message
    case .clean, .repaired: step.message = "they do not merge by themselves"
    }
    return EventDraft(.probePrepared(step), workstream: name.members.last, anchors: anchors)
  }

  mutating func follow(_ fact: Told<Fact.ProbeStep>) {
    guard let asked = Probe(fact), asked.name == probe?.name else { return }
    guard let commit = fact.commit, let tree = fact.tree, let made = fact.commits,
      made.count == asked.name.members.count
    else { return refuse() }
    probe?.merge = .built(commit: commit, tree: tree)
    commits = made
  }

  mutating func refuse() {
    refused.formUnion(probe?.name.members ?? [])
    (probe, commits) = (nil, [])
  }

  /// On another tip all may try again.
  mutating func settle(onto new: ObjectID?, isStillSound: (Probe) -> Bool) {
    if new != tip { (tip, refused) = (new, []) }
    guard let probe, probe.name.onto != new || !isStillSound(probe) else { return }
    (self.probe, commits) = (nil, [])
  }
}

/// Candidates in line that share no gate's inputs with those before them need not wait for these:
/// they are green whatever becomes of them, and take nothing from them, for what gates have said of
/// those still holds on top. They are merged onto the tip by themselves, and integrated where that
/// tree is green indeed.
extension QueueMachine {
  /// The most that go ahead at once.
  private static var mostAhead: Int { 64 }

  private var required: [QueueGate] { policy.gates.filter(\.isRequired) }

  /// Begins to merge those that may go ahead.
  func aheadStart() -> EventDraft? {
    guard ahead.probe == nil, let onto = tip else { return nil }
    let members = Array(free.filter { !ahead.refused.contains($0) }.prefix(Self.mostAhead))
    guard let last = members.last else { return nil }
    return EventDraft(
      .probeStarted(.init { ($0.onto, $0.workstreams, $0.ahead) = (onto, members, true) }),
      workstream: last, anchors: members.compactMap { state[$0]?.candidate?.tip })
  }

  func aheadSuccess() -> EventDraft? {
    guard let probe = ahead.probe, let commit = probe.commit, let tree = probe.tree,
      let last = probe.name.members.last
    else { return nil }
    let members = zip(probe.name.members, ahead.commits).map {
      AttemptRecord.Input(workstream: $0, commit: $1)
    }
    return success(last, onto: probe.name.onto, commit, tree, of: members, isAhead: true)
  }

  /// Whether what was merged is green, and its members may still go ahead.
  func mayGoAhead(_ probe: Probe) -> Bool {
    guard let tree = probe.tree, probe.name.onto == tip else { return false }
    return required.allSatisfy { verdict(on: tree, of: $0) == true }
      && Set(free).isSuperset(of: probe.name.members)
  }

  mutating func settleAhead() {
    ahead.settle(onto: tip) { probe in
      probe.name.members.allSatisfy { state[$0]?.state == .queued && line.contains($0) }
    }
    forgetInputs()
  }

  /// Those in line that are expected to be green on the tip, and share no gate with any before them
  /// that is not decided.
  private var free: [WorkstreamID] {
    guard line.entries.count > 1, let tipTree, mayBeOvertaken else { return [] }
    guard required.allSatisfy({ verdict(on: tipTree, of: $0) == true }) else { return [] }
    var trees: [ObjectID: ObjectID] = [:]
    if let tip { trees[tip] = tipTree }
    var taken: Set<String> = []
    var result: [WorkstreamID] = []
    for (position, entry) in line.entries.enumerated() {
      if entry.isTorn || entry.isBroken {
        if awaitsRepair(entry) { break }
        continue
      }
      guard let onto = entry.onto.flatMap({ trees[$0] }), let commit = entry.commit,
        let tree = entry.tree
      else { break }
      trees[commit] = tree
      // What one reads that learns it may be another thing once others are before it.
      let touched = required.filter {
        $0.learns ? tree != onto : subject(of: $0, on: tree) != subject(of: $0, on: onto)
      }
      let isFree =
        position > 0 && !entry.isRepaired
        && touched.allSatisfy { gate in
          !taken.contains(gate.key) && verdict(on: tree, of: gate) == true
        } && canBeProbed(entry.id)
      if isFree { result.append(entry.id) } else { taken.formUnion(touched.map(\.key)) }
    }
    return result
  }

  /// Nobody goes ahead where it would be of no use, or in somebody's way.
  private var mayBeOvertaken: Bool {
    let isPart = policy.gates.contains { $0.isRequired && $0.readsPart && !$0.learns }
    guard isPart else { return false }
    return state.integration.faulted.isEmpty && repairing == nil
      && !running.contains(where: isControl)
      && !line.entries.contains(where: \.isUnderWay)
  }

  private mutating func forgetInputs() {
    guard inputs.count > 20_000 else { return }
    var trees = Set(line.entries.compactMap(\.tree) + probes.compactMap(\.tree))
    trees.formUnion(evidence.refuted.values.map(\.tree))
    trees.formUnion(
      [state.integration.startTree, tipTree, ahead.probe?.tree, state.integration.landing?.tree]
        .compactMap { $0 })
    inputs.keep(trees)
  }
}
