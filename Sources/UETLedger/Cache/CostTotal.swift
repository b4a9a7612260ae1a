import UETModel

/// What was reported of the models' use by one workstream with one model.
package struct CostTotal: Hashable, Sendable {
  package let run: RunID
  /// nil for what belongs to no workstream.
  package let workstream: WorkstreamID?
  /// nil where none was named.
  package let model: String?
  /// How many times it was reported.
  package var reports = 0
  /// How many of the reports named no cost.
  package var unpriced = 0
  package var inputTokens = 0
  package var outputTokens = 0
  package var costUSD = 0.0

  package init(run: RunID, workstream: WorkstreamID?, model: String?) {
    (self.run, self.workstream, self.model) = (run, workstream, model)
  }

  /// Adds what another one counts.
  package mutating func add(_ other: CostTotal) {
    reports += other.reports
    unpriced += other.unpriced
    inputTokens = Self.sum(inputTokens, other.inputTokens)
    outputTokens = Self.sum(outputTokens, other.outputTokens)
    costUSD += other.costUSD
  }

  mutating func add(_ fact: Told<Fact.Usage>) {
    reports += 1
    // What was read from or written to a cache is input, too, and recorded apart.
    for count in [fact.input, fact.cacheRead, fact.cacheWrite5m, fact.cacheWrite1h] {
      inputTokens = Self.sum(inputTokens, count ?? 0)
    }
    outputTokens = Self.sum(outputTokens, fact.output ?? 0)
    if let cost = fact.costUSD { costUSD += cost } else { unpriced += 1 }
  }

  /// Reports come from workers, and may say anything: a sum that is too large stays at the largest.
  private static func sum(_ left: Int, _ right: Int) -> Int {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? (right < 0 ? Int.min : Int.max) : sum
  }
}
