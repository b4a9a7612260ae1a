extension RunState {
  /// What the events of a conflict say of it.
  mutating func foldConflict(_ event: Event, _ id: WorkstreamID) throws(Illegal) {
    switch event.type {
    case .mergeConflict: foldTorn(event, id)
    case .conflictResolved: try foldResolved(event, id)
    case .repairStarted:
      update(id) { $0.conflict?.underWay = event.text(.method).flatMap(RepairMethod.init) }
    case .repairFailed:
      update(id) { record in
        record.conflict?.underWay = nil
        guard let method = event.text(.method).flatMap(RepairMethod.init) else { return }
        record.conflict?.tries.append(
          ConflictRecord.Try(
            method: method, reason: event.text(.reason) ?? "no reason recorded",
            salvage: event.text(.salvage)))
      }
    case .mergePrepared:
      update(id) { record in
        // What it conflicted with is not before it any more.
        if record.conflict?.state.isOpen == true { record.conflict = nil }
        record.candidate?.replay = event.commit(.replay).flatMap { tip in
          event.commit(.onto).map { CandidateRecord.Replay(tip: tip, onto: $0) }
        }
      }
    default: break
    }
  }

  /// Of two in a row the last one counts: the same candidate on top of something else. On top of the same
  /// again, as after a crash, what was tried before counts on.
  private mutating func foldTorn(_ event: Event, _ id: WorkstreamID) {
    update(id) { record in
      record.candidate?.replay = nil
      guard var conflict = ConflictRecord(event, tip: record.candidate?.tip ?? record.tip) else {
        return
      }
      if let old = record.conflict, old.onto == conflict.onto, old.tip == conflict.tip {
        let again = Set(conflict.tries.map(\.method))
        conflict.tries = old.tries.filter { !again.contains($0.method) } + conflict.tries
      }
      record.conflict = conflict
    }
  }

  private mutating func foldResolved(_ event: Event, _ id: WorkstreamID) throws(Illegal) {
    guard let conflict = self[id]?.conflict else { return }
    let state = event.text(.status).flatMap(ConflictRecord.State.init) ?? .human
    guard conflict.state.successors.contains(state) else {
      throw Illegal(
        message:
          "the conflict of '\(id)' cannot go from \(conflict.state.rawValue) to \(state.rawValue)"
      )
    }
    update(id) { record in
      record.conflict?.state = state
      record.conflict?.resolution = event.commit(.commit)
      record.conflict?.onto = event.commit(.onto) ?? conflict.onto
      record.conflict?.underWay = nil
      record.conflict?.method = event.text(.method).flatMap(RepairMethod.init)
    }
  }
}
