import UETModel
import UETPlanning

extension PlanReport {
  /// The dependencies as a Mermaid flowchart; conflicts without an order are dotted.
  package func mermaid() -> String {
    var lines = ["flowchart LR"]
    let critical = Set(plan.criticalPath)
    for index in plan.workstreams.indices {
      let label = "\(name(index))<br/>\(time(plan.durations.ticks[index]))"
      lines.append("  n\(index)[\"\(label)\"]" + (critical.contains(index) ? ":::critical" : ""))
    }
    for (index, needs) in plan.dependencies.before.enumerated() {
      for need in needs { lines.append("  n\(need) --> n\(index)") }
    }
    for conflict in plan.conflicts where !conflict.ordered {
      lines.append("  n\(conflict.left) -. \(short(conflict)) .- n\(conflict.right)")
    }
    lines.append("  classDef critical stroke:#d1570a,stroke-width:3px")
    return lines.joined(separator: "\n") + "\n"
  }

  /// The dependencies as a Graphviz digraph; conflicts without an order are dashed.
  package func dot() -> String {
    var lines = ["digraph plan {", "  rankdir=LR;", "  node [shape=box, style=rounded];"]
    let critical = Set(plan.criticalPath)
    let path = Set(zip(plan.criticalPath, plan.criticalPath.dropFirst()).map { SIMD2($0, $1) })
    for index in plan.workstreams.indices {
      let mark = critical.contains(index) ? ", color=\"#d1570a\", penwidth=2" : ""
      lines.append(
        "  \"\(name(index))\" [label=\"\(name(index))\\n\(time(plan.durations.ticks[index]))\"\(mark)];"
      )
    }
    for (index, needs) in plan.dependencies.before.enumerated() {
      for need in needs {
        let mark = path.contains(SIMD2(need, index)) ? " [color=\"#d1570a\", penwidth=2]" : ""
        lines.append("  \"\(name(need))\" -> \"\(name(index))\"\(mark);")
      }
    }
    for conflict in plan.conflicts where !conflict.ordered {
      lines.append(
        "  \"\(name(conflict.left))\" -> \"\(name(conflict.right))\" [dir=none, style=dashed, "
          + "constraint=false, color=\"#a371f7\", tooltip=\"\(quoted(plan.reason(conflict)))\"];")
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  private func short(_ conflict: Conflict) -> String {
    switch conflict.reason {
    case .scope: "scope"
    case .conflictGroup: "group"
    case .serial: "alone"
    }
  }

  private func quoted(_ text: String) -> String {
    var result = ""
    for character in text {
      if character == "\"" || character == "\\" { result += "\\" }
      result.append(character)
    }
    return result
  }
}
