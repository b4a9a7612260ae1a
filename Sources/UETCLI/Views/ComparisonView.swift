import UETModel
import UETReporting

/// What became better and worse from one run to another, for people: as text, or as Markdown.
struct ComparisonView {
  private let comparison: RunComparison
  private let terminal: Terminal
  private let style: TextStyle
  /// How many workstreams are listed.
  var most = 10

  init(_ comparison: RunComparison, _ terminal: Terminal, _ style: TextStyle) {
    (self.comparison, self.terminal, self.style) = (comparison, terminal, style)
  }

  private var report: ComparisonReport {
    ComparisonReport(comparison, most: most, rest: "; all: --all")
  }

  var text: [String] {
    [report.title] + report.sections.flatMap { $0.text(on: terminal, style) }
  }

  var markdown: [String] {
    ["# R\(ReportSection.escaped(String(report.title.dropFirst())))"]
      + report.sections.flatMap(\.markdown)
  }
}
