extension RunState {
  mutating func foldProbePrepared(_ fact: Told<Fact.ProbeStep>) {
    let members = fact.workstreams ?? []
    forgetFaults { $0 == .probe(members) }
    // What goes ahead tells nothing about anybody.
    guard let onto = fact.onto, !members.isEmpty, fact.ahead != true else { return }
    var probe = ProbeRecord(members: members, onto: onto, commit: fact.commit, tree: fact.tree)
    probe.gateInputs = fact.gateInputs ?? GateInputs()
    integration.probes.removeAll { $0.members == members && $0.onto == onto }
    integration.probes.append(probe)
  }

  /// A member that is integrated is to blame for nothing; one that leaves the queue explains what
  /// was red.
  mutating func settleProbes(_ id: WorkstreamID, from old: WorkstreamState, to new: WorkstreamState)
  {
    guard !integration.probes.isEmpty, old == .queued || new == .queued else { return }
    for index in integration.probes.indices where integration.probes[index].left.contains(id) {
      integration.probes[index].left.removeAll { $0 == id }
      if new != .integrated { integration.probes[index].isExplained = true }
    }
    integration.probes.removeAll(where: \.left.isEmpty)
  }
}
