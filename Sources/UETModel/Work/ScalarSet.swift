/// A set of Unicode scalars that may stand in a file name, as sorted ranges that do not touch.
package struct ScalarSet: Hashable, Sendable {
  package struct Range: Hashable, Sendable {
    package let first: UInt32
    package let last: UInt32
  }

  package let ranges: [Range]

  /// Everything but NUL, `/` and the surrogates.
  package static let all = ScalarSet(ranges: [
    Range(first: 1, last: 0x2E), Range(first: 0x30, last: 0xD7FF),
    Range(first: 0xE000, last: 0x10FFFF),
  ])

  private init(ranges: [Range]) { self.ranges = ranges }

  package init(_ scalar: UInt32) { ranges = [Range(first: scalar, last: scalar)] }

  /// The union of some ranges, or what is left without them; a range that runs backwards is empty.
  package init(of parts: [(first: UInt32, last: UInt32)], negated: Bool) {
    var merged: [Range] = []
    for part in parts.filter({ $0.first <= $0.last }).sorted(by: { $0 < $1 }) {
      if let end = merged.last, part.first <= end.last &+ 1 {
        merged[merged.count - 1] = Range(first: end.first, last: max(end.last, part.last))
      } else {
        merged.append(Range(first: part.first, last: part.last))
      }
    }
    let whole = ScalarSet(ranges: negated ? Self.complement(merged) : merged)
    self = whole.intersection(.all)
  }

  private static func complement(_ ranges: [Range]) -> [Range] {
    var result: [Range] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.first > next { result.append(Range(first: next, last: range.first - 1)) }
      next = range.last + 1
    }
    if next <= 0x10FFFF { result.append(Range(first: next, last: 0x10FFFF)) }
    return result
  }

  package var isEmpty: Bool { ranges.isEmpty }

  /// The only member, when there is just one.
  package var single: UInt32? {
    ranges.count == 1 && ranges[0].first == ranges[0].last ? ranges[0].first : nil
  }

  package func contains(_ scalar: UInt32) -> Bool {
    ranges.contains { $0.first <= scalar && scalar <= $0.last }
  }

  package func intersection(_ other: ScalarSet) -> ScalarSet {
    var result: [Range] = []
    var (left, right) = (0, 0)
    while left < ranges.count, right < other.ranges.count {
      let (mine, theirs) = (ranges[left], other.ranges[right])
      let (first, last) = (max(mine.first, theirs.first), min(mine.last, theirs.last))
      if first <= last { result.append(Range(first: first, last: last)) }
      if mine.last < theirs.last { left += 1 } else { right += 1 }
    }
    return ScalarSet(ranges: result)
  }
}
