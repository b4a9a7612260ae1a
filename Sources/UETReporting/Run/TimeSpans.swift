import UETModel

/// Spans of time in microseconds since 1970, in order and apart from each other.
struct TimeSpans: Hashable, Sendable {
  private(set) var spans: [Range<Int64>] = []

  init() {}

  init(_ span: Range<Int64>) { if !span.isEmpty { spans = [span] } }

  /// Adds one that does not begin before the last.
  mutating func append(_ span: Range<Int64>) {
    guard !span.isEmpty else { return }
    if let last = spans.last, last.upperBound >= span.lowerBound {
      let end = max(last.upperBound, span.upperBound)
      spans[spans.count - 1] = min(last.lowerBound, span.lowerBound)..<end
    } else {
      spans.append(span)
    }
  }

  var length: Int64 { spans.reduce(0) { $0 + Int64($1.count) } }

  /// What of them lies in the span.
  func clipped(to span: Range<Int64>) -> TimeSpans {
    var result = TimeSpans()
    for index in firstIndex(endingAfter: span.lowerBound)..<spans.count {
      let each = spans[index]
      if each.lowerBound >= span.upperBound { break }
      result.append(each.clamped(to: span))
    }
    return result
  }

  /// What of the span lies in none of them.
  func gaps(in span: Range<Int64>) -> TimeSpans {
    var result = TimeSpans()
    var start = span.lowerBound
    for each in clipped(to: span).spans {
      if start < each.lowerBound { result.append(start..<each.lowerBound) }
      start = each.upperBound
    }
    if start < span.upperBound { result.append(start..<span.upperBound) }
    return result
  }

  /// Microseconds of the span that lie in them.
  func overlap(with span: Range<Int64>) -> Int64 { clipped(to: span).length }

  private func firstIndex(endingAfter time: Int64) -> Int {
    var (low, high) = (0, spans.count)
    while low < high {
      let middle = (low + high) / 2
      if spans[middle].upperBound <= time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// A condition that holds from time to time.
struct Condition: Sendable {
  private var past = TimeSpans()
  private var since: Int64?

  var holds: Bool { since != nil }

  mutating func set(_ holds: Bool, at time: Int64) {
    switch (since, holds) {
    case (nil, true): since = time
    case (let start?, false):
      if start < time { past.append(start..<time) }
      since = nil
    default: break
    }
  }

  /// When it held within the span.
  func during(_ span: Range<Int64>) -> TimeSpans {
    var spans = past.clipped(to: span)
    if let since, since < span.upperBound {
      spans.append(max(since, span.lowerBound)..<span.upperBound)
    }
    return spans
  }
}
