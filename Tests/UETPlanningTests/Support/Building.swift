import UETModel

@testable import UETPlanning

/// Every rule that a plan's schedule and waves must keep; empty when all are kept.
func violations(of plan: Plan) -> [String] {
  var result: [String] = []
  let slots = plan.schedule.slots
  for index in slots.indices {
    if slots[index].finish - slots[index].start != plan.durations.ticks[index] {
      result.append("\(plan.id(index)) has another duration")
    }
    for need in plan.dependencies.before[index] where slots[need].finish > slots[index].start {
      result.append("\(plan.id(index)) starts before \(plan.id(need)) ends")
    }
    for other in plan.conflicts(with: index)
    where slots[other].start < slots[index].finish && slots[index].start < slots[other].finish {
      result.append("\(plan.id(index)) runs beside \(plan.id(other))")
    }
  }
  for worker in Set(slots.map(\.worker)) {
    let own = slots.filter { $0.worker == worker }.sorted { $0.start < $1.start }
    for (one, next) in zip(own, own.dropFirst()) where one.finish > next.start {
      result.append("worker \(worker) does two things")
    }
    if worker < 1 || worker > plan.workers { result.append("there is no worker \(worker)") }
  }
  return result + waveViolations(of: plan)
}

private func waveViolations(of plan: Plan) -> [String] {
  var result: [String] = []
  var level = [Int](repeating: -1, count: plan.workstreams.count)
  for (wave, members) in plan.waves.enumerated() {
    if members.count > plan.workers { result.append("wave \(wave) is too wide") }
    for member in members { level[member] = wave }
  }
  for index in level.indices {
    if level[index] < 0 { result.append("\(plan.id(index)) is in no wave") }
    if plan.dependencies.before[index].contains(where: { level[$0] >= level[index] }) {
      result.append("\(plan.id(index)) is in a wave before what it needs")
    }
    if plan.conflicts(with: index).contains(where: { level[$0] == level[index] }) {
      result.append("\(plan.id(index)) shares its wave with a conflict")
    }
  }
  return result
}
