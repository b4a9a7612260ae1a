/// What an attempt used of one model, as its program told it.
package struct UsageRecord: Hashable, Sendable {
  /// What the figures are of. Only a request's figures can be priced exactly where a price has
  /// thresholds.
  package enum Extent: String, Hashable, Sendable {
    case request, session
  }

  /// Where the figures come from.
  package enum Source: String, Hashable, Sendable {
    /// What the program printed.
    case stream
    /// A file in which the program keeps its session; it is there after a kill, too.
    case sessionFile = "session_file"
    /// Rounded or counted by somebody else.
    case estimate
  }

  /// As the program names it; nil where it does not.
  package var model: String?
  package var provider: String?
  /// The service tier as the provider names it, as `priority` or `batch`; nil for the ordinary one.
  package var tier: String?
  package var counts: TokenCounts
  package var requests: Int
  package var extent: Extent
  package var source: Source
  /// US dollars as the program reckons them: for comparing, never for the budget.
  package var reportedCost: Double?

  package init(
    model: String?, provider: String? = nil, tier: String? = nil, counts: TokenCounts,
    requests: Int = 1, extent: Extent, source: Source, reportedCost: Double? = nil
  ) {
    self.model = model
    self.provider = provider
    self.tier = tier
    self.counts = counts
    self.requests = max(0, requests)
    self.extent = extent
    self.source = source
    self.reportedCost = reportedCost
  }
}

extension [UsageRecord] {
  /// The tokens of all.
  package var total: TokenCounts { reduce(TokenCounts()) { $0 + $1.counts } }
}
