import UETEngine
import UETModel
import UETReporting

/// What came of the Python pipeline's history and budgets.
struct PipelineImportView {
  let result: PipelineResult
  let isLong: Bool
  let style: TextStyle

  /// How many runs are shown without `--long`.
  private static let shown = 20

  var lines: [String] {
    let parts = [runs, budgets, findings, summary]
    return Array(parts.filter { !$0.isEmpty }.joined(separator: [""]))
  }

  // MARK: Runs

  private var runs: [String] {
    let news = result.entries.filter { $0.standing != .unchanged }
    let count = isLong ? news.count : Self.shown
    var lines: [String] = []
    for entry in news.prefix(count) {
      lines.append(style.cut("\(entry.standing.sign) \(text(entry))", to: style.width))
    }
    let rest = news.count - count
    if rest > 0 { lines.append("and \(rest) more; all of them: --long") }
    return lines
  }

  private func text(_ entry: HistoryImport.Entry) -> String {
    let name = entry.name.terminalSafe + (entry.run.map { "  \($0)" } ?? "")
    switch entry.standing {
    case .added: return "\(name)  \(figures(entry))"
    case .unchanged: return "\(name)  as it was"
    case .changed: return "\(name)  kept: the source says something else now"
    case .forgotten: return "\(name)  left out: it was forgotten here"
    case .open: return "\(name)  left out: it may be going on"
    }
  }

  private func figures(_ entry: HistoryImport.Entry) -> String {
    var parts = [entry.status?.rawValue ?? ""]
    if let seconds = entry.seconds { parts.append(Span.text(seconds)) }
    parts.append(
      entry.failures > 0
        ? "\(entry.failures) of \(entry.attempts) failed" : entry.attempts.counting("attempt"))
    if entry.cost > 0 { parts.append(Money(dollars: entry.cost).description) }
    return parts.joined(separator: ", ")
  }

  // MARK: Budgets

  private var budgets: [String] {
    result.budgets.flatMap { budget, outcome -> [String] in
      let file = Project.configurationPath
      let text = budget.text.split(separator: "\n").map { "  \($0)" }
      switch outcome {
      case .unchanged: return []
      case .write: return ["\(file) \(result.isDryRun ? "would get" : "got"):"] + text
      case .left:
        return ["\(file) has other budgets, or a form of its own, and stays; in it would be:"]
          + text
      }
    }
  }

  private var findings: [String] {
    FindingLines(findings: result.findings, isLong: isLong, style: style).lines
  }

  // MARK: Summary

  private var summary: [String] {
    var counts: [HistoryImport.Standing: Int] = [:]
    for entry in result.entries { counts[entry.standing, default: 0] += 1 }
    let words = HistoryImport.Standing.allCases.compactMap { standing in
      counts[standing].map { "\($0) \(standing.rawValue)" }
    }
    var text =
      words.isEmpty ? "no runs" : "runs: " + words.joined(separator: ", ")
    if result.isDryRun { text = "would be: " + text + "; nothing was written" }
    var lines = style.wrap(text, indent: 0)
    if result.isDryRun { return lines }
    if counts[.added] != nil {
      lines.append("hint: look at them: git uet runs")
      lines.append("hint: plan with what they took: git uet plan --durations history")
    }
    if let changed = result.entries.first(where: { $0.standing == .changed })?.run {
      lines.append(
        "hint: to take it anew: git uet forget \(changed) && git config --local --unset-all uet.forgotten "
          + "\(changed), and import it again")
    }
    if let forgotten = result.entries.first(where: { $0.standing == .forgotten })?.run {
      lines.append(
        "hint: to take it again: git config --local --unset-all uet.forgotten \(forgotten), and import it "
          + "again")
    }
    return lines
  }
}

extension HistoryImport.Standing {
  fileprivate var sign: String {
    switch self {
    case .added: "+"
    case .unchanged: "="
    case .changed, .forgotten, .open: "!"
    }
  }
}

extension PipelineImportView {
  /// The document of `--format json`; see `schema/history.schema.json`.
  var json: JSONValue {
    [
      "version": 1, "format": .string(PipelineImport.name), "dry_run": .bool(result.isDryRun),
      "runs": .array(result.entries.map(\.json)),
      "settings": .array(
        result.budgets.flatMap { budget, outcome in
          budget.settings.map { json($0, outcome) }
        }),
      "findings": .array(result.findings.map(\.json)),
    ]
  }

  private func json(
    _ setting: BudgetImport.Setting, _ outcome: BudgetImport.Outcome
  ) -> JSONValue {
    let state =
      switch outcome {
      case .write: "added"
      case .unchanged: "unchanged"
      case .left: "left"
      }
    return [
      "key": .string("budget.\(setting.key)"), "value": setting.value,
      "source": .string(setting.source), "standing": .string(state),
    ]
  }
}

extension HistoryImport.Entry {
  fileprivate var json: JSONValue {
    var object: JSONObject = ["name": .string(name)]
    object.append("run", .text(run?.rawValue))
    object.append("standing", .string(standing.rawValue))
    object.append("status", .text(status?.rawValue))
    object.append("started_at", .time(start))
    object.append("seconds", seconds.map(JSONValue.number))
    object.append("attempts", .integer(Int64(attempts)))
    object.append("failures", .integer(Int64(failures)))
    object.append("cost_usd", .number(cost))
    return .object(object)
  }
}
