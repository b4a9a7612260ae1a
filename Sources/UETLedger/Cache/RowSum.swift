/// A sum over all of a row (FNV-1a, 64 bits): shows damage, proves nothing against intent.
///
/// Source: Fowler, Noll, Vo, "FNV hash", parameters for 64 bits.
struct RowSum {
  private var sum: UInt64 = 0xCBF2_9CE4_8422_2325

  var value: Int64 { Int64(bitPattern: sum) }

  mutating func add(_ byte: UInt8) { sum = (sum ^ UInt64(byte)) &* 0x100_0000_01B3 }

  mutating func add(_ text: String?) {
    for byte in (text ?? "").utf8 { add(byte) }
    add(text == nil ? UInt8.max : 0xFE)
  }

  mutating func add(_ number: Int64) {
    for shift in stride(from: 0, to: 64, by: 8) {
      add(UInt8(truncatingIfNeeded: number >> Int64(shift)))
    }
  }
}
