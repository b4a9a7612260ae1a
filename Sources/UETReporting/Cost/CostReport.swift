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
    lines = sums.map { CostLine(name: $0.key, total: $0.value) }.sorted(by: Self.isDearer)
    total = lines.reduce(into: CostTotal(run: run)) { $0.add($1.total) }
  }

  private static func isDearer(_ left: CostLine, _ right: CostLine) -> Bool {
    if left.total.costUSD != right.total.costUSD {
      return left.total.costUSD > right.total.costUSD
    }
    let (one, other) = (left.total.outputTokens, right.total.outputTokens)
    return one != other ? one > other : (left.name ?? "") < (right.name ?? "")
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
    let widths = cells[0].indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    return cells.map { row in
      row.indices.reduce(into: "") { line, column in
        let margin = String(repeating: " ", count: widths[column] - row[column].count)
        line += "  " + (column == 0 ? row[column] + margin : margin + row[column])
      }
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
