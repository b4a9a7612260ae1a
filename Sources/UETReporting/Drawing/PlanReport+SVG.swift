import UETModel
import UETPlanning

extension PlanReport {
  /// The plan as one SVG document: the schedule, and below it the dependencies; where phases
  /// declare many workstreams, the phases first.
  package func svg() -> String {
    let drawing = PlanDrawing(plan)
    let parts = drawing.phases.isEmpty ? whole(drawing) : folded(drawing, drawing.phases)
    let width = parts.map(\.width).reduce(PlanDrawing.width) { max($0, $1) }
    let height = parts.reduce(40) { $0 + $1.height + 50 }
    var markup = Markup()
    markup.line(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
        + "viewBox=\"0 0 \(width) \(height)\" role=\"group\" aria-label=\""
        + Markup.escaped(summaryLine) + "\">")
    markup.line("<style>\(PlanDrawing.style)</style>")
    markup.line("<rect class=\"bg\" width=\"\(width)\" height=\"\(height)\"/>")
    drawing.legend(into: &markup, y: 60)
    var top = 90
    for (number, part) in parts.enumerated() {
      // The legend stands between the first heading and its picture.
      heading(part.title, part.words, y: number == 0 ? 26 : top - 28, into: &markup)
      part.draw(&markup, top)
      top += part.height + 50
    }
    markup.line("</svg>")
    return markup.text
  }

  /// A picture with its heading.
  private struct Part {
    let title: String
    let words: String
    let width: Int
    let height: Int
    let draw: (inout Markup, _ top: Int) -> Void
  }

  private func whole(_ drawing: PlanDrawing) -> [Part] {
    let schedule = Part(
      title: "Schedule", words: summaryLine, width: 0, height: drawing.ganttHeight
    ) { drawing.gantt(into: &$0, top: $1) }
    guard drawing.hasGraph else { return [schedule] }
    let all = Array(plan.workstreams.indices)
    let graph = drawing.graph(of: all)
    return [
      schedule,
      Part(
        title: "Dependencies", words: "what comes before what; what others already say is left out",
        width: graph.width, height: graph.height
      ) { drawing.draw(graph, of: all, into: &$0, top: $1) },
    ]
  }

  private func folded(_ drawing: PlanDrawing, _ phases: [PlanDrawing.Phase]) -> [Part] {
    let graph = drawing.graph(of: phases)
    var parts = [
      Part(
        title: "Schedule", words: summaryLine, width: 0, height: drawing.height(rows: phases.count)
      ) { drawing.overview(phases, into: &$0, top: $1) },
      Part(
        title: "Dependencies between phases",
        words: "what others already say is left out; all are in --format html",
        width: graph.width, height: graph.height
      ) { drawing.draw(graph, of: phases, into: &$0, top: $1) },
    ]
    if !drawing.isByWorker {
      parts.append(
        Part(
          title: "Workstreams", words: "by phase", width: 0,
          height: drawing.height(rows: phases.count + plan.workstreams.count)
        ) { drawing.gantt(by: phases, into: &$0, top: $1) })
    }
    return parts
  }

  /// The headline in one plain line.
  package var summaryLine: String {
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
