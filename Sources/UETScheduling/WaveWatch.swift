import UETModel

/// Which waves are over and may have a gate to run, and which gates run; kept so that no step looks
/// through all waves. It follows from the plan and the state.
struct WaveWatch: Sendable {
  /// For each item the place of its wave in the plan's list; only of waves that have gates.
  private var waveOf: [Int: Int] = [:]
  /// How many of each wave may still give a result.
  private var open: [Int]
  /// Waves that are over, as far as they were not looked at since something of them changed.
  private(set) var changed: Set<Int> = []
  /// How many gates run on what each wave has come to.
  private var running: [Int: Int] = [:]

  init() { open = [] }

  init(_ plan: DispatchPlan, _ state: RunState) {
    open = plan.waves.map { wave in
      wave.members.count { state[plan.items[$0].id]?.state.isSettled != true }
    }
    for (index, wave) in plan.waves.enumerated() {
      for place in wave.members { waveOf[place] = index }
      if open[index] == 0 { changed.insert(index) }
    }
    guard state.waves.contains(where: { $0.result == .running }) else { return }
    for index in changed {
      let wave = plan.waves[index]
      let members = state.combination(of: wave.members.map { plan.items[$0].id }) ?? []
      let count = wave.gates.count { state.waveGate($0.name, on: members)?.isUnderWay ?? false }
      note(index, running: count)
    }
  }

  var runningTotal: Int { running.values.reduce(0, +) }

  /// Follows an item; what ran on its wave's results does not count any more where those change.
  mutating func change(_ place: Int, wasSettled: Bool, isSettled: Bool) {
    guard let wave = waveOf[place] else { return }
    if wasSettled != isSettled { open[wave] += isSettled ? -1 : 1 }
    if open[wave] == 0 {
      changed.insert(wave)
    } else {
      changed.remove(wave)
      running[wave] = nil
    }
  }

  /// Something was said of the wave that the item belongs to.
  mutating func look(at place: Int) {
    guard let wave = waveOf[place], open[wave] == 0 else { return }
    changed.insert(wave)
  }

  mutating func note(_ wave: Int, running count: Int) { running[wave] = count == 0 ? nil : count }

  /// Nothing is to be done for the wave before something changes.
  mutating func rest(_ wave: Int) { changed.remove(wave) }
}

extension WaveGateRecord {
  var isUnderWay: Bool { result == .running }
}
