import UETModel
import UETPlanning

/// What comes before what, each box with the colour of how it stands.
package struct StateGraph {
  package struct Node: Sendable {
    let name: String
    /// All that is to be said of it.
    let words: String
    let tone: Tone
    let address: String?

    package init(name: String, words: String, tone: Tone, address: String?) {
      (self.name, self.words, self.tone, self.address) = (name, words, tone, address)
    }
  }

  private let nodes: [Node]
  private let drawing: GraphDrawing

  /// `before` are for each node those that come before it, which may go in a circle.
  package init(_ nodes: [Node], before: [[Int]]) {
    self.nodes = nodes
    let order = DependencyGraph(before).order
    drawing = GraphDrawing(
      order: order.count == nodes.count ? order : Array(nodes.indices), before: before)
  }

  /// SVG, with all text of others escaped.
  package func markup(_ title: String) -> String {
    var markup = Markup()
    let (width, height) = (drawing.width, drawing.height)
    markup.line(
      "<svg width=\"\(width)\" height=\"\(height)\" viewBox=\"0 0 \(width) \(height)\" "
        + "role=\"group\" aria-label=\"\(Markup.escaped(title))\">")
    drawing.edges([], items: nil, into: &markup, top: 0)
    for (index, node) in nodes.enumerated() {
      if let address = node.address { markup.line("<a href=\"\(Markup.escaped(address))\">") }
      drawing.box(
        index, name: node.name, mark: " s-\(node.tone.rawValue)", attributes: "",
        title: Markup.escaped(node.words), into: &markup, top: 0)
      if node.address != nil { markup.line("</a>") }
    }
    markup.line("</svg>")
    return markup.text
  }
}
