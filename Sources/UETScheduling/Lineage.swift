import UETModel

/// Which finished results a new attempt builds on, and which results contain which.
///
/// A base holds the dependencies and every finished workstream that writes the same paths. Of
/// those, the ones that another of them already contains are left out: of a thousand workstreams
/// that follow each other on one path, each builds on its forerunner alone.
///
/// What a result contains is a fact that outlives the result's being replaced, so rows are of
/// results, not of items, and are never changed.
struct Lineage: Sendable {
  struct Result: Hashable, Sendable {
    let item: Int
    let commit: ObjectID
  }

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

  private struct Finish: Sendable {
    let number: Int
    let sequence: Int
  }

  private var groups: [Group] = []
  private var memberships: [[Membership]]
  private var numbers: [Result: Int] = [:]
  /// For each result's number, the numbers of those it contains.
  private var rows: [BitRow] = []
  /// The result that stands, for each item.
  private var finishes: [Finish?]

  init(_ plan: DispatchPlan) {
    memberships = Array(repeating: [], count: plan.items.count)
    finishes = Array(repeating: nil, count: plan.items.count)
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

  /// Learns what results contain that were made before, replaced ones too.
  mutating func recall(_ made: [Result: [Result]]) {
    for result in made.keys where numbers[result] == nil {
      var stack = [result]
      var opened: Set<Result> = []
      while let top = stack.last {
        let missing = (made[top] ?? []).filter { numbers[$0] == nil && !opened.contains($0) }
        if numbers[top] == nil, opened.insert(top).inserted, !missing.isEmpty {
          stack += missing
        } else {
          stack.removeLast()
          _ = number(top, on: made[top] ?? [])
        }
      }
    }
  }

  private mutating func number(_ result: Result, on inputs: [Result]) -> Int {
    if let known = numbers[result] { return known }
    var row = BitRow()
    for input in inputs {
      let number = number(input, on: [])
      row.insert(number)
      row.formUnion(rows[number])
    }
    numbers[result] = rows.count
    rows.append(row)
    return rows.count - 1
  }

  /// The item has a result, made on top of `inputs`.
  mutating func finish(_ result: Result, at sequence: Int, on inputs: [Result]) {
    let item = result.item
    finishes[item] = Finish(number: number(result, on: inputs), sequence: sequence)
    for membership in memberships[item] {
      let group = groups[membership.group]
      groups[membership.group].allTips = adding(item, to: group.allTips)
      guard membership.isOwner else { continue }
      groups[membership.group].ownerTips = adding(item, to: group.ownerTips)
    }
  }

  private func adding(_ item: Int, to tips: [Int]) -> [Int] {
    tips.filter { $0 != item && !contains(item, $0) } + [item]
  }

  /// The item's result stands no more.
  mutating func withdraw(_ item: Int) {
    guard finishes[item] != nil else { return }
    finishes[item] = nil
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

  private func contains(_ item: Int, _ other: Int) -> Bool {
    guard let outer = finishes[item], let inner = finishes[other] else { return false }
    return rows[outer.number].contains(inner.number)
  }

  /// Those with a result that no other of them contains.
  private func maximal(_ items: [Int]) -> [Int] {
    let finished = items.compactMap { item in finishes[item].map { (item, $0) } }
    guard finished.count > 1 else { return finished.map(\.0) }
    var covered = BitRow()
    var result: [Int] = []
    for (item, finish) in finished.sorted(by: { $0.1.sequence > $1.1.sequence })
    where !covered.contains(finish.number) {
      result.append(item)
      covered.formUnion(rows[finish.number])
    }
    return result
  }
}
