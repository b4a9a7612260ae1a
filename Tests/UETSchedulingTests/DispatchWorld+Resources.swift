import UETModel
import UETTestSupport

@testable import UETScheduling

extension DispatchWorld {
  /// What is in use of each name that the machine has, found the slow way.
  func inUse() -> [String: [Int]] {
    var used: [String: [Int]] = [:]
    let running = plan.items.indices.filter { state($0)?.state == .running }
    let asks =
      running.map { routeTaken($0).site(of: state($0)?.lastAttempt).resources }
      + gatesUnderWay().map(\.resources)
    for ask in asks {
      for (name, amount) in ask.amounts where amount > 0 && room[name] != nil {
        used[name, default: []].append(amount)
      }
    }
    return used
  }

  private func gatesUnderWay() -> [DispatchPlan.WaveGate] {
    machine.state.waves.filter(\.isUnderWay).compactMap { record in
      plan.waves.first { $0.number == record.wave }?.gates.first { $0.name == record.gate }
    }
  }

  /// What there is of each name now.
  var room: Resources { machine.policy.resources }

  /// The first of a route's sites that has all that is asked for there, else the last.
  func site(_ route: DispatchPlan.ToolRoute) -> DispatchPlan.Site {
    let used = inUse()
    return route.sites.dropLast().first { site in
      site.resources.amounts.allSatisfy { name, amount in
        amount == 0 || room[name].map { (used[name] ?? []).reduce(amount, +) <= $0 } ?? true
      }
    } ?? route.sites[route.sites.count - 1]
  }

  /// Names of which too little is free for that.
  func shortOf(_ asked: Resources) -> Set<String> {
    let used = inUse()
    return Set(
      asked.amounts.compactMap { name, amount in
        guard amount > 0, let most = room[name], let others = used[name] else {
          return nil
        }
        return others.reduce(amount, +) > most ? name : nil
      })
  }

  /// What gates wait for that could run but for that.
  func namesThatGatesAwait() -> Set<String> {
    let slots = machine.state.tier.most(of: policy.waveSlots)
    let waves = plan.waves.compactMap { wave -> (DispatchPlan.Wave, [AttemptRecord.Input])? in
      guard
        wave.members.allSatisfy({ state($0)?.state.isSettled == true }),
        let members = machine.state.combination(of: wave.members.map { plan.items[$0].id }),
        !members.isEmpty
      else { return nil }
      return (wave, members)
    }
    // One that runs on results that are not those of its wave any more takes no slot.
    let running = waves.reduce(0) { count, wave in
      count
        + wave.0.gates.count { gate in
          machine.state.waveGate(gate.name, on: wave.1)?.isUnderWay ?? false
        }
    }
    guard machine.state.liveWorkers > 0, running < slots else { return [] }
    var names: Set<String> = []
    for (wave, members) in waves {
      for gate in wave.gates {
        let record = machine.state.waveGate(gate.name, on: members)
        guard record == nil || (record.map { $0.isFault && $0.faults < policy.waveTries } ?? false)
        else { continue }
        names.formUnion(shortOf(gate.resources))
      }
    }
    return names
  }

  /// No more is in use than there is, but by one alone.
  func checkResources() throws {
    for (name, amounts) in inUse() where amounts.count > 1 {
      let least = name == Resources.jobs(of: "grid") ? mostJobs : 0
      let (sum, most) = (amounts.reduce(0, +), max(room[name] ?? 0, least))
      // Another process may have counted otherwise what goes on.
      try Violation.unless(sum <= most, "\(sum) of \(most) '\(name)' are in use: \(amounts)")
    }
  }
}
