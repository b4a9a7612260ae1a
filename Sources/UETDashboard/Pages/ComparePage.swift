import UETLedger
import UETModel
import UETReporting

/// Two runs beside each other.
struct ComparePage: Sendable {
  let runs: [RunSummary]
  let before: RunID?
  let after: RunID?
  /// nil where there is nothing to compare.
  let comparison: RunComparison?

  /// More are not offered.
  static let most = 200

  var content: HTML {
    .element("h1", [], "compare runs") + choice + result
  }

  private var choice: HTML {
    guard runs.count > 1 else { return .paragraph("it takes two runs to compare") }
    return .element(
      "form", ["class" => "filter", "method" => "get", "action" => Place.compare(nil, nil).path],
      select("before", "the earlier", before) + select("after", "the later", after)
        + .element("button", ["type" => "submit"], "compare"))
  }

  private func select(_ name: StaticString, _ words: String, _ chosen: RunID?) -> HTML {
    .element(
      "label", [],
      HTML("\(words) ")
        + .element(
          "select", ["name" => "\(name)", "id" => "\(name)"],
          runs.prefix(Self.most).map { summary in
            HTML.element(
              "option",
              ["value" => summary.run.rawValue, .flag("selected", summary.run == chosen)],
              HTML("\(summary.run) \(summary.status.rawValue.lowercased())"))
          }))
  }

  private var result: HTML {
    guard let comparison else { return .none }
    let report = ComparisonReport(comparison, most: 50)
    return .paragraph(HTML(report.title))
      + report.sections.enumerated().map { number, section in
        HTML.section(
          section.title, id: "part-\(number)", .report(section, id: "compare-\(number)"))
      }.joined()
  }
}
