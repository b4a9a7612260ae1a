import UETModel
import UETPlanning

extension SimulationReport {
  /// The chart and the figures as one HTML page that needs nothing else.
  package func html() -> String {
    let unit = result.unit == .units ? "" : " in \(result.unit.rawValue)"
    let title =
      result.enough == 1 ? "1 worker is enough" : "\(result.enough) workers are enough"
    var markup = Markup()
    markup.line("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")
    markup.line("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")
    markup.line("<meta name=\"color-scheme\" content=\"light dark\">")
    markup.line("<title>Simulation: \(title)</title>")
    markup.line("<style>\(PlanPage.style)td,th{text-align:right}</style>\n</head>\n<body>")
    // The largest number tried says nothing of larger ones.
    let isOpen = result.enough == result.rows.last?.workers
    markup.line("<h1>\(isOpen ? "Simulation" : title)</h1>")
    markup.line("<p>\(Markup.escaped(result.reason)).</p>\n<div class=\"wide\">")
    markup.line(svg() + "</div>")
    markup.line("<h2>Figures</h2>\n<p>Makespan\(unit), cost in dollars.</p>\n<div class=\"wide\">")
    let names = ["workers", "P50", "P90", "P95", "cost P50", "cost P95", "in budget", "all done"]
    let heads = names.map { "<th scope=\"col\">\($0)</th>" }.joined()
    markup.line("<table><thead><tr>\(heads)</tr></thead><tbody>")
    for row in result.rows {
      let cells = [
        String(row.workers), Self.short(row.makespan.p50), Self.short(row.makespan.p90),
        Self.short(row.makespan.p95), Self.short(row.cost.p50), Self.short(row.cost.p95),
        Self.percent(row.withinBudget), Self.percent(row.completes),
      ]
      markup.line("<tr>\(cells.map { "<td>\($0)</td>" }.joined())</tr>")
    }
    markup.line("</tbody></table></div>\n<h2>What is assumed</h2>")
    let words = stated(TextStyle(width: 1000)).map { String($0.drop { $0 == " " }) }
    markup.line("<p>\(Markup.escaped(words.joined(separator: " "))).</p>")
    markup.line("<p>\(result.options.trials) trials with seed \(result.options.seed).</p>")
    markup.line("</body>\n</html>")
    return markup.text
  }
}
