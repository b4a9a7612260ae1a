extension RunState {
  /// The results that a wave has come to, in the order of `ids`; nil while one of them may still come.
  ///
  /// What failed, was cancelled or given up does not count; what was set aside by the queue or rolled back
  /// does, so that the queue's work does not change what was tested.
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

  mutating func foldWaveGate(_ event: Event, _ wave: Int) {
    guard let gate = event.text(.gate) else { return }
    let members = event.inputs
    if event.type == .gateStarted { return startWaveGate(event, wave, gate, members) }
    let passed = event.type == .gatePassed
    let isFault = event.data[.fault]?.bool == true
    let isFlaky = event.data["flaky"]?.bool ?? false
    if let tree = event.commit(.tree), !isFault {
      verdicts.append(
        VerdictRecord(
          tree: tree, gate: gate, key: event.text(.gateKey) ?? gate, passed: passed,
          event: event.seq, isFlaky: isFlaky))
    }
    guard let index = waves.firstIndex(where: { $0.gate == gate && $0.members == members }) else {
      return
    }
    waves[index].result = passed ? .passed : .failed
    waves[index].faults = isFault ? waves[index].faults + 1 : 0
    waves[index].commit = event.commit(.commit)
    waves[index].tree = event.commit(.tree)
    waves[index].seconds = event.data[.seconds]?.double
    waves[index].message = event.text(.message)
    waves[index].isFlaky = isFlaky
    waves[index].apart = (event.data[.apart]?.array ?? []).compactMap {
      WaveGateRecord.Apart(json: $0)
    }
  }

  /// What was said of other results of the same workstreams counts no more.
  private mutating func startWaveGate(
    _ event: Event, _ wave: Int, _ gate: String, _ members: [AttemptRecord.Input]
  ) {
    var record = WaveGateRecord(wave: wave, gate: gate, members: members)
    record.required = event.data[.required]?.bool ?? true
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

  mutating func foldWaveRelease(_ event: Event) {
    let members = event.inputs
    var release = WaveRelease(wave: event.integer(.wave) ?? 0, members: members)
    release.reason = event.text(.reason)
    release.by = event.text(.by)
    let ids = Set(members.map(\.workstream))
    releases.removeAll { $0.members.contains { ids.contains($0.workstream) } }
    releases.append(release)
    for id in ids where self[id]?.state == .succeeded { update(id) { $0.reason = nil } }
  }
}
