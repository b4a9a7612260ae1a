/// SHA-1 of plain bytes, as in FIPS 180-4: what ends git's index files and packs.
///
/// libgit2 offers it for whole objects only. A check against accidents; nothing is trusted to it.
enum SHA1 {
  /// The 20 bytes of the digest.
  static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var state: (UInt32, UInt32, UInt32, UInt32, UInt32) = (
      0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0
    )
    let whole = bytes.count / 64 * 64
    var tail = Array(bytes[whole...])
    tail.append(0x80)
    while tail.count % 64 != 56 { tail.append(0) }
    let bits = UInt64(bytes.count) * 8
    for shift in stride(from: 56, through: 0, by: -8) {
      tail.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { words in
      bytes.withUnsafeBytes { buffer in
        for start in stride(from: 0, to: whole, by: 64) {
          block(UnsafeRawBufferPointer(rebasing: buffer[start..<start + 64]), words, &state)
        }
      }
      tail.withUnsafeBytes { buffer in
        for start in stride(from: 0, to: buffer.count, by: 64) {
          block(UnsafeRawBufferPointer(rebasing: buffer[start..<start + 64]), words, &state)
        }
      }
    }
    return [state.0, state.1, state.2, state.3, state.4].flatMap { word in
      [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
    }
  }

  private static func block(
    _ bytes: UnsafeRawBufferPointer, _ words: UnsafeMutableBufferPointer<UInt32>,
    _ state: inout (UInt32, UInt32, UInt32, UInt32, UInt32)
  ) {
    for index in 0..<16 {
      words[index] = UInt32(
        bigEndian: bytes.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
    }
    for index in 16..<80 {
      words[index] = rotated(
        words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1)
    }
    var (a, b, c, d, e) = state
    for index in 0..<80 {
      let (function, constant): (UInt32, UInt32)
      switch index {
      case 0..<20: (function, constant) = (b & c | ~b & d, 0x5A82_7999)
      case 20..<40: (function, constant) = (b ^ c ^ d, 0x6ED9_EBA1)
      case 40..<60: (function, constant) = (b & c | b & d | c & d, 0x8F1B_BCDC)
      default: (function, constant) = (b ^ c ^ d, 0xCA62_C1D6)
      }
      let next = rotated(a, 5) &+ function &+ e &+ constant &+ words[index]
      (e, d, c, b, a) = (d, c, rotated(b, 30), a, next)
    }
    state = (
      state.0 &+ a, state.1 &+ b, state.2 &+ c, state.3 &+ d, state.4 &+ e
    )
  }

  private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word << count | word >> (32 - count)
  }
}

extension FixedWidthInteger {
  /// The bytes of the number, the highest first.
  var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
