import UETModel
import UETPlanning

extension PlanReport {
  /// The plan as one HTML page that needs nothing else: readable in light and dark, by keyboard,
  /// and without its script.
  package func html() -> String {
    let drawing = PlanDrawing(plan)
    var markup = Markup()
    markup.line("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")
    markup.line("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
    markup.line("<meta name=\"color-scheme\" content=\"light dark\">")
    markup.line("<title>Plan: \(Markup.escaped(summaryLine))</title>")
    markup.line("<style>\(PlanDrawing.style)\(PlanPage.style)</style>\n</head>\n<body>")
    markup.line("<h1>\(time(plan.schedule.makespan))</h1>\n<p>\(Markup.escaped(summaryLine)).</p>")
    markup.line(PlanPage.hint)
    markup.line("<svg width=\"\(PlanDrawing.width)\" height=\"16\" aria-label=\"legend\">")
    drawing.legend(into: &markup, y: 2)
    markup.line("</svg>")
    if plan.workstreams.count > PlanDrawing.mostUnfolded { markup.line(PlanPage.filter) }
    schedule(drawing, into: &markup)
    dependencies(drawing, into: &markup)
    list("What would help", plan.bottlenecks.map(\.reason), into: &markup)
    list(
      "Warnings", warningLines,
      into: &markup)
    conflictTable(into: &markup)
    workTable(into: &markup)
    markup.line("<script>\nconst plan=\(relations());\n\(PlanPage.script)\n</script>")
    markup.line("</body>\n</html>")
    return markup.text
  }

  /// All bars, or where there are many a bar a phase, and its workstreams to be unfolded.
  private func schedule(_ drawing: PlanDrawing, into markup: inout Markup) {
    let phases = drawing.phases
    if phases.isEmpty {
      let size = (PlanDrawing.width, drawing.ganttHeight)
      picture("Schedule", size, into: &markup) { drawing.gantt(into: &$0, top: 0) }
      return
    }
    let size = (PlanDrawing.width, drawing.height(rows: phases.count))
    picture("Schedule", size, into: &markup) { drawing.overview(phases, into: &$0, top: 0) }
    for phase in phases {
      let words = Markup.escaped(drawing.summary(phase))
      markup.line("<details class=\"phase\"><summary>\(words)</summary>\n<div class=\"wide\">")
      let height = drawing.height(rows: phase.members.count)
      markup.line(
        "<svg width=\"\(PlanDrawing.width)\" height=\"\(height)\" role=\"group\" aria-label=\""
          + Markup.escaped(drawing.title(phase)) + "\">")
      drawing.gantt(of: phase.members, into: &markup)
      markup.line("</svg>")
      graph(drawing, of: phase.members, into: &markup)
      markup.line("</div></details>")
    }
  }

  /// The graph of all workstreams, or where there are many one of their phases, and theirs to be
  /// unfolded.
  private func dependencies(_ drawing: PlanDrawing, into markup: inout Markup) {
    let phases = drawing.phases
    let all = Array(plan.workstreams.indices)
    if phases.isEmpty {
      guard drawing.hasGraph else { return }
      markup.line("<h2>Dependencies</h2>\n<div class=\"wide\">")
      graph(drawing, of: all, into: &markup)
      markup.line("</div>")
      return
    }
    let folded = drawing.graph(of: phases)
    picture("Dependencies between phases", (folded.width, folded.height), into: &markup) {
      drawing.draw(folded, of: phases, into: &$0, top: 0)
    }
    guard drawing.hasGraph else { return }
    markup.line("<details><summary>All dependencies</summary>\n<div class=\"wide\">")
    graph(drawing, of: all, into: &markup)
    markup.line("</div></details>")
  }

  private func graph(_ drawing: PlanDrawing, of members: [Int], into markup: inout Markup) {
    guard members.count > 1, members.count <= PlanDrawing.maximumNodes else { return }
    let graph = drawing.graph(of: members)
    markup.line(
      "<svg width=\"\(graph.width)\" height=\"\(graph.height)\" role=\"group\" "
        + "aria-label=\"Dependencies\">")
    drawing.draw(graph, of: members, into: &markup, top: 0)
    markup.line("</svg>")
  }

  private func picture(
    _ title: String, _ size: (width: Int, height: Int), into markup: inout Markup,
    draw: (inout Markup) -> Void
  ) {
    markup.line("<h2>\(title)</h2>\n<div class=\"wide\">")
    markup.line(
      "<svg width=\"\(size.width)\" height=\"\(size.height)\" role=\"group\" "
        + "aria-label=\"\(title)\">")
    draw(&markup)
    markup.line("</svg>\n</div>")
  }

  private func list(_ title: String, _ items: [String], into markup: inout Markup) {
    guard !items.isEmpty else { return }
    markup.line("<h2>\(title)</h2>\n<ul>")
    for item in items.prefix(200) { markup.line("<li>\(Markup.escaped(item))</li>") }
    if items.count > 200 { markup.line("<li>… and \(items.count - 200) more</li>") }
    markup.line("</ul>")
  }

  private func conflictTable(into markup: inout Markup) {
    guard plan.conflictsTotal > 0 else { return }
    let shown = plan.conflicts.prefix(500)
    markup.line(
      "<h2>Conflicts</h2>\n<p>\(plan.conflictsTotal) pairs must not run side by side.</p>")
    markup.line("<div class=\"wide\"><table><thead><tr><th>one</th><th>other</th><th>why</th>")
    markup.line("<th>ordered by dependencies</th></tr></thead><tbody>")
    for conflict in shown {
      markup.line(
        "<tr><td>\(name(conflict.left))</td><td>\(name(conflict.right))</td><td>"
          + "\(Markup.escaped(plan.reason(conflict)))</td><td>\(conflict.ordered ? "yes" : "no")</td></tr>"
      )
    }
    markup.line("</tbody></table></div>")
    let rest = plan.conflictsTotal - shown.count
    if rest > 0 { markup.line("<p>… and \(rest) more, in the JSON output.</p>") }
  }

  private func workTable(into markup: inout Markup) {
    markup.line("<h2>Workstreams</h2>\n<div class=\"wide\"><table><thead><tr><th>id</th>")
    markup.line("<th>start</th><th>end</th><th>worker</th><th>depends on</th></tr></thead><tbody>")
    for index in plan.order.prefix(2000) {
      let slot = plan.schedule.slots[index]
      let needs = plan.dependencies.before[index].map(name).joined(separator: ", ")
      markup.line(
        "<tr><td>\(name(index))</td><td>\(time(slot.start))</td><td>\(time(slot.finish))</td>"
          + "<td>\(slot.worker)</td><td>\(needs)</td></tr>")
    }
    markup.line("</tbody></table></div>")
  }

  /// For the script: what each workstream depends on and conflicts with.
  private func relations() -> String {
    let count = plan.workstreams.count
    guard count <= PlanDrawing.maximumRows else { return "null" }
    let numbers = { (list: [Int]) in JSONValue.array(list.map { .integer(Int64($0)) }) }
    let before = JSONValue.array((0..<count).map { numbers(plan.dependencies.before[$0]) })
    let clash = JSONValue.array((0..<count).map { numbers(plan.conflicts(with: $0)) })
    let value: JSONValue = ["before": before, "clash": clash, "order": numbers(plan.order)]
    return value.encoded()
  }
}
