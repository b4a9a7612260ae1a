import UETLedger
import UETModel

/// What the reports of a run's workers are added up by.
package enum CostGrouping: String, CaseIterable, Sendable {
  case workstream
  /// One attempt at a workstream, named `WORKSTREAM.N`.
  case step
  case worker, model, tool, phase

  /// Whether what was planned must be known.
  package var needsPlan: Bool { self == .tool || self == .phase }
}

/// What was reported of the models' use in a run, the dearest first.
package struct CostReport: Sendable {
  package let run: RunID
  package let grouping: CostGrouping
  package let lines: [CostLine]
  package let total: CostTotal

  /// Adds up what each attempt used of each model; `planned` serves those groupings that need it,
  /// `state` the one by tool, which may be another one than was planned.
  package init(
    _ run: RunID, by grouping: CostGrouping, adding totals: [CostTotal],
    planned: [WorkstreamID: Workstream] = [:], state: RunState? = nil
  ) {
    var sums: [String?: CostTotal] = [:]
    for total in totals {
      let name: String? =
        switch grouping {
        case .workstream: total.workstream?.rawValue
        case .step: total.step
        case .worker: total.worker
        case .model: total.model
        case .tool: total.tool(in: state) ?? total.workstream.flatMap { planned[$0]?.tool }
        case .phase: total.workstream.flatMap { planned[$0]?.phase }
        }
      sums[name, default: CostTotal(run: run)].add(total)
    }
    self.run = run
    self.grouping = grouping
    lines = Self.dearestFirst(sums.map { CostLine(name: $0.key, total: $0.value) })
    total = lines.reduce(into: CostTotal(run: run)) { $0.add($1.total) }
  }

  /// Places are sorted, not lines, which are large.
  private static func dearestFirst(_ lines: [CostLine]) -> [CostLine] {
    let keys = lines.map { (cost: $0.total.costUSD, output: $0.total.outputTokens) }
    let order = lines.indices.sorted { left, right in
      let (one, other) = (keys[left], keys[right])
      if one.cost != other.cost { return one.cost > other.cost }
      if one.output != other.output { return one.output > other.output }
      return (lines[left].name ?? "") < (lines[right].name ?? "")
    }
    return order.map { lines[$0] }
  }
}

extension CostReport {
  package var json: JSONValue {
    [
      "version": 1, "run": .string(run.rawValue), "by": .string(grouping.rawValue),
      "lines": .array(lines.map { .object($0.json) }), "total": .object(total.json),
    ]
  }

  /// A line a name, behind one that names the columns.
  package var csv: [String] {
    [
      "\(grouping.rawValue),reports,unpriced,input_tokens,cached_tokens,output_tokens,cost_usd,"
        + "least_usd"
    ] + lines.map(\.csv)
  }

  /// A table for people: a line a name, and the sum below more than one.
  package var table: [String] {
    let rows =
      lines.map { ($0.name?.terminalSafe ?? "(none named)", $0.total) }
      + (lines.count > 1 ? [("total", total)] : [])
    let hasUnpriced = total.unpriced > 0
    let cells =
      [
        ["", "reports", "input", "cached", "output", "cost"] + (hasUnpriced ? ["unpriced"] : [])
      ]
      + rows.map { name, total in
        [name] + total.cells + (hasUnpriced ? ["\(total.unpriced)"] : [])
      }
    var widths = cells[0].map(\.columns)
    for row in cells {
      for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.columns) }
    }
    let spaces = String(repeating: " ", count: widths.max() ?? 0)
    return cells.map { row in
      var line = ""
      line.reserveCapacity(widths.reduce(2 * widths.count, +))
      for (column, cell) in row.enumerated() {
        let margin = spaces.prefix(widths[column] - cell.columns)
        line += "  "
        if column > 0 { line += margin }
        line += cell
        if column == 0 { line += margin }
      }
      return line
    }
  }
}

extension CostTotal {
  fileprivate var step: String? {
    workstream.map { id in attempt.map { "\(id).\($0)" } ?? id.rawValue }
  }

  /// The tool of its attempt, where that is not the one that the bundle names.
  fileprivate func tool(in state: RunState?) -> String? {
    guard let workstream, let attempt else { return nil }
    return state?[workstream]?.attempts.last { $0.number == attempt }?.tool
  }
}

extension String {
  /// How many it takes on a terminal.
  fileprivate var columns: Int { utf8.allSatisfy { $0 < 0x80 } ? utf8.count : count }
}
