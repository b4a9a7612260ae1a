import UETModel
import UETPlanning

/// The graph of dependencies as boxes and curves, left to right.
struct GraphDrawing {
  private let drawing: PlanDrawing
  private let layout: DependencyLayout
  private let onPath: Set<SIMD2<Int>>

  private static let boxWidth = 190
  private static let boxHeight = 26
  private static let gapX = 56
  private static let gapY = 12

  init(_ drawing: PlanDrawing) {
    self.drawing = drawing
    layout = DependencyLayout(drawing.plan.dependencies)
    let path = drawing.plan.criticalPath
    onPath = Set(zip(path, path.dropFirst()).map { SIMD2($0, $1) })
  }

  var width: Int {
    max(PlanDrawing.width, 20 + layout.layers.count * (Self.boxWidth + Self.gapX))
  }

  var height: Int { 20 + tallest * (Self.boxHeight + Self.gapY) }

  private var tallest: Int { layout.layers.map(\.count).max() ?? 0 }

  private func corner(_ index: Int, top: Int) -> (x: Int, y: Int) {
    let own = layout.layers[layout.layer[index]].count
    let pitch = Self.boxHeight + Self.gapY
    // Short layers are spread over the height of the tallest.
    let y = (2 * layout.place[index] + 1) * tallest * pitch / (2 * own) - Self.boxHeight / 2
    return (10 + layout.layer[index] * (Self.boxWidth + Self.gapX), top + 10 + y)
  }

  func draw(into markup: inout Markup, top: Int) {
    for edge in layout.edges { draw(edge.from, edge.to, into: &markup, top: top) }
    for conflict in drawing.plan.conflicts.lazy.filter({ !$0.ordered }).prefix(80) {
      drawConflict(conflict, into: &markup, top: top)
    }
    for index in drawing.plan.workstreams.indices {
      let (x, y) = corner(index, top: top)
      let label = Markup.escaped(Markup.middleCut(drawing.report.name(index), to: 27))
      markup.line(
        "<g \(drawing.attributes(index, "node"))><title>"
          + "\(Markup.escaped(drawing.summary(index)))</title>"
          + "<rect class=\"node\(drawing.mark(index))\" x=\"\(x)\" y=\"\(y)\" "
          + "width=\"\(Self.boxWidth)\" height=\"\(Self.boxHeight)\" rx=\"5\"/>"
          + "<text class=\"t\" x=\"\(x + 8)\" y=\"\(y + 17)\">\(label)</text></g>")
    }
  }

  private func draw(_ from: Int, _ to: Int, into markup: inout Markup, top: Int) {
    let (start, end) = (corner(from, top: top), corner(to, top: top))
    let (x1, y1) = (start.x + Self.boxWidth, start.y + Self.boxHeight / 2)
    let (x2, y2) = (end.x, end.y + Self.boxHeight / 2)
    let bend = Self.gapX * 2 / 3
    let mark = onPath.contains(SIMD2(from, to)) ? " c" : ""
    markup.line(
      "<path class=\"edge\(mark)\" d=\"M\(x1) \(y1)C\(x1 + bend) \(y1) \(x2 - bend) \(y2) "
        + "\(x2) \(y2)\"/>")
  }

  private func drawConflict(_ conflict: Conflict, into markup: inout Markup, top: Int) {
    let (start, end) = (corner(conflict.left, top: top), corner(conflict.right, top: top))
    let (x1, y1) = (start.x + Self.boxWidth / 2, start.y + Self.boxHeight / 2)
    let (x2, y2) = (end.x + Self.boxWidth / 2, end.y + Self.boxHeight / 2)
    let side = x1 == x2 ? Self.boxWidth / 2 + 24 : 0
    markup.line(
      "<path class=\"clash\" d=\"M\(x1) \(y1)Q\((x1 + x2) / 2 + side) \((y1 + y2) / 2 - 14) "
        + "\(x2) \(y2)\"><title>"
        + Markup.escaped(
          "\(drawing.report.name(conflict.left)) and \(drawing.report.name(conflict.right)): "
            + drawing.report.reason(conflict)) + "</title></path>")
  }
}
