import UETLedger
import UETModel
import UETPlanning

/// What the reports of a run's workers are added up by.
package enum CostGrouping: String, CaseIterable, Sendable {
  case workstream
  /// One attempt at a workstream, named `WORKSTREAM.N`.
  case step
  case worker, model, tool, phase
}

/// What was reported in all under one name.
package struct CostLine: Hashable, Sendable {
  /// nil where the reports name none.
  package let name: String?
  package let total: CostTotal
}

extension Project {
  /// What was reported of the models' use in a run, the dearest first.
  package func cost(
    of run: RunID, by grouping: CostGrouping
  ) throws -> [CostLine] {
    let planned = grouping == .tool || grouping == .phase ? try planned(run) : [:]
    var sums: [String?: CostTotal] = [:]
    let totals = try archived(run).map { try Cache.cost(of: $0, reader: reader) }
    for total in try totals ?? cache.cost(of: run) {
      let name: String? =
        switch grouping {
        case .workstream: total.workstream?.rawValue
        case .step: total.step
        case .worker: total.worker
        case .model: total.model
        case .tool: total.workstream.flatMap { planned[$0]?.tool }
        case .phase: total.workstream.flatMap { planned[$0]?.phase }
        }
      sums[name, default: CostTotal(run: run)].add(total)
    }
    return sums.map { CostLine(name: $0.key, total: $0.value) }.sorted(by: Self.isDearer)
  }

  private static func isDearer(_ left: CostLine, _ right: CostLine) -> Bool {
    if left.total.costUSD != right.total.costUSD {
      return left.total.costUSD > right.total.costUSD
    }
    let (one, other) = (left.total.outputTokens, right.total.outputTokens)
    return one != other ? one > other : (left.name ?? "") < (right.name ?? "")
  }
}

extension CostTotal {
  fileprivate var step: String? {
    workstream.map { id in attempt.map { "\(id).\($0)" } ?? id.rawValue }
  }
}
