import Foundation

/// A small seeded generator, the same on every machine.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

  mutating func pick<Element>(_ list: [Element]) -> Element { list[below(list.count)] }

  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
}

/// Whether the tests that take long are to run too.
let isLong = ProcessInfo.processInfo.environment["UET_LONG"] == "1"

/// The seeds of a random test: one from `UET_SEED` to replay it, else many under `UET_LONG=1`.
func seeds(_ short: Int, long: Int) -> [UInt64] {
  let environment = ProcessInfo.processInfo.environment
  if let seed = environment["UET_SEED"].flatMap({ UInt64($0) }) { return [seed] }
  return Array(1...UInt64(isLong ? long : short))
}
