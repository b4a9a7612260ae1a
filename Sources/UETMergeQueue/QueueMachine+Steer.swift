import UETModel

extension QueueMachine {
  /// Takes a candidate to the head of those that wait. What has its place in line keeps it, since
  /// tests are under way on top of it; and nobody comes before what it contains.
  func promote(_ id: WorkstreamID) throws(QueueError) -> [EventDraft] {
    guard let record = state[id] else { throw .unknown(id) }
    guard record.state == .queued else { throw .notPossible(id, record.state) }
    if let position = line.position(of: id) {
      let place = position == 0 ? "it is at the head already" : "it has its place, \(position + 1)"
      throw .notPromotable(id, reason: place)
    }
    switch inheritance(of: record, ahead: line.entries) {
    case .sound: break
    case .waits(let other):
      throw .notPromotable(id, reason: "it contains '\(other)', which comes before it")
    case .lost(let reason): throw .notPromotable(id, reason: "it " + reason)
    }
    if waiting.rank(of: id) == 0 { return [] }
    return [EventDraft(.candidatePromoted(.init()), workstream: id)]
  }

  func freeze(_ reason: String) -> [EventDraft] {
    if state.integration.freeze == reason { return [] }
    return [EventDraft(.integrationFrozen(.because(reason)))]
  }

  /// A candidate is not taken where its own tree is known to be red: it would cost a test to learn
  /// what is on record.
  func knownRed() -> EventDraft? {
    guard line.entries.count(where: { !$0.isBroken }) < window,
      !line.entries.contains(where: \.isUnderWay),
      let id = waiting.next(decisions: state.integration.decisions, patience: policy.patience),
      let tree = state[id]?.candidate?.tree, let onto = tip,
      let gate = policy.gates.first(where: { $0.isRequired && isKnownRedAlone(tree, $0) })
    else { return nil }
    return ejection(
      id, "not admitted: \(gate.name) is known to be red on its own tree", onto: onto
    ) {
      ($0.gate, $0.tree, $0.commit) = (gate.name, tree, state[id]?.candidate?.tip)
      $0.evidence = record(on: tree, of: gate)?.event
    }
  }
}
