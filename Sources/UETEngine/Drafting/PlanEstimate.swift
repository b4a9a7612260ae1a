import UETModel
import UETPlanning
import UETTools

/// What the bundles of a plan say of their size, and what that costs as far as prices are known.
package struct PlanEstimate: Sendable {
  package private(set) var workstreams = 0
  /// Tokens of context, and how many say so.
  package private(set) var tokens = 0
  package private(set) var sized = 0
  /// What reading those once costs, and for how many that is known.
  package private(set) var reading = Money.zero
  package private(set) var priced = 0
  /// Their limits of cost, and how many have one.
  package private(set) var limit = Money.zero
  package private(set) var limited = 0
}

extension Project {
  package func estimate(of workstreams: [Workstream]) -> PlanEstimate {
    var estimate = PlanEstimate()
    let (prices, now) = (prices, clock.now())
    for workstream in workstreams {
      let model = configuration.model(for: workstream, tool: workstream.tool)
      let tokens = workstream.estimate.contextTokens
      estimate.add(
        tokens, limit: workstream.estimate.maxCostUSD,
        price: tokens.flatMap { tokens in
          prices.cost(
            of: UsageRecord(
              model: model, counts: TokenCounts(input: tokens), extent: .request, source: .estimate),
            at: now
          ).0.most
        })
    }
    return estimate
  }
}

extension PlanEstimate {
  fileprivate mutating func add(_ size: Int?, limit most: Double?, price: Money?) {
    workstreams += 1
    if let size { (tokens, sized) = (tokens + size, sized + 1) }
    if let price { (reading, priced) = (reading + price, priced + 1) }
    if let most { (limit, limited) = (limit + Money(dollars: most), limited + 1) }
  }

  /// A line each.
  package var lines: [String] {
    func share(_ count: Int) -> String {
      count == workstreams ? "all \(workstreams)" : "\(count) of \(workstreams)"
    }
    var lines = [
      sized == 0
        ? "context: no bundle estimates it"
        : "context: about \(tokens) tokens (\(share(sized)) say)"
    ]
    if priced > 0 { lines.append("to read that once: \(reading) (\(share(priced)) have a price)") }
    lines.append(
      limited == 0 ? "cost: no bundle limits it" : "cost: at most \(limit) (\(share(limited)) say)")
    return lines
  }

  package var json: JSONObject {
    [
      "context_tokens": .integer(Int64(tokens)), "context_known": .integer(Int64(sized)),
      "reading_usd": .number(reading.dollars), "reading_known": .integer(Int64(priced)),
      "limit_usd": .number(limit.dollars), "limit_known": .integer(Int64(limited)),
    ]
  }
}
