/// SHA-1 of plain bytes, with which git's pack files and their indexes end.
///
/// libgit2 offers it for whole objects only. Source: FIPS 180-4.
struct SHA1 {
  private var state: [UInt32] = [
    0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0,
  ]
  private var schedule = [UInt32](repeating: 0, count: 80)

  /// The 20 bytes of the digest.
  static func digest(_ bytes: [UInt8]) -> [UInt8] {
    var hash = SHA1()
    let whole = bytes.count / 64 * 64
    bytes.withUnsafeBytes { buffer in
      for start in stride(from: 0, to: whole, by: 64) {
        hash.take(UnsafeRawBufferPointer(rebasing: buffer[start..<start + 64]))
      }
    }
    var rest = Array(bytes[whole...]) + [0x80]
    while rest.count % 64 != 56 { rest.append(0) }
    rest += (UInt64(bytes.count) * 8).bigEndianBytes
    rest.withUnsafeBytes { buffer in
      for start in stride(from: 0, to: buffer.count, by: 64) {
        hash.take(UnsafeRawBufferPointer(rebasing: buffer[start..<start + 64]))
      }
    }
    return hash.state.flatMap(\.bigEndianBytes)
  }

  private mutating func take(_ block: UnsafeRawBufferPointer) {
    for index in 0..<16 {
      schedule[index] = UInt32(
        bigEndian: block.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
    }
    for index in 16..<80 {
      let mixed =
        schedule[index - 3] ^ schedule[index - 8] ^ schedule[index - 14] ^ schedule[index - 16]
      schedule[index] = Self.rotated(mixed, 1)
    }
    var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
    for index in 0..<80 {
      let mix: UInt32
      switch index {
      case ..<20: mix = ((b & c) | (~b & d)) &+ 0x5A82_7999
      case ..<40: mix = (b ^ c ^ d) &+ 0x6ED9_EBA1
      case ..<60: mix = ((b & c) | (b & d) | (c & d)) &+ 0x8F1B_BCDC
      default: mix = (b ^ c ^ d) &+ 0xCA62_C1D6
      }
      let next = Self.rotated(a, 5) &+ mix &+ e &+ schedule[index]
      (a, b, c, d, e) = (next, a, Self.rotated(b, 30), c, d)
    }
    for (index, value) in [a, b, c, d, e].enumerated() { state[index] &+= value }
  }

  private static func rotated(_ value: UInt32, _ count: UInt32) -> UInt32 {
    value << count | value >> (32 - count)
  }
}

extension FixedWidthInteger {
  /// The bytes of the number, the highest first.
  var bigEndianBytes: [UInt8] { withUnsafeBytes(of: bigEndian) { Array($0) } }
}
