extension RunState {
  /// What it conflicted with is not before it any more.
  mutating func foldPrepared(_ fact: Told<Fact.MergeStep>, _ id: WorkstreamID) {
    forgetFaults { $0 == .merge(id) }
    update(id) { record in
      if record.conflict?.state.isOpen == true { record.conflict = nil }
      record.candidate?.replay = fact.replay.flatMap { tip in
        fact.onto.map { CandidateRecord.Replay(tip: tip, onto: $0) }
      }
    }
  }

  /// Of two in a row the last one counts: the same candidate on top of something else. On top of
  /// the same again, as after a crash, what was tried before counts on.
  mutating func foldTorn(_ fact: Told<Fact.MergeConflict>, _ id: WorkstreamID, _ event: Event) {
    forgetFaults { $0 == .merge(id) }
    update(id) { record in
      record.candidate?.replay = nil
      let tip = record.candidate?.tip ?? record.tip
      guard var conflict = ConflictRecord(fact, tip: tip, seq: event.seq) else { return }
      if let old = record.conflict, old.onto == conflict.onto, old.tip == conflict.tip {
        let again = Set(conflict.tries.map(\.method))
        conflict.tries = old.tries.filter { !again.contains($0.method) } + conflict.tries
      }
      record.conflict = conflict
    }
  }

  mutating func foldRepairFailed(_ fact: Told<Fact.ConflictRepair>, _ id: WorkstreamID) {
    forgetFaults { $0 == .repair(id) }
    update(id) { record in
      record.conflict?.underWay = nil
      guard let method = fact.method else { return }
      record.conflict?.tries.append(
        ConflictRecord.Try(
          method: method, reason: fact.reason ?? "no reason recorded", salvage: fact.salvage))
    }
  }

  mutating func foldResolved(_ fact: Told<Fact.ConflictRepair>, _ id: WorkstreamID) throws(Illegal)
  {
    guard let conflict = self[id]?.conflict else { return forgetFaults { $0 == .repair(id) } }
    let state = fact.status ?? .human
    guard conflict.state.successors.contains(state) else {
      throw Illegal(
        message:
          "the conflict of '\(id)' cannot go from \(conflict.state.rawValue) to \(state.rawValue)"
      )
    }
    forgetFaults { $0 == .repair(id) }
    update(id) { record in
      record.conflict?.state = state
      record.conflict?.resolution = fact.commit
      record.conflict?.onto = fact.onto ?? conflict.onto
      record.conflict?.underWay = nil
      record.conflict?.method = fact.method
    }
  }
}

extension ConflictRecord {
  init?(_ fact: Told<Fact.MergeConflict>, tip: ObjectID?, seq: Int) {
    guard let onto = fact.onto, let tip = fact.tip ?? tip else { return nil }
    self.init(onto: onto, tip: tip, seq: seq)
    (base, paths, message) = (fact.base, fact.paths ?? [], fact.message)
    (makers, earlier, hunks) = (fact.makers ?? [], fact.earlier ?? [], fact.hunks ?? [])
    (isOfBase, tries) = (fact.stage == .attempt, fact.tried ?? [])
  }
}
