/// SHA-1 of plain bytes, as in FIPS 180-4: what ends git's index files and packs.
///
/// libgit2 offers it for whole objects only. A check against accidents; nothing is trusted to it.
enum SHA1 {
  private typealias State = (UInt32, UInt32, UInt32, UInt32, UInt32)

  /// The 20 bytes of the digest.
  static func digest(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { digest($0) } }

  static func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    var state: State = (0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0)
    let whole = bytes.count / 64 * 64
    var tail = Array(bytes[whole...])
    tail.append(0x80)
    while tail.count % 64 != 56 { tail.append(0) }
    tail += (UInt64(bytes.count) * 8).bigEndianBytes
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 80) { words in
      take(bytes, blocks: whole / 64, words, &state)
      tail.withUnsafeBytes { take($0, blocks: $0.count / 64, words, &state) }
    }
    return state.0.bigEndianBytes + state.1.bigEndianBytes + state.2.bigEndianBytes
      + state.3.bigEndianBytes + state.4.bigEndianBytes
  }

  private static func take(
    _ bytes: UnsafeRawBufferPointer, blocks: Int, _ words: UnsafeMutableBufferPointer<UInt32>,
    _ state: inout State
  ) {
    for block in 0..<blocks {
      for index in 0..<16 {
        words[index] = UInt32(
          bigEndian: bytes.loadUnaligned(fromByteOffset: block * 64 + index * 4, as: UInt32.self))
      }
      for index in 16..<80 {
        words[index] = rotated(
          words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1)
      }
      mix(words, &state)
    }
  }

  /// The four rounds of twenty, each in a loop of its own: a choice in each step would cost as much
  /// as the rest.
  private static func mix(_ words: UnsafeMutableBufferPointer<UInt32>, _ state: inout State) {
    var now = state
    for index in 0..<20 {
      step(&now, now.1 & now.2 | ~now.1 & now.3, words[index] &+ 0x5A82_7999)
    }
    for index in 20..<40 { step(&now, now.1 ^ now.2 ^ now.3, words[index] &+ 0x6ED9_EBA1) }
    for index in 40..<60 {
      step(&now, now.1 & now.2 | now.1 & now.3 | now.2 & now.3, words[index] &+ 0x8F1B_BCDC)
    }
    for index in 60..<80 { step(&now, now.1 ^ now.2 ^ now.3, words[index] &+ 0xCA62_C1D6) }
    state = (
      state.0 &+ now.0, state.1 &+ now.1, state.2 &+ now.2, state.3 &+ now.3, state.4 &+ now.4
    )
  }

  @inline(__always)
  private static func step(_ state: inout State, _ function: UInt32, _ word: UInt32) {
    let next = rotated(state.0, 5) &+ function &+ state.4 &+ word
    state = (next, state.0, rotated(state.1, 30), state.2, state.3)
  }

  private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word << count | word >> (32 - count)
  }
}

extension FixedWidthInteger {
  /// The bytes of the number, the highest first.
  var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
