import UETModel
import UETPlanning

extension PlanReport {
  /// With what one workstream must not run side by side, a line each; those that its dependencies
  /// keep apart anyway are counted only.
  package func conflicts(of index: Int, _ style: TextStyle = TextStyle()) -> [String] {
    let all = plan.conflicts(with: index)
    if all.isEmpty { return ["conflicts with nothing"] }
    let shown = all.prefix(8).flatMap { other -> [String] in
      let pair = (min(index, other), max(index, other))
      let conflict = plan.conflictGraph.conflict(pair.0, pair.1, plan.workstreams)
      return style.wrap("\(name(other)): \(plan.reason(conflict))", indent: 4, first: "  ")
    }
    let rest = all.count - min(8, all.count)
    return ["must not run side by side with \(counted(all.count, "workstream")):"] + shown
      + (rest > 0 ? [more(rest, style)] : [])
  }
}
