import UETModel

/// What some usage costs, as far as that can be said.
package enum Cost: Hashable, Sendable {
  case priced(Money)
  /// Between two amounts: figures of a whole session do not say how long its requests were.
  case range(Money, Money)
  /// No price, and why.
  case unpriced(String)

  /// The most it can be; nil where there is no price.
  package var most: Money? {
    switch self {
    case .priced(let money): money
    case .range(_, let high): high
    case .unpriced: nil
    }
  }
}

extension PriceBook {
  /// What a record costs at the time of its request.
  package func cost(of record: UsageRecord, at time: Timestamp) -> Cost {
    guard let name = record.model else { return .unpriced("no model is named") }
    guard let key = resolve(name, provider: record.provider) else {
      return .unpriced("no price for '\(name)'")
    }
    let tier = Self.ordinary.contains(record.tier ?? "") ? nil : record.tier
    let counts = record.counts
    func cost(of wholeInput: Int) -> Money? {
      rates(of: key, tier: tier, at: time, wholeInput: wholeInput)?.cost(of: counts)
    }
    guard let whole = cost(of: counts.wholeInput) else {
      return .unpriced("no price for the tier '\(tier ?? "ordinary")' of '\(key.model)'")
    }
    guard record.extent == .session, record.requests != 1,
      let first = thresholds(of: key, tier: tier, at: time).first, counts.wholeInput > first,
      let below = cost(of: 0)
    else { return .priced(whole) }
    return below == whole ? .priced(whole) : .range(min(below, whole), max(below, whole))
  }

  /// Names of the ordinary tier.
  private static let ordinary: Set<String> = ["", "default", "standard", "auto", "on_demand"]
}
