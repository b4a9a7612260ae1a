import UETModel
import UETPlanning

extension PlanReport {
  /// When one workstream would start, what holds it back, and what would let it start earlier.
  package func explanation(of index: Int, _ style: TextStyle = TextStyle()) -> String {
    let slot = plan.schedule.slots[index]
    let lines =
      style.titled(
        name(index),
        " would start at \(time(slot.start)) on worker \(slot.worker) and end at "
          + time(slot.finish))
      + waits(index, style) + obstacles(index, style) + followers(index, style)
    return lines.joined(separator: "\n") + "\n"
  }

  /// When the last of its dependencies ends.
  private func readyTime(_ index: Int) -> Int {
    plan.dependencies.before[index].reduce(0) { max($0, plan.schedule.slots[$1].finish) }
  }

  private func waits(_ index: Int, _ style: TextStyle) -> [String] {
    let needs = plan.dependencies.before[index].sorted {
      (plan.schedule.slots[$1].finish, $0) < (plan.schedule.slots[$0].finish, $1)
    }
    guard let last = needs.first else { return ["  it depends on nothing"] }
    var lines = ["  it depends on \(counted(needs.count, "workstream")), of which"]
    for need in needs.prefix(5) {
      lines.append("    \(name(need)) ends at \(time(plan.schedule.slots[need].finish))")
    }
    if needs.count > 5 { lines.append(more(needs.count - 5, style)) }
    let ready = readyTime(index)
    let without = needs.dropFirst().first.map { plan.schedule.slots[$0].finish } ?? 0
    if ready > without, ready == plan.schedule.slots[index].start {
      lines += style.wrap(
        "to start earlier, make \(name(last)) shorter or drop the dependency on it: the others "
          + "end at \(time(without))", indent: 4, first: "  ")
    }
    return lines
  }

  private func obstacles(_ index: Int, _ style: TextStyle) -> [String] {
    let (ready, start) = (readyTime(index), plan.schedule.slots[index].start)
    guard start > ready else { return ["  nothing else holds it back"] }
    let slots = plan.schedule.slots
    let held = plan.conflicts(with: index).filter {
      slots[$0].finish > ready && slots[$0].start < start
    }.sorted { (slots[$0].start, $0) < (slots[$1].start, $1) }
    var lines = ["  it could start at \(time(ready)), but"]
    for other in held.prefix(8) {
      let conflict = plan.conflictGraph.conflict(
        min(index, other), max(index, other), plan.workstreams)
      lines += style.wrap(
        "from \(time(slots[other].start)) to \(time(slots[other].finish)) \(name(other)) is in "
          + "conflict with it: " + plan.reason(conflict), indent: 6, first: "    ")
    }
    if held.count > 8 { lines.append(more(held.count - 8, style)) }
    if let last = held.max(by: { slots[$0].finish < slots[$1].finish }), slots[last].finish == start
    {
      lines += style.wrap(
        "to start earlier, narrow one of the two scopes or let one depend on the other",
        indent: 4, first: "  ")
    } else {
      lines += style.wrap(
        "then all workers are busy with more urgent work until \(time(start))", indent: 6,
        first: "    ")
    }
    for other in plan.holds[index] ?? [] {
      lines += style.wrap(
        "it lets \(name(other)) start first, at \(time(slots[other].start)): that is more urgent",
        indent: 6, first: "    ")
    }
    return lines
  }

  private func followers(_ index: Int, _ style: TextStyle) -> [String] {
    let waiting = plan.dependencies.after[index].count
    let conflicts = plan.conflicts(with: index).count
    let place = plan.criticalChain.contains { $0.index == index }
    let role =
      place
      ? "it is one of those that make the plan as long as it is" : "it could be later by itself"
    return style.wrap(
      "\(counted(waiting, "workstream")) \(waiting == 1 ? "waits" : "wait") for it, \(conflicts) must not run beside it; \(role)",
      indent: 4, first: "  ")
  }
}
