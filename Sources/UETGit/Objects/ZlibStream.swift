import CZlib

/// A zlib stream (RFC 1950), as objects are in packs and in files of their own.
enum ZlibStream {
  /// Appends the stream of `content`.
  static func append(_ content: [UInt8], isCompressed: Bool, to stream: inout [UInt8]) {
    if isCompressed { compress(content, to: &stream) } else { append(content, to: &stream) }
  }

  private static func compress(_ content: [UInt8], to stream: inout [UInt8]) {
    var length = compressBound(uLong(content.count))
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, count in
      let status = compress2(
        buffer.baseAddress, &length, content, uLong(content.count), Z_BEST_SPEED)
      // There is room for the worst case, so only memory can be short.
      precondition(status == Z_OK, "no memory to compress \(content.count) bytes")
      count = Int(length)
    }
    stream += bytes
  }

  /// Stored as it is: what is short, or mostly object names, does not get shorter, and git packs it
  /// anew at its next collection.
  private static func append(_ content: [UInt8], to stream: inout [UInt8]) {
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
    stream += UInt32(truncatingIfNeeded: adler32_z(1, content, content.count)).bigEndianBytes
  }
}

/// The check of a pack's entries in its index (CRC-32, IEEE 802.3).
enum CRC32 {
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.withUnsafeBufferPointer {
      UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count))
    }
  }
}
