import UETModel
import UETPlanning

/// What is said of a run in words and tables, under a title.
package struct ReportSection: Sendable {
  package let title: String
  package var head: [String]
  package var rows: [[String]]
  package var words: [String]

  package init(
    title: String, head: [String] = [], rows: [[String]] = [], words: [String] = []
  ) {
    (self.title, self.head, self.rows, self.words) = (title, head, rows, words)
  }
}

/// A run as one HTML page that needs nothing else: no script, nothing from elsewhere, readable in
/// light and dark and on paper.
package struct RunPage {
  private let metrics: RunMetrics
  private let drawing: RunDrawing?
  private let summary: [String]
  private let sections: [ReportSection]

  package init(
    _ metrics: RunMetrics, _ timeline: RunTimeline, summary: [String], sections: [ReportSection]
  ) {
    (self.metrics, self.summary, self.sections) = (metrics, summary, sections)
    drawing = RunDrawing(metrics, timeline)
  }

  private static let style = """
    .legend{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;font-size:13px;padding:0;list-style:none}
    .legend svg{width:12px;height:12px;margin-right:.4em}.share{width:100%;height:22px;display:block}
    td.n,th.n{text-align:right}svg{max-width:none}
    @media print{body{margin:0;max-width:none;font-size:11px}.wide{overflow:visible}
    .wide>svg{width:100%;height:auto}h2{break-after:avoid}tr,svg{break-inside:avoid}}
    """

  package var html: String {
    var markup = Markup()
    let title = "Run \(metrics.run): \(metrics.status.rawValue)"
    markup.line("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")
    markup.line("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
    markup.line("<meta name=\"color-scheme\" content=\"light dark\">")
    markup.line("<title>\(Markup.escaped(title))</title>")
    markup.line(
      "<style>\(PlanDrawing.style)\(PlanPage.style)\(RunDrawing.style)\(Self.style)</style>")
    markup.line("</head>\n<body>\n<h1>\(Markup.escaped(title))</h1>")
    for line in summary { markup.line("<p>\(Markup.escaped(line))</p>") }
    share(into: &markup)
    for picture in drawing?.pictures ?? [] {
      markup.line("<h2>\(Markup.escaped(picture.title))</h2>")
      if let words = picture.words { markup.line("<p>\(Markup.escaped(words))</p>") }
      markup.line("<div class=\"wide\">\(picture.markup)</div>")
    }
    for section in sections { write(section, into: &markup) }
    markup.line("</body>\n</html>")
    return markup.text
  }

  /// The time of all workstreams as one bar, and what its colours mean.
  private func share(into markup: inout Markup) {
    let total = metrics.uses.values.reduce(0, +)
    guard total > 0 else { return }
    let uses = TimeUse.allCases.filter { (metrics.uses[$0] ?? 0) / total >= 0.002 }
    markup.line("<h2>Where the time of all workstreams went</h2>")
    markup.line(
      "<svg class=\"share\" viewBox=\"0 0 1000 22\" preserveAspectRatio=\"none\" role=\"img\" "
        + "aria-label=\"time by what it went into; the same as numbers below\">")
    var x = 0.0
    for use in uses {
      let width = (metrics.uses[use] ?? 0) / total * 1000
      markup.line(
        "<rect \(RunDrawing.fill(use)) x=\"\(TimeAxis.rounded(x))\" y=\"0\" "
          + "width=\"\(TimeAxis.rounded(width))\" height=\"22\"><title>\(use.words)</title></rect>")
      x += width
    }
    markup.line("</svg>\n<ul class=\"legend\">")
    for use in uses {
      let seconds = metrics.uses[use] ?? 0
      markup.line(
        "<li><svg aria-hidden=\"true\" viewBox=\"0 0 12 12\"><rect \(RunDrawing.fill(use)) "
          + "width=\"12\" height=\"12\"/></svg>\(use.words): \(DurationText.words(seconds)), "
          + "\(Int((seconds / total * 100).rounded())) %</li>")
    }
    markup.line("</ul>")
  }

  private func write(_ section: ReportSection, into markup: inout Markup) {
    markup.line("<h2>\(Markup.escaped(section.title))</h2>")
    for words in section.words { markup.line("<p>\(Markup.escaped(words))</p>") }
    if section.rows.isEmpty { return }
    /// Columns of numbers, by their first line.
    let numbers = section.rows[0].map { cell in
      cell.unicodeScalars.first.map { ("0"..."9").contains($0) } ?? false
    }
    func row(_ cells: [String], _ tag: String) -> String {
      "<tr>"
        + cells.enumerated().map { place, cell in
          let isNumber = place > 0 && place < numbers.count && numbers[place]
          let kind = isNumber ? " class=\"n\"" : ""
          return "<\(tag)\(kind)>\(Markup.escaped(cell))</\(tag)>"
        }.joined() + "</tr>"
    }
    markup.line("<div class=\"wide\"><table>")
    if !section.head.isEmpty { markup.line("<thead>\(row(section.head, "th"))</thead>") }
    markup.line("<tbody>")
    for cells in section.rows { markup.line(row(cells, "td")) }
    markup.line("</tbody></table></div>")
  }
}
