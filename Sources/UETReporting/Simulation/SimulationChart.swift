import UETModel
import UETPlanning

/// The makespan over the number of workers, as an SVG document.
struct SimulationChart {
  private let result: SimulationResult
  private let top: Double
  private let step: Double

  private static let (width, height, left, bottom) = (720, 380, 60, 330)

  init(_ result: SimulationResult) {
    self.result = result
    let most = max(0.001, result.rows.map(\.makespan.p95).max() ?? 1)
    // Ends at a round number, of which about four fit.
    step = Self.round(most / 4)
    top = (most / step).rounded(.up) * step
  }

  /// The smallest of 1, 2, 5 times a power of ten that is not less.
  private static func round(_ least: Double) -> Double {
    least >= 1 ? TimeAxis.round(least) : least >= 0.1 ? TimeAxis.round(least * 10) / 10 : 0.1
  }

  private func x(_ place: Int) -> Int {
    Self.left + place * (Self.width - Self.left - 30) / max(1, result.rows.count - 1)
  }

  private func y(_ value: Double) -> Int {
    Self.bottom - Int(value / top * Double(Self.bottom - 60))
  }

  func svg() -> String {
    let (width, height) = (Self.width, Self.height)
    var markup = Markup()
    markup.line(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
        + "viewBox=\"0 0 \(width) \(height)\" role=\"group\" aria-label=\"makespan over workers\">")
    markup.line("<style>\(PlanDrawing.style).band{fill:#4493f8;opacity:.25}")
    markup.line(".line{fill:none;stroke:#4493f8;stroke-width:2}</style>")
    markup.line("<rect class=\"bg\" width=\"\(width)\" height=\"\(height)\"/>")
    let unit = result.unit == .units ? "" : " in \(result.unit.rawValue)"
    text("Makespan\(unit): median, and up to P95", "t h", 10, 24, into: &markup)
    text("\(result.enough) workers are enough: \(result.reason)", "t m", 10, 42, into: &markup)
    grid(into: &markup)
    curves(into: &markup)
    points(into: &markup)
    text("workers", "t m", width - 60, height - 8, into: &markup)
    markup.line("</svg>")
    return markup.text
  }

  private func text(
    _ text: String, _ kind: String, _ x: Int, _ y: Int, into markup: inout Markup,
    anchor: String = "start"
  ) {
    markup.line(
      "<text class=\"\(kind)\" x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\">"
        + Markup.escaped(text) + "</text>")
  }

  private func grid(into markup: inout Markup) {
    for part in 0...Int((top / step).rounded()) {
      let value = Double(part) * step
      let y = y(value)
      markup.line(
        "<line class=\"grid\" x1=\"\(Self.left)\" y1=\"\(y)\" x2=\"\(Self.width - 30)\" y2=\"\(y)\"/>"
      )
      text(
        SimulationReport.short(value), "t m", Self.left - 8, y + 4, into: &markup, anchor: "end")
    }
  }

  private func curves(into markup: inout Markup) {
    let rows = result.rows.enumerated()
    let upper = rows.map { "\(x($0)),\(y($1.makespan.p95))" }
    let lower = rows.map { "\(x($0)),\(y($1.makespan.p50))" }
    markup.line(
      "<polygon class=\"band\" points=\"\((upper + lower.reversed()).joined(separator: " "))\"/>")
    markup.line("<polyline class=\"line\" points=\"\(lower.joined(separator: " "))\"/>")
  }

  private func points(into markup: inout Markup) {
    for (place, row) in result.rows.enumerated() {
      let mark = row.workers == result.enough ? " c" : ""
      let label =
        "\(row.workers) workers: P50 \(SimulationReport.short(row.makespan.p50)), P95 "
        + SimulationReport.short(row.makespan.p95)
      markup.line(
        "<g class=\"item\" tabindex=\"0\" role=\"img\" aria-label=\"\(label)\">"
          + "<title>\(label)</title><circle class=\"bar\(mark)\" cx=\"\(x(place))\" "
          + "cy=\"\(y(row.makespan.p50))\" r=\"5\"/></g>")
      text("\(row.workers)", "t m", x(place), Self.bottom + 20, into: &markup, anchor: "middle")
    }
  }
}
