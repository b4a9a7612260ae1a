import UETModel

extension DispatchMachine {
  /// Gates of waves that are over, as many as may run at once; none once the run stops.
  ///
  /// They take no worker: nothing waits for them but the end of the run.
  mutating func waveStarts() -> [EventDraft] {
    stock.forgetGateThirst()
    let waves = index.waves.changed.sorted()
    if waves.isEmpty { return [] }
    let results = waves.map { combination(of: plan.waves[$0]) ?? [] }
    for (wave, members) in zip(waves, results) {
      index.waves.note(
        wave, running: plan.waves[wave].gates.count { isUnderWay($0, on: members) })
    }
    guard state.liveWorkers > 0 else { return [] }
    let room = state.tier.most(of: policy.waveSlots) - index.waves.runningTotal
    for (wave, members) in zip(waves, results) {
      let due = plan.waves[wave].gates.filter { isDue($0, on: members) }
      if due.isEmpty { index.waves.rest(wave) }
      // One at a time: what the next may use is known when this one is on record.
      guard room > 0, let gate = due.first(where: { stock.admits($0.resources) }) else { continue }
      return [start(gate, of: plan.waves[wave], on: members)]
    }
    return []
  }

  /// What came of a gate on a wave; nothing where that was overtaken.
  func end(_ test: WaveTest, _ outcome: WaveOutcome, _ details: JSONObject) -> [EventDraft] {
    guard let record = state.waveGate(test.gate, on: test.members), record.isUnderWay else {
      return []
    }
    var run = run(test, isRequired: record.required)
    switch outcome.verdict {
    case .passed: break
    case .failed(let message): run.message = message
    case .fault(let message): (run.message, run.fault) = (message, true)
    }
    (run.commit, run.tree) = (outcome.commit, outcome.tree)
    run.apart = outcome.apart.nonEmpty
    run.members.complete(with: details)
    let isGreen = outcome.verdict == .passed
    return [
      EventDraft(
        isGreen ? .gatePassed(run) : .gateFailed(run), anchors: [outcome.commit].compactMap { $0 })
    ]
  }

  private func start(
    _ gate: DispatchPlan.WaveGate, of wave: DispatchPlan.Wave, on members: [AttemptRecord.Input]
  ) -> EventDraft {
    let test = WaveTest(wave: wave.number, gate: gate.name, members: members)
    return EventDraft(.gateStarted(run(test, isRequired: gate.isRequired)))
  }

  private func run(_ test: WaveTest, isRequired: Bool) -> Told<Fact.GateRun> {
    .init {
      ($0.wave, $0.gate, $0.inputs) = (test.wave, test.gate, test.members)
      ($0.stage, $0.required) = (.wave, isRequired)
    }
  }

  private func combination(of wave: DispatchPlan.Wave) -> [AttemptRecord.Input]? {
    state.combination(of: wave.members.map { plan.items[$0].id })
  }

  private func isUnderWay(
    _ gate: DispatchPlan.WaveGate, on members: [AttemptRecord.Input]
  ) -> Bool {
    state.waveGate(gate.name, on: members)?.isUnderWay ?? false
  }

  /// Whether it has not run on these results yet, or without saying anything and may do so again.
  private func isDue(_ gate: DispatchPlan.WaveGate, on members: [AttemptRecord.Input]) -> Bool {
    if members.isEmpty { return false }
    guard let record = state.waveGate(gate.name, on: members) else { return true }
    return record.isFault && record.faults < policy.waveTries
  }

  /// Waves of which something is left to be tested when the run goes on.
  var hasUntestedWaves: Bool {
    plan.waves.contains { wave in
      guard let members = combination(of: wave), !members.isEmpty else { return false }
      return wave.gates.contains { gate in
        guard let record = state.waveGate(gate.name, on: members) else { return true }
        return record.isUnderWay || record.isFault
      }
    }
  }

  /// What is wrong with the waves of a run that has nothing more to do: red gates that count, and
  /// gates that gave no verdict.
  func waveTroubles() -> (red: [WaveGateRecord], open: String?) {
    var red: [WaveGateRecord] = []
    var open: String?
    for wave in plan.waves {
      guard let members = combination(of: wave), !members.isEmpty else { continue }
      for gate in wave.gates {
        guard let record = state.waveGate(gate.name, on: members) else {
          open = open ?? "stopped before \(gate.name) ran on wave \(wave.number)"
          continue
        }
        if record.isUnderWay {
          open = open ?? "stopped while \(gate.name) ran on wave \(wave.number)"
        }
        if record.isRed, !state.isReleased(members) { red.append(record) }
        if record.isFault {
          let why = record.message.map { ": \($0)" } ?? ""
          open = open ?? "\(gate.name) on wave \(wave.number) gave no verdict\(why)"
        }
      }
    }
    return (red, open)
  }
}
