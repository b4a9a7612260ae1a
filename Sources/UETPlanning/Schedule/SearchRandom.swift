/// SplitMix64: small, and the same on every machine.
package struct SearchRandom: Sendable {
  var state: UInt64

  /// Seeds next to each other give sequences that have nothing to do with each other.
  package init(seed: UInt64, part: UInt64 = 0) {
    // Scrambled twice, so that no part's numbers are another's shifted.
    state = Self.scrambled(seed) &+ part
    state = next()
  }

  init(state: UInt64) { self.state = state }

  static func scrambled(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.scrambled(state)
  }

  /// From 0 up to, but not, `limit`.
  package mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  /// From 0 up to, but not, 1.
  package mutating func fraction() -> Double { Double(below(1 << 52)) / Double(1 << 52) }
}
