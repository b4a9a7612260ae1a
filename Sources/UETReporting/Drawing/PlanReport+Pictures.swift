import UETModel
import UETPlanning

extension PlanReport {
  /// Parts of pages that show the plan: the schedule, and where there is room what comes before
  /// what; of some workstreams, or with nil of the phases.
  package func pictures(of members: [Int]?) -> [(title: String, markup: String)] {
    let drawing = PlanDrawing(plan)
    var markup = Markup()
    guard let members else {
      let phases = drawing.phases
      open(drawing.height(rows: phases.count), "Schedule", into: &markup)
      drawing.overview(phases, into: &markup, top: 0)
      markup.line("</svg>")
      return phases.isEmpty ? [] : [("Schedule", markup.text)]
    }
    open(drawing.height(rows: members.count), "Schedule", into: &markup)
    drawing.gantt(of: members, into: &markup)
    markup.line("</svg>")
    var pictures = [("Schedule", markup.text)]
    if let graph = graph(of: members, drawing) {
      pictures.append(("What comes before what", graph.markup("what comes before what")))
    }
    return pictures
  }

  private func open(_ height: Int, _ title: String, into markup: inout Markup) {
    markup.line(
      "<svg width=\"\(PlanDrawing.width)\" height=\"\(height)\" "
        + "viewBox=\"0 0 \(PlanDrawing.width) \(height)\" role=\"group\" "
        + "aria-label=\"\(title)\">")
  }

  private func graph(of members: [Int], _ drawing: PlanDrawing) -> StateGraph? {
    let places = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1, $0) })
    let before = members.map { plan.dependencies.before[$0].compactMap { places[$0] } }
    guard before.contains(where: { !$0.isEmpty }) else { return nil }
    return StateGraph(
      members.map { index in
        StateGraph.Node(
          name: name(index), words: drawing.summary(index),
          tone: drawing.mark(index).isEmpty ? .quiet : .warning, address: nil)
      }, before: before)
  }
}
