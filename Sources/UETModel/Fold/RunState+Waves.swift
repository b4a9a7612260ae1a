extension RunState {
  /// The results that a wave has come to, in the order of `ids`; nil while one of them may still
  /// come.
  ///
  /// What failed, was cancelled or given up does not count; what was set aside by the queue or
  /// rolled back does, so that the queue's work does not change what was tested.
  package func combination(of ids: [WorkstreamID]) -> [AttemptRecord.Input]? {
    guard ids.allSatisfy({ self[$0]?.state.isSettled == true }) else { return nil }
    return results(of: ids)
  }

  /// The results that there are.
  package func results(of ids: [WorkstreamID]) -> [AttemptRecord.Input] {
    ids.compactMap { id in
      guard let record = self[id], record.state.isSettled, let tip = record.tip,
        record.state != .cancelled, record.state != .quarantined
      else { return nil }
      return AttemptRecord.Input(workstream: id, commit: tip)
    }
  }

  /// What a gate said, or is about to say, of exactly these results.
  package func waveGate(_ gate: String, on members: [AttemptRecord.Input]) -> WaveGateRecord? {
    waves.first { $0.gate == gate && $0.members == members }
  }

  /// Whether a person lets exactly these results be merged.
  package func isReleased(_ members: [AttemptRecord.Input]) -> Bool {
    releases.contains { $0.members == members }
  }

  /// Whether the record still speaks of the results that its workstreams have.
  package func isCurrent(_ record: WaveGateRecord) -> Bool {
    combination(of: record.members.map(\.workstream)) == record.members
  }

  /// Red ones that hold their waves back as things stand.
  package var redWaves: [WaveGateRecord] {
    waves.filter { $0.isRed && isCurrent($0) && !isReleased($0.members) }
  }

  /// Every verdict on a tree that is on record, those on waves included.
  package var allVerdicts: [VerdictRecord] { verdicts + workstreams.flatMap(\.verdicts) }

  mutating func foldWaveGate(
    _ fact: Told<Fact.GateRun>, _ wave: Int, _ result: GateRecord.Result, _ seq: Int
  ) {
    guard let gate = fact.gate else { return }
    let members = fact.inputs ?? []
    if result == .running { return startWaveGate(fact, wave, gate, members) }
    if let verdict = VerdictRecord(fact, result, event: seq) { verdicts.append(verdict) }
    guard let index = waves.firstIndex(where: { $0.gate == gate && $0.members == members }) else {
      return
    }
    var record = waves[index]
    record.result = result
    record.faults = fact.fault == true ? record.faults + 1 : 0
    (record.commit, record.tree) = (fact.commit, fact.tree)
    (record.seconds, record.message) = (fact.seconds, fact.message)
    (record.isFlaky, record.apart) = (fact.flaky ?? false, fact.apart ?? [])
    waves[index] = record
  }

  /// What was said of other results of the same workstreams counts no more.
  private mutating func startWaveGate(
    _ fact: Told<Fact.GateRun>, _ wave: Int, _ gate: String, _ members: [AttemptRecord.Input]
  ) {
    var record = WaveGateRecord(wave: wave, gate: gate, members: members)
    record.required = fact.required ?? true
    record.faults = waveGate(gate, on: members)?.faults ?? 0
    let ids = Set(members.map(\.workstream))
    waves.removeAll { other in
      other.gate == gate && other.members.contains { ids.contains($0.workstream) }
    }
    waves.append(record)
  }

  /// What ran when the process died has no end, and what could not be carried out is tried again.
  mutating func forgetUnendedWaveGates() {
    waves.removeAll { $0.result == .running || $0.isFault }
  }

  mutating func foldWaveRelease(_ fact: Told<Fact.WaveReleased>) {
    let members = fact.inputs ?? []
    var release = WaveRelease(wave: fact.wave ?? 0, members: members)
    (release.reason, release.by) = (fact.reason, fact.by)
    let ids = Set(members.map(\.workstream))
    releases.removeAll { $0.members.contains { ids.contains($0.workstream) } }
    releases.append(release)
    for id in ids where self[id]?.state == .succeeded { update(id) { $0.reason = nil } }
  }
}
