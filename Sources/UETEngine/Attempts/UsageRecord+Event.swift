import UETModel
import UETTools

extension UsageRecord {
  /// What is recorded of it. Counts of nothing are left out, but for those that every report has.
  func fact(
    _ cost: Cost, book: String?, session: String?, isComplete: Bool, handed: Int?
  ) -> Told<Fact.Usage> {
    func some(_ count: Int) -> Int? { count > 0 ? count : nil }
    return .init {
      ($0.model, $0.provider, $0.tier) = (model?.terminalSafe, provider, tier?.terminalSafe)
      ($0.input, $0.output) = (counts.input, counts.output)
      ($0.cacheRead, $0.reasoning) = (some(counts.cacheRead), some(counts.reasoning))
      ($0.cacheWrite5m, $0.cacheWrite1h) = (some(counts.cacheWrite5m), some(counts.cacheWrite1h))
      ($0.requests, $0.webSearches) = (requests, some(counts.webSearches))
      ($0.per, $0.source, $0.complete) = (extent.rawValue, source.rawValue, isComplete)
      // The sum that budgets are about takes the most it can be.
      ($0.costUSD, $0.toldCostUSD) = (cost.most?.dollars, reportedCost)
      $0.handedTokens = handed
      ($0.cost, $0.session) = (cost.json(book: book), session)
    }
  }
}

extension ToolConclusion {
  /// One for each model and request that was told; that nothing is known is a fact, too.
  func facts(_ prices: Prices, at now: Timestamp, handed: Int?) -> [Told<Fact.Usage>] {
    if usage.isEmpty, !isComplete {
      let unknown = UsageRecord(
        model: nil, counts: TokenCounts(), extent: .session, source: .estimate)
      return [
        unknown.fact(
          .unpriced("the program told nothing"), book: nil, session: session, isComplete: false,
          handed: nil)
      ]
    }
    return usage.map { usage in
      let (cost, edition) = prices.cost(of: usage, at: now)
      return usage.fact(
        cost, book: edition, session: session, isComplete: isComplete, handed: handed)
    }
  }
}

extension Cost {
  /// `{amount, currency, book, state}`; of a range also `least`.
  func json(book: String?) -> JSONObject {
    var object = JSONObject()
    object.append("amount", most.map { .number($0.dollars) })
    if case .range(let least, _) = self { object.append("least", .number(least.dollars)) }
    object.append("currency", "USD")
    object.append("book", book.map(JSONValue.string))
    switch self {
    case .priced: object.append("state", "priced")
    case .range: object.append("state", "range")
    case .unpriced(let reason):
      object.append("state", "unpriced")
      object.append("reason", .string(reason.terminalSafe))
    }
    return object
  }
}
