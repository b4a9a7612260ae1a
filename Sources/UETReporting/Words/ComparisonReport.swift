import UETModel

/// What became better and worse from one run to another, in words and tables, for people.
package struct ComparisonReport: Sendable {
  private let comparison: RunComparison
  /// How many workstreams are listed.
  private let most: Int
  /// What is said where more are not listed.
  private let rest: String

  package init(_ comparison: RunComparison, most: Int = 10, rest: String = "") {
    (self.comparison, self.most, self.rest) = (comparison, most, rest)
  }

  package var title: String { "run \(comparison.after.run) beside \(comparison.before.run)" }

  package var sections: [ReportSection] {
    [pairs, figures, changes, missing].compactMap { $0 }
  }

  private var pairs: ReportSection? {
    guard let pairs = comparison.pairs else {
      return ReportSection(
        title: "Work",
        words: ["fewer than two workstreams have a result in both: nothing can be paired"])
    }
    let ratio = Self.hundredths(pairs.medianRatio)
    var words =
      "\(pairs.count) workstreams have a result in both: the later run took \(ratio) times as long for "
      + "one (median); \(pairs.faster) took less, \(pairs.slower) more. "
    let chance = "chance alone makes such a difference in \(Self.percent(pairs.chance)) of cases"
    words += pairs.isClear ? "It is more than noise: \(chance)." : "That may be noise: \(chance)."
    return ReportSection(title: "Work", words: [words])
  }

  private var figures: ReportSection? {
    guard !comparison.figures.isEmpty else { return nil }
    let rows = comparison.figures.map { figure in
      [
        figure.name, figure.before.map { Self.text($0, figure.unit) } ?? "-",
        figure.after.map { Self.text($0, figure.unit) } ?? "-", Self.change(figure),
        Self.verdict(figure),
      ]
    }
    return ReportSection(
      title: "Figures", head: ["", "before", "after", "change", ""], rows: rows)
  }

  private var changes: ReportSection? {
    let changed = comparison.changes.filter { abs($0.after - $0.before) >= 0.05 }
    guard !changed.isEmpty else { return nil }
    let rows = changed.prefix(most).map { change in
      [
        change.id.rawValue.terminalSafe, Span.text(change.before), Span.text(change.after),
        "\(Self.hundredths(change.ratio)) times",
      ]
    }
    var section = ReportSection(
      title: "Work of one workstream, the largest difference first",
      head: ["", "before", "after", ""], rows: Array(rows))
    if changed.count > most { section.words = ["\(most) of \(changed.count)\(rest)"] }
    return section
  }

  private var missing: ReportSection? {
    let rows = [
      ("only before", comparison.onlyBefore), ("only after", comparison.onlyAfter),
    ].filter { !$0.1.isEmpty }.map { [$0.0, $0.1.map(\.rawValue).quoted(6)] }
    return rows.isEmpty ? nil : ReportSection(title: "Not in both", rows: rows)
  }
}

extension ComparisonReport {
  private static func text(_ value: Double, _ unit: RunComparison.Figure.Unit) -> String {
    switch unit {
    case .seconds: Span.text(value)
    case .share: percent(value)
    case .count, .tokens: "\(Int(min(value, 9e15)))"
    case .dollars: value.asMoney
    case .times: hundredths(value)
    }
  }

  /// `+12 %`, `-3 %`; nothing where it is the same, or there was none before.
  private static func change(_ figure: RunComparison.Figure) -> String {
    guard let ratio = figure.ratio else { return "" }
    let share = Int(min((abs(ratio - 1) * 100).rounded(), 1e9))
    if share == 0 { return "" }
    return "\(ratio > 1 ? "+" : "-")\(share) %"
  }

  private static func verdict(_ figure: RunComparison.Figure) -> String {
    guard let less = figure.lessIsBetter, let before = figure.before, let after = figure.after,
      abs(after - before) > 0.005 * max(abs(before), abs(after))
    else { return "" }
    return (after < before) == less ? "better" : "worse"
  }

  private static func percent(_ share: Double) -> String {
    share > 0 && share < 0.01 ? "less than 1 %" : "\(Int((share * 100).rounded())) %"
  }

  private static func hundredths(_ value: Double) -> String {
    "\((min(value, 1e9) * 100).rounded() / 100)"
  }
}
