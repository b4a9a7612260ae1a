import UETModel

/// Which finished results a new attempt builds on, and which results contain which.
///
/// A base holds the dependencies and every finished workstream that writes the same paths. Of those, the ones
/// that another of them already contains are left out: of a thousand workstreams that follow each other on one path,
/// each builds on its forerunner alone.
struct Lineage: Sendable {
  private struct Group: Sendable {
    var owners: [Int]
    var guests: [Int]
    /// Finished members that no other finished member contains: of the owners, and of all.
    var ownerTips: [Int] = []
    var allTips: [Int] = []
  }

  private struct Membership: Sendable {
    let group: Int
    let isOwner: Bool
  }

  private var groups: [Group] = []
  private var memberships: [[Membership]]
  /// For each finished item, those whose present results it contains.
  private var contained: [BitRow]
  /// Sequence number of the success; nil while it has none that stands.
  private var finishedAt: [Int?]

  init(_ plan: DispatchPlan) {
    memberships = Array(repeating: [], count: plan.items.count)
    contained = Array(repeating: BitRow(), count: plan.items.count)
    finishedAt = Array(repeating: nil, count: plan.items.count)
    for group in plan.conflicts where group.sharesPaths {
      let owners = Set(group.owners)
      let guests = Set(group.guests).subtracting(owners)
      for item in owners {
        memberships[item].append(Membership(group: groups.count, isOwner: true))
      }
      for item in guests {
        memberships[item].append(Membership(group: groups.count, isOwner: false))
      }
      groups.append(Group(owners: owners.sorted(), guests: guests.sorted()))
    }
  }

  /// The item has a result, made on top of the present results of `inputs`.
  mutating func finish(_ item: Int, at sequence: Int, on inputs: [Int]) {
    finishedAt[item] = sequence
    contained[item] = inputs.reduce(into: BitRow()) { row, input in
      row.insert(input)
      row.formUnion(contained[input])
    }
    contained[item].remove(item)
    for membership in memberships[item] {
      let group = membership.group
      groups[group].allTips.removeAll { contained[item].contains($0) || $0 == item }
      groups[group].allTips.append(item)
      guard membership.isOwner else { continue }
      groups[group].ownerTips.removeAll { contained[item].contains($0) || $0 == item }
      groups[group].ownerTips.append(item)
    }
  }

  /// The item's result stands no more.
  mutating func withdraw(_ item: Int) {
    guard finishedAt[item] != nil else { return }
    finishedAt[item] = nil
    contained[item] = BitRow()
    for other in contained.indices { contained[other].remove(item) }
    for membership in memberships[item] {
      let group = groups[membership.group]
      groups[membership.group].ownerTips = maximal(group.owners)
      groups[membership.group].allTips = maximal(group.owners + group.guests)
    }
  }

  /// What an attempt at the item builds on, in plan order.
  func inputs(of item: Int, dependencies: [Int]) -> [Int] {
    var candidates = Set(dependencies)
    for membership in memberships[item] {
      let group = groups[membership.group]
      candidates.formUnion(membership.isOwner ? group.allTips : group.ownerTips)
    }
    candidates.remove(item)
    return maximal(Array(candidates)).sorted()
  }

  /// Those with a result that no other of them contains.
  private func maximal(_ items: [Int]) -> [Int] {
    let finished = items.filter { finishedAt[$0] != nil }
    guard finished.count > 1 else { return finished }
    let newestFirst = finished.sorted { (finishedAt[$0] ?? 0) > (finishedAt[$1] ?? 0) }
    var covered = BitRow()
    var result: [Int] = []
    for item in newestFirst where !covered.contains(item) {
      result.append(item)
      covered.formUnion(contained[item])
    }
    return result
  }
}
