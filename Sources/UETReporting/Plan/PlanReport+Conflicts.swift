import UETModel
import UETPlanning

extension PlanReport {
  /// The conflicts that matter most, each with the patterns and a path that both cover.
  func conflicts(_ style: TextStyle) -> [String] {
    guard plan.conflictsTotal > 0 else { return ["No two workstreams conflict."] }
    let isWhole = plan.conflicts.count == plan.conflictsTotal
    let open = plan.conflicts.filter { !$0.ordered }.count
    let title = style.titled(
      counted(plan.conflictsTotal, "pair"),
      " must not run side by side"
        + (isWhole ? ", \(open) of them not ordered by dependencies" : ""), indent: 4)
    let shown = mostRelevant(limit: 6)
    let lines = shown.flatMap { style.wrap(describe($0), indent: 4, first: "  ") }
    let rest = plan.conflictsTotal - shown.count
    return title + lines + (rest > 0 ? [more(rest, style)] : [])
  }

  /// How many there are, and the two that matter most, a line each.
  func mostRelevantConflicts(_ style: TextStyle) -> [String] {
    guard plan.conflictsTotal > 0 else { return [] }
    let open = plan.conflicts.filter { !$0.ordered }.count
    let rest =
      plan.conflicts.count == plan.conflictsTotal ? ", \(open) not ordered by dependencies" : ""
    return style.titled(
      counted(plan.conflictsTotal, "pair"), " must not run side by side" + rest)
      + mostRelevant(limit: 2).map { "  " + style.cut(describe($0), to: style.width - 2) }
  }

  /// Those between which one waits for the other, then the unordered ones, by start.
  private func mostRelevant(limit: Int) -> [Conflict] {
    let slots = plan.schedule.slots
    let critical = Set(plan.criticalChain.map(\.index))
    func weight(_ conflict: Conflict) -> Int {
      let (left, right) = (slots[conflict.left], slots[conflict.right])
      let touches = left.finish == right.start || right.finish == left.start
      let isCritical = critical.contains(conflict.left) && critical.contains(conflict.right)
      return (conflict.ordered ? 0 : 4) + (touches ? 2 : 0) + (isCritical ? 1 : 0)
    }
    let ranked = plan.conflicts.enumerated().map { (weight: weight($1), place: $0) }
      .sorted { ($1.weight, $0.place) < ($0.weight, $1.place) }
    return ranked.prefix(limit).map { plan.conflicts[$0.place] }
  }

  /// One conflict as a sentence.
  private func describe(_ conflict: Conflict) -> String {
    "\(name(conflict.left)) and \(name(conflict.right)): \(plan.reason(conflict))"
      + (conflict.ordered ? " (ordered by dependencies)" : "")
  }
}
