extension RunState {
  /// One that begins again, because the target moved, replaces what was made on the old one.
  mutating func foldRollbackStart(_ fact: Told<Fact.Rollback>) throws(Illegal) {
    guard let target = fact.target, let old = fact.old else { return }
    let ids = fact.workstreams ?? []
    for id in ids where self[id]?.state != .landed {
      throw Illegal(message: "'\(id)' has not landed")
    }
    if let answered = fact.evidence { findings.removeAll { $0.event == answered } }
    rollback = RollbackRecord(workstreams: ids, target: target, old: old, part: fact.part)
  }

  /// A step that is there already is replaced: a person mended it, or it goes on after a red gate.
  mutating func foldRollbackStep(
    _ fact: Told<Fact.RollbackStep>, _ id: WorkstreamID
  ) throws(Illegal) {
    guard let commit = fact.commit, let onto = fact.onto else { return }
    let step = RollbackRecord.Step(workstream: id, onto: onto, commit: commit)
    if let last = rollback?.steps.last, last.workstream == id {
      rollback?.steps.removeLast()
    } else if rollback?.next != id {
      throw Illegal(message: "'\(id)' is not the next to be rolled back")
    }
    rollback?.steps.append(step)
    rollback?.failure = nil
  }

  mutating func foldRollbackEnd(_ fact: Told<Fact.Rollback>) throws(Illegal) {
    let ended = rollback
    rollback = nil
    guard let ended, fact.status == Self.rollbackLanded else { return }
    integration.landedCommit = fact.commit ?? integration.landedCommit
    guard ended.part == nil else { return }
    for id in ended.workstreams { try move(id, to: .rolledBack, reason: fact.reason) }
  }

  /// compensation_finished: the status of a rollback that is in the target now.
  package static let rollbackLanded = "landed"
}
