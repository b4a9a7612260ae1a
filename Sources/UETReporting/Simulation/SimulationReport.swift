import UETModel
import UETPlanning

/// A simulation as text, JSON and a chart.
package struct SimulationReport: Sendable {
  let result: SimulationResult

  package init(_ result: SimulationResult) { self.result = result }

  package func json() -> JSONValue {
    var object: JSONObject = ["version": 1]
    let options = result.options
    object.append("trials", .integer(Int64(options.trials)))
    object.append("seed", .string(String(options.seed)))
    object.append("unit", .string(result.unit.rawValue))
    object.append("budget_usd", options.budget.map(JSONValue.number))
    object.append("assumptions", assumptions)
    object.append("rows", .array(result.rows.map(json)))
    object.append("enough_workers", .integer(Int64(result.enough)))
    object.append("reason", .string(result.reason))
    return .object(object)
  }

  private var assumptions: JSONValue {
    let options = result.options
    let triangle = { (value: SimulationOptions.Triangle) -> JSONValue in
      [.number(value.low), .number(value.mode), .number(value.high)]
    }
    return [
      "durations": options.durationRatios.isEmpty
        ? triangle(options.durationTriangle) : "history",
      "failure_chance": .number(options.failureChance),
      "max_attempts": .integer(Int64(options.maximumAttempts)),
      "cost_of_cap": triangle(options.costTriangle), "gate_share": .number(options.gateShare),
      "conflict_chance": .number(options.conflictChance),
      "repair_share": .number(options.repairShare),
    ]
  }

  private func json(_ row: SimulationResult.Row) -> JSONValue {
    let percentiles = { (value: SimulationResult.Percentiles) -> JSONValue in
      [
        "p50": .number(value.p50.roundedToThousandths),
        "p90": .number(value.p90.roundedToThousandths),
        "p95": .number(value.p95.roundedToThousandths),
      ]
    }
    return [
      "workers": .integer(Int64(row.workers)), "makespan": percentiles(row.makespan),
      "cost_usd": percentiles(row.cost),
      "within_budget": .number(row.withinBudget.roundedToThousandths),
      "completes": .number(row.completes.roundedToThousandths),
    ]
  }

  /// A table with a bar for the median, ending in a line feed.
  package func text(_ style: TextStyle = TextStyle()) -> String {
    let unit = result.unit == .units ? "" : " in \(result.unit.rawValue)"
    let title = style.titled(
      "\(result.options.trials) trials",
      " with seed \(result.options.seed); makespan\(unit), cost in dollars")
    let header = style.paint(
      "workers     P50     P90     P95    cost P50  in budget  all done", .dim)
    let longest = result.rows.map(\.makespan.p50).max() ?? 1
    let rows = result.rows.map { row in
      let cells = [
        (String(row.workers), 7), (Self.short(row.makespan.p50), 8),
        (Self.short(row.makespan.p90), 8),
        (Self.short(row.makespan.p95), 8), (Self.short(row.cost.p50), 12),
        (Self.percent(row.withinBudget), 11), (Self.percent(row.completes), 10),
      ].map { String(repeating: " ", count: max(0, $0.1 - $0.0.count)) + $0.0 }.joined()
      let room = style.width - 66
      let length = longest == 0 ? 0 : Int(row.makespan.p50 / longest * Double(max(0, room)))
      return cells + "  " + String(repeating: style.unicode ? "▒" : "=", count: length)
    }
    // The largest number tried says nothing of larger ones.
    let isOpen = result.enough == result.rows.last?.workers
    let end =
      isOpen
      ? style.wrap(result.reason, indent: 0)
      : style.titled(
        "\(result.enough) \(result.enough == 1 ? "worker is" : "workers are") enough",
        ": \(result.reason)")
    return (title + stated(style) + [header] + rows + end).joined(separator: "\n") + "\n"
  }

  /// What was assumed, so that nobody takes the numbers for more than they are.
  func stated(_ style: TextStyle) -> [String] {
    let options = result.options
    let (triangle, share) = (options.durationTriangle, Self.percent)
    let durations =
      options.durationRatios.isEmpty
      ? "durations of \(Self.short(triangle.low)) to \(Self.short(triangle.high)) times the plan's"
      : "durations as \(options.durationRatios.count) past attempts took them"
    return style.wrap(
      "assumed: \(durations); \(share(options.failureChance)) of attempts fail, "
        + "\(options.maximumAttempts) at most; gates of the integration take "
        + "\(share(options.gateShare)) of the mean duration; \(share(options.conflictChance)) of "
        + "candidates conflict", indent: 2)
  }

  static func short(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  static func percent(_ value: Double) -> String { "\(Int((value * 100).rounded())) %" }

  /// The makespan over the number of workers: the median, and the band up to P95.
  package func svg() -> String { SimulationChart(result).svg() }
}
