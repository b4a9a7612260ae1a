import UETModel
import UETPlanning

/// Gates that say less than they could of what they read and build.
struct GateAdvice {
  private let settings: PresentSettings
  private let runs: [MeasuredRun]
  private let trials: Int
  private let seed: UInt64

  /// A gate that ran less often says too little.
  static let leastRuns = 5

  init(_ settings: PresentSettings, _ runs: [MeasuredRun], trials: Int, seed: UInt64) {
    (self.settings, self.runs, self.trials, self.seed) = (settings, runs, trials, seed)
  }

  /// Verdicts of the queue that would have counted again, since the candidate changed nothing in
  /// the folders that the gate's command names.
  func inputs() -> Finding {
    var found: [Advice] = []
    var reasons: [String] = []
    for gate in settings.gates where !gate.readsPart && settings.queueGates.contains(gate.name) {
      guard !gate.folders.isEmpty else {
        reasons.append("\(gate.name) names no folder")
        continue
      }
      let spared = spared(gate)
      guard spared.count >= Self.leastRuns else {
        reasons.append("\(gate.name) ran \(spared.count) times on changes that are known")
        continue
      }
      guard let gain = gain(spared), gain.low > 0 else {
        reasons.append("most changes are in what \(gate.name) reads")
        continue
      }
      found.append(advice(gate, spared, gain))
    }
    if !found.isEmpty { return .advice(found) }
    return .silence(reasons.isEmpty ? "every gate says what it reads" : Words.list(reasons))
  }

  /// For each run of the gate in the queue, how long it took, and whether it could have been
  /// spared.
  private func spared(_ gate: PresentSettings.Gate) -> [(seconds: Double, isSpared: Bool)] {
    runs.flatMap { run -> [(seconds: Double, isSpared: Bool)] in
      let all = run.gates.filter { $0.isOfQueue && $0.gate == gate.name }
      // The first has no verdict before it that could count.
      return all.dropFirst().compactMap { each in
        guard let seconds = each.seconds, let paths = each.workstream.flatMap({ run.changed[$0] })
        else { return nil }
        let isRead = paths.contains { path in gate.folders.contains { path.hasPrefix($0 + "/") } }
        return (seconds, !isRead)
      }
    }
  }

  /// Seconds of the next run's gates, as many as there were in the runs on average.
  private func gain(_ spared: [(seconds: Double, isSpared: Bool)]) -> Interval? {
    let count = max(1, spared.count / max(1, runs.count))
    let known = Share(spared.count(where: \.isSpared), of: spared.count)
    return Interval(
      (0..<max(1, trials)).map { trial in
        var random = SearchRandom(seed: seed, part: UInt64(trial))
        let share = known.quantile(random.fraction())
        return (0..<count).reduce(0) { sum, _ in
          let isSpared = random.fraction() < share
          return sum + (isSpared ? spared[random.below(spared.count)].seconds : 0)
        }
      })
  }

  private func advice(
    _ gate: PresentSettings.Gate, _ spared: [(seconds: Double, isSpared: Bool)], _ gain: Interval
  ) -> Advice {
    let count = spared.count(where: \.isSpared)
    let whole = spared.map(\.seconds).reduce(0, +) / Double(max(1, runs.count))
    return Advice(
      kind: .inputs, subject: "gates.\(gate.name)", now: "every tree is tested",
      proposed: "verdicts count for what it reads", unit: .gateSeconds, gain: gain, whole: whole,
      evidence: [
        "its command names \(Words.list(gate.folders.map { "\($0)/" })); \(count) of "
          + "\(spared.count) runs were on candidates that changed nothing there",
        "with 'inputs: auto' it is watched as it runs, so that what else it reads counts as well; "
          + "watching makes a gate that starts many processes slower",
      ],
      steps: [".uet/config.yaml: gates: {\(gate.name): {inputs: auto}}"])
  }

  /// What gates save that go on from what they built, where both was seen.
  func warm() -> Finding {
    var found: [Advice] = []
    for gate in settings.gates where !gate.keeps {
      let all = runs.flatMap(\.gates).filter { $0.gate == gate.name }
      let warm = all.filter(\.isWarm).compactMap(\.seconds)
      let cold = all.filter { !$0.isWarm }.compactMap(\.seconds)
      guard warm.count >= Self.leastRuns, cold.count >= Self.leastRuns else { continue }
      let gain = gain(warm: warm, cold: cold)
      guard gain.low > 0 else { continue }
      found.append(
        Advice(
          kind: .warm, subject: "gates.\(gate.name)", now: "begins anew",
          proposed: "keeps what it builds", unit: .gateSeconds, gain: gain,
          whole: cold.reduce(0, +) / Double(max(1, runs.count)),
          evidence: [
            "\(warm.count) runs that went on took \(Words.span(warm.mean)) each, \(cold.count) that "
              + "began anew \(Words.span(cold.mean))"
          ],
          steps: [".uet/config.yaml: gates: {\(gate.name): {keep: [FOLDER]}}"]))
    }
    if !found.isEmpty { return .advice(found) }
    return .silence("no gate was seen to run both in a clean place and on what it had built")
  }

  private func gain(warm: [Double], cold: [Double]) -> Interval {
    let count = max(1, cold.count / max(1, runs.count))
    return Interval(
      (0..<max(1, trials)).map { trial in
        var random = SearchRandom(seed: seed, part: UInt64(trial))
        return (0..<count).reduce(0) { sum, _ in
          sum + cold[random.below(cold.count)] - warm[random.below(warm.count)]
        }
      })
  }
}
