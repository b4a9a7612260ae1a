import UETModel
import UETReporting

/// The figures of a run, for people: as text, as Markdown or as a page.
struct ReportView {
  let metrics: RunMetrics
  let terminal: Terminal
  let style: TextStyle
  /// How many workstreams are listed.
  var most = 20

  private var report: FiguresReport { FiguresReport(metrics, most: most, rest: "; all: --all") }

  var text: [String] {
    ["run \(metrics.run)  \(metrics.status.rawValue)"] + report.summary.map { "  " + $0 }
      + report.sections.flatMap { $0.text(on: terminal, style) }
  }

  var markdown: [String] {
    ["# Run \(metrics.run): \(metrics.status.rawValue)", ""]
      + report.summary.map { "- " + ReportSection.escaped($0) }
      + report.sections.flatMap(\.markdown)
  }

  /// One HTML page.
  func page(_ timeline: RunTimeline) -> String { report.page(timeline) }
}
