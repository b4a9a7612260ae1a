/// A set of small integers for unions: one bit a number, words only as far as the greatest member.
struct BitRow: Hashable, Sendable {
  private var words: [UInt64] = []

  func contains(_ number: Int) -> Bool {
    number / 64 < words.count && words[number / 64] & (1 << UInt64(number % 64)) != 0
  }

  mutating func insert(_ number: Int) {
    extend(to: number / 64 + 1)
    words[number / 64] |= 1 << UInt64(number % 64)
  }

  mutating func formUnion(_ other: BitRow) {
    extend(to: other.words.count)
    for index in other.words.indices { words[index] |= other.words[index] }
  }

  private mutating func extend(to count: Int) {
    if words.count < count {
      words.append(contentsOf: repeatElement(0, count: count - words.count))
    }
  }
}
