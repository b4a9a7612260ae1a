import UETModel

/// What was reported of the models' use: by one attempt of one model, or several such as one.
package struct CostTotal: Hashable, Sendable {
  package let run: RunID
  /// nil for what belongs to no workstream.
  package var workstream: WorkstreamID?
  package var attempt: Int?
  package var worker: String?
  /// nil where none was named.
  package var model: String?
  /// How many times it was reported.
  package var reports = 0
  /// How many of the reports named no cost.
  package var unpriced = 0
  /// All input, cached or not.
  package var inputTokens = 0
  /// What of the input a cache held.
  package var cachedTokens = 0
  package var outputTokens = 0
  /// The most that it can be.
  package var costUSD = 0.0
  /// The least: less than that where only the sum of a session is known.
  package var leastUSD = 0.0

  package init(run: RunID) { self.run = run }

  /// Adds what another one counts.
  package mutating func add(_ other: CostTotal) {
    reports += other.reports
    unpriced += other.unpriced
    inputTokens = Self.sum(inputTokens, other.inputTokens)
    cachedTokens = Self.sum(cachedTokens, other.cachedTokens)
    outputTokens = Self.sum(outputTokens, other.outputTokens)
    costUSD += other.costUSD
    leastUSD += other.leastUSD
  }

  /// Adds one report.
  package mutating func add(_ fact: Told<Fact.Usage>) {
    reports += 1
    // What was read from or written to a cache is input, too, and recorded apart.
    for count in [fact.input, fact.cacheRead, fact.cacheWrite5m, fact.cacheWrite1h] {
      inputTokens = Self.sum(inputTokens, count ?? 0)
    }
    cachedTokens = Self.sum(cachedTokens, fact.cacheRead ?? 0)
    outputTokens = Self.sum(outputTokens, fact.output ?? 0)
    guard let cost = fact.costUSD else {
      unpriced += 1
      return
    }
    costUSD += cost
    leastUSD += fact.cost?["least"]?.double ?? cost
  }

  /// Reports come from workers, and may say anything: a sum that is too large stays at the largest.
  private static func sum(_ left: Int, _ right: Int) -> Int {
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? (right < 0 ? Int.min : Int.max) : sum
  }
}
