import UETModel
import UETTestSupport

@testable import UETScheduling

extension DispatchWorld {
  /// Another plan: some taken out, some done otherwise, one more, in another order.
  mutating func replan() throws {
    let free = plan.items.indices.filter { state($0)?.state.allowsRevision == true }
    let removed = Set(free.filter { _ in random.oneIn(5) })
    let revised = free.filter { !removed.contains($0) && random.oneIn(3) }
    var kept = plan.items.indices.filter { !removed.contains($0) }
    if random.oneIn(3) { kept.shuffle(using: &random) }
    var places: [Int: Int] = [:]
    for (new, old) in kept.enumerated() { places[old] = new }
    var items = kept.map { old in
      var item = plan.items[old]
      item.dependsOn = item.dependsOn.compactMap { places[$0] }
      item.startsAfter = item.startsAfter.compactMap { places[$0] }
      return item
    }
    for old in revised {
      guard let new = places[old] else { continue }
      items[new].routes = Self.routes(&random)
      items[new].tool = items[new].routes[0].tool
      if let other = items.indices.randomElement(using: &random), random.oneIn(3), other != new {
        items[new].dependsOn.append(other)
      }
    }
    if random.oneIn(2) {
      let number = machine.state.workstreams.count
      items.append(
        DispatchPlan.Item(
          id: ws("\(number)"), dependsOn: items.indices.filter { _ in random.oneIn(4) },
          isExclusive: random.oneIn(10)))
    }
    let groups = plan.conflicts.map { group in
      DispatchPlan.ConflictGroup(
        name: group.name, sharesPaths: group.sharesPaths,
        owners: group.owners.compactMap { places[$0] },
        guests: group.guests.compactMap { places[$0] })
    }
    guard !items.isEmpty,
      var next = try? DispatchPlan(items: items, conflicts: groups, workers: plan.workers)
    else { return }
    next.waves = Self.waves(items.count, &random)
    let change = PlanChange(
      plan: next, commit: commit("plan", 1), removed: removed.map { plan.items[$0].id },
      revised: revised.map { plan.items[$0].id }, reason: "bundles were edited")
    try take(.changePlan(change), mayCrash: true)
  }
}
