import UETModel
import UETPlanning

extension PlanReport {
  /// The plan as one SVG document: the schedule, and below it the dependencies.
  package func svg() -> String {
    let drawing = PlanDrawing(plan)
    let graph = drawing.hasGraph ? GraphDrawing(drawing) : nil
    let ganttTop = 90
    let graphTop = ganttTop + drawing.ganttHeight + 50
    let width = max(PlanDrawing.width, graph?.width ?? 0)
    let height = graphTop + (graph?.height ?? 0)
    var markup = Markup()
    markup.line(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
        + "viewBox=\"0 0 \(width) \(height)\" role=\"group\" aria-label=\""
        + Markup.escaped(summaryLine) + "\">")
    markup.line("<style>\(PlanDrawing.style)</style>")
    markup.line("<rect class=\"bg\" width=\"\(width)\" height=\"\(height)\"/>")
    heading("Schedule", summaryLine, y: 26, into: &markup)
    drawing.legend(into: &markup, y: 60)
    drawing.gantt(into: &markup, top: ganttTop)
    if let graph {
      let text = "what comes before what; what others already say is left out"
      heading("Dependencies", text, y: graphTop - 28, into: &markup)
      graph.draw(into: &markup, top: graphTop)
    }
    markup.line("</svg>")
    return markup.text
  }

  /// The headline in one plain line.
  var summaryLine: String {
    "\(time(plan.schedule.makespan)) for \(counted(plan.workstreams.count, "workstream")) on "
      + "\(counted(plan.workers, "worker")), instead of \(time(plan.schedule.sequential)) one after "
      + "the other; "
      + (plan.schedule.isOptimal
        ? "no schedule is shorter"
        : "no schedule is shorter than \(time(plan.schedule.lowerBound))")
  }

  private func heading(_ title: String, _ text: String, y: Int, into markup: inout Markup) {
    markup.line("<text class=\"t h\" x=\"10\" y=\"\(y)\">\(title)</text>")
    markup.line("<text class=\"t m\" x=\"10\" y=\"\(y + 18)\">\(Markup.escaped(text))</text>")
  }
}
