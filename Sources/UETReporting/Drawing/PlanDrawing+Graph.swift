import UETModel
import UETPlanning

/// A graph as boxes and lines, left to right.
struct GraphDrawing {
  private let layout: GraphLayout

  private static let boxWidth = 190
  private static let gapX = 56

  /// - Parameters: as `GraphLayout` takes them.
  init(order: [Int], before: [[Int]]) {
    layout = GraphLayout(order: order, before: before)
  }

  var width: Int {
    max(PlanDrawing.width, 20 + layout.layers.count * (Self.boxWidth + Self.gapX))
  }

  /// With room for edges that go back over the whole.
  var height: Int { layout.height + (layout.against.isEmpty ? 20 : 60) }

  private func x(_ layer: Int) -> Int { 10 + layer * (Self.boxWidth + Self.gapX) }

  private func y(_ one: Int, _ top: Int) -> Int { top + 10 + Int(layout.middle[one]) }

  /// The lines; those of `marked` are drawn last, and strong.
  /// - Parameter items: What each box is called in the page's script.
  func edges(_ marked: Set<SIMD2<Int>>, items: [Int]?, into markup: inout Markup, top: Int) {
    let isMarked = { (way: [Int]) in marked.contains(SIMD2(way[0], way[way.count - 1])) }
    for way in layout.ways.filter({ !isMarked($0) }) + layout.ways.filter(isMarked) {
      var path = ""
      for (number, one) in way.enumerated() {
        let (left, height) = (x(layout.layer[one]), y(one, top))
        if number > 0 {
          let (from, before) = (left - Self.gapX, y(way[number - 1], top))
          let bend = Self.gapX * 2 / 3
          path += "C\(from + bend) \(before) \(left - bend) \(height) \(left) \(height)"
        } else {
          path += "M\(left + Self.boxWidth) \(height)"
        }
        if number > 0, number < way.count - 1 { path += "H\(left + Self.boxWidth)" }
      }
      line(path, isMarked(way) ? " c" : "", way[0], way[way.count - 1], items, into: &markup)
    }
    for pair in layout.against {
      let (right, left) = (x(layout.layer[pair.x]) + Self.boxWidth, x(layout.layer[pair.y]))
      let (from, to) = (y(pair.x, top), y(pair.y, top))
      let below = top + layout.height + 46
      line(
        "M\(right) \(from)C\(right + 50) \(below) \(left - 50) \(below) \(left) \(to)", "", pair.x,
        pair.y, items, into: &markup)
    }
  }

  private func line(
    _ path: String, _ mark: String, _ from: Int, _ to: Int, _ items: [Int]?,
    into markup: inout Markup
  ) {
    let data = items.map { " data-a=\"\($0[from])\" data-b=\"\($0[to])\"" } ?? ""
    markup.line("<path class=\"edge\(mark)\"\(data) d=\"\(path)\"/>")
  }

  /// A box with its name; `attributes` and `title` are written as they are.
  func box(
    _ one: Int, name: String, mark: String, attributes: String, title: String,
    into markup: inout Markup, top: Int
  ) {
    let (left, middle) = (x(layout.layer[one]), y(one, top))
    let height = GraphLayout.boxHeight
    markup.line(
      "<g \(attributes)><title>\(title)</title><rect class=\"node\(mark)\" x=\"\(left)\" "
        + "y=\"\(middle - height / 2)\" width=\"\(Self.boxWidth)\" height=\"\(height)\" rx=\"5\"/>"
        + "<text class=\"t\" x=\"\(left + 8)\" y=\"\(middle + 4)\">"
        + "\(Markup.escaped(Markup.middleCut(name, to: 27)))</text></g>")
  }

  /// A dashed line between two boxes.
  func clash(_ one: Int, _ other: Int, _ words: String, into markup: inout Markup, top: Int) {
    let (x1, y1) = (x(layout.layer[one]) + Self.boxWidth / 2, y(one, top))
    let (x2, y2) = (x(layout.layer[other]) + Self.boxWidth / 2, y(other, top))
    let side = x1 == x2 ? Self.boxWidth / 2 + 24 : 0
    markup.line(
      "<path class=\"clash\" d=\"M\(x1) \(y1)Q\((x1 + x2) / 2 + side) \((y1 + y2) / 2 - 14) "
        + "\(x2) \(y2)\"><title>\(words)</title></path>")
  }
}

extension PlanDrawing {
  /// The graph of these workstreams and what is between them.
  func graph(of members: [Int]) -> GraphDrawing {
    let local = Self.places(members)
    return GraphDrawing(
      order: plan.dependencies.order.compactMap { local[$0] },
      before: members.map { plan.dependencies.before[$0].compactMap { local[$0] } })
  }

  /// Where each of them stands in the list.
  private static func places(_ members: [Int]) -> [Int: Int] {
    Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1, $0) })
  }

  func draw(_ graph: GraphDrawing, of members: [Int], into markup: inout Markup, top: Int) {
    let local = Self.places(members)
    let path = plan.criticalPath
    let marked = zip(path, path.dropFirst()).compactMap { one, next in
      local[one].flatMap { one in local[next].map { SIMD2(one, $0) } }
    }
    graph.edges(Set(marked), items: members, into: &markup, top: top)
    let clashes = plan.conflicts.lazy.compactMap { conflict in
      conflict.ordered
        ? nil
        : local[conflict.left].flatMap { one in local[conflict.right].map { (conflict, one, $0) } }
    }
    for (conflict, one, other) in clashes.prefix(80) {
      let words =
        "\(report.name(conflict.left)) and \(report.name(conflict.right)): "
        + report.plan.reason(conflict)
      graph.clash(one, other, Markup.escaped(words), into: &markup, top: top)
    }
    for (number, index) in members.enumerated() {
      graph.box(
        number, name: report.name(index), mark: mark(index), attributes: attributes(index, "node"),
        title: Markup.escaped(summary(index)), into: &markup, top: top)
    }
  }
}
