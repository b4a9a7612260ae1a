import UETModel
import UETTools

extension UsageRecord {
  /// The data of a `usage_recorded` event.
  func data(_ cost: Cost, book: String?, isComplete: Bool) -> JSONObject {
    var data = JSONObject()
    data.append("model", model.map { .string($0.terminalSafe) })
    data.append("provider", provider.map(JSONValue.string))
    data.append("tier", tier.map { .string($0.terminalSafe) })
    for (key, count) in counts.members where count > 0 || key == "input" || key == "output" {
      data.append(key, .integer(Int64(count)))
    }
    data.append("requests", .integer(Int64(requests)))
    data.append("per", .string(extent.rawValue))
    data.append("source", .string(source.rawValue))
    data.append("complete", .bool(isComplete))
    // The sum that budgets are about takes the most it can be.
    data.append("cost_usd", cost.most.map { .number($0.dollars) })
    data.append("cost", .object(cost.json(book: book)))
    data.append("told_cost_usd", reportedCost.map(JSONValue.number))
    return data
  }
}

extension TokenCounts {
  /// Names and values, as events hold them.
  fileprivate var members: [(String, Int)] {
    [
      ("input", input), ("cache_read", cacheRead), ("cache_write_5m", cacheWrite5m),
      ("cache_write_1h", cacheWrite1h), ("output", output), ("reasoning", reasoning),
      ("web_searches", webSearches),
    ]
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
