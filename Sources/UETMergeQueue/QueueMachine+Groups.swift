import UETModel

/// Neighbours in line whose scopes are disjoint may share one test, that of the last of them: what
/// is assumed is that each would pass by itself. The tree that can land is always tested.
extension QueueMachine {
  /// Whether the place needs no test, since a later one of its group is tested for it. Once
  /// something is red in the group each is tested in its place.
  func isAssumed(_ position: Int) -> Bool {
    groupEnd(of: position).map { $0 > position } ?? false
  }

  /// The last merged place of the group; nil where the group may not share a test.
  private func groupEnd(of position: Int) -> Int? {
    guard policy.assumesDisjoint else { return nil }
    let group = line.entries[position].group
    // One whose repair may yet succeed parts it.
    let part = line.entries.firstIndex(where: awaitsRepair) ?? line.entries.count
    let members = line.entries.indices.filter {
      line.entries[$0].group == group && ($0 < part) == (position < part)
    }
    if members.contains(where: { isRed($0) }) { return nil }
    return members.last { line.entries[$0].commit != nil }
  }

  /// Integrates the first group as a whole when its end is green.
  func groupSettlement() -> [EventDraft]? {
    guard let end = groupEnd(of: 0), end > 0, isGreen(end), let onto = tip else { return nil }
    guard let draft = wholeSuccess(upTo: end, onto: onto, isAssumed: true) else { return nil }
    return [draft] + conflictEjections(before: end)
  }
}
