/// A set of small integers that gives its least member in a few word operations.
///
/// A tree of 64-bit words: a bit of a level says whether the word below it is not zero. With 10,000
/// numbers it has three levels. The planner's order is a number, so this is the ready queue, and
/// unlike a heap it can drop any member at once.
struct SmallestFirstSet: Hashable, Sendable {
  private var levels: [[UInt64]]

  /// An empty set for numbers below `capacity`.
  init(capacity: Int) {
    levels = []
    var width = Swift.max(capacity, 1)
    repeat {
      width = (width + 63) / 64
      levels.append(Array(repeating: 0, count: width))
    } while width > 1
  }

  var first: Int? {
    guard let top = levels.last?.first, top != 0 else { return nil }
    var place = top.trailingZeroBitCount
    for level in levels.dropLast().reversed() {
      place = place * 64 + level[place].trailingZeroBitCount
    }
    return place
  }

  var isEmpty: Bool { levels.last?.first == 0 }

  func contains(_ number: Int) -> Bool { levels[0][number / 64] & (1 << UInt64(number % 64)) != 0 }

  mutating func insert(_ number: Int) {
    var place = number
    for index in levels.indices {
      levels[index][place / 64] |= 1 << UInt64(place % 64)
      place /= 64
    }
  }

  mutating func remove(_ number: Int) {
    var place = number
    for index in levels.indices {
      levels[index][place / 64] &= ~(1 << UInt64(place % 64))
      if levels[index][place / 64] != 0 { return }
      place /= 64
    }
  }

  /// The least member that is not below `bound`.
  func first(from bound: Int) -> Int? {
    var place = bound
    var depth = 0
    while depth < levels.count {
      let word = place / 64
      guard word < levels[depth].count else { return nil }
      let rest = levels[depth][word] & (~0 << UInt64(place % 64))
      if rest != 0 {
        var found = word * 64 + rest.trailingZeroBitCount
        for level in levels[..<depth].reversed() {
          found = found * 64 + level[found].trailingZeroBitCount
        }
        return found
      }
      place = word + 1
      depth += 1
    }
    return nil
  }
}

extension SmallestFirstSet: Sequence {
  /// Visits the members from the least to the greatest.
  func makeIterator() -> AnyIterator<Int> {
    var next = 0
    return AnyIterator {
      guard let found = first(from: next) else { return nil }
      next = found + 1
      return found
    }
  }
}
