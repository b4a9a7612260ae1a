import UETModel

/// One row of the price book: what a request costs under some conditions.
package struct PriceRow: Hashable, Sendable {
  package var provider: String
  package var model: String
  /// The service tier it is for; nil for the ordinary one.
  package var tier: String?
  /// The first day it holds, in UTC.
  package var from: Timestamp?
  /// Minutes of the day in UTC; nil for the whole day. It may go over midnight.
  package var minutes: Range<Int>?
  /// 1 is Monday.
  package var weekdays: ClosedRange<Int>?
  /// It holds for requests of more input than this, and for the whole of them.
  package var above: Int?
  package var rates: Rates

  /// For one token, but for searches.
  package struct Rates: Hashable, Sendable {
    package var input: Money
    package var output: Money
    package var cacheRead: Money?
    package var cacheWrite5m: Money?
    package var cacheWrite1h: Money?
    /// For one search.
    package var webSearch: Money?
  }

  /// Whether the time is one at which it holds.
  func holds(at time: Timestamp) -> Bool {
    if let from, time < from { return false }
    let parts = time.components
    if let minutes, !minutes.contains(parts.hour * 60 + parts.minute) { return false }
    if let weekdays {
      // 1970-01-01 was a Thursday.
      let days = Int((time.wholeSeconds / 86_400) % 7)
      if !weekdays.contains((days + 3) % 7 + 1) { return false }
    }
    return true
  }
}

extension PriceRow.Rates {
  /// What is not priced by itself costs what fresh input costs: nobody lists a cache that is dearer
  /// and silent.
  package func cost(of counts: TokenCounts) -> Money {
    let write = cacheWrite5m ?? input
    return counts.input * input + counts.cacheRead * (cacheRead ?? input)
      + counts.cacheWrite5m * write + counts.cacheWrite1h * (cacheWrite1h ?? write)
      + counts.output * output + counts.webSearches * (webSearch ?? .zero)
  }
}
