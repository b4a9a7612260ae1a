/// A zlib stream (RFC 1950) whose content is stored as it is.
///
/// What goes in here is short, mostly object names, which do not compress; git packs it anew at its
/// next collection.
enum ZlibStream {
  /// Appends the stream of `content`.
  static func append(_ content: [UInt8], to stream: inout [UInt8]) {
    stream += [0x78, 0x01]
    var start = 0
    repeat {
      let end = min(start + 0xFFFF, content.count)
      let length = UInt16(end - start)
      stream.append(end == content.count ? 1 : 0)
      stream += [UInt8(length & 0xFF), UInt8(length >> 8)]
      stream += [UInt8(~length & 0xFF), UInt8(~length >> 8)]
      stream += content[start..<end]
      start = end
    } while start < content.count
    stream += adler32(content).bigEndianBytes
  }

  private static func adler32(_ content: [UInt8]) -> UInt32 {
    var (low, high): (UInt32, UInt32) = (1, 0)
    // As many as cannot overflow before the remainder is taken.
    for start in stride(from: 0, to: content.count, by: 5552) {
      for byte in content[start..<min(start + 5552, content.count)] {
        low &+= UInt32(byte)
        high &+= low
      }
      low %= 65_521
      high %= 65_521
    }
    return high << 16 | low
  }
}

/// The check of a pack's entries in its index (CRC-32, IEEE 802.3).
enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
    }
  }

  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
  }
}
