import CZlib

/// Unpacks what zlib packed, as far as there is room for it.
enum Inflation {
  /// What the stream is wrapped in.
  enum Wrapping: Int32 {
    /// Nothing, as in a zip.
    case none = -15
    case gzip = 31
  }

  /// What the stream holds, the first `limit` bytes of it at most; nil where it is damaged at once.
  static func bytes(
    of packed: ArraySlice<UInt8>, _ wrapping: Wrapping, limit: Int
  ) -> [UInt8]? {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard inflateInit2_(&stream, wrapping.rawValue, ZLIB_VERSION, size) == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    var result: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    packed.withUnsafeBufferPointer { input in
      stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
      stream.avail_in = uInt(clamping: input.count)
      var status = Z_OK
      while status == Z_OK, result.count < limit {
        piece.withUnsafeMutableBufferPointer { output in
          stream.next_out = output.baseAddress
          stream.avail_out = uInt(output.count)
          status = inflate(&stream, Z_NO_FLUSH)
        }
        let count = piece.count - Int(stream.avail_out)
        result += piece[..<count]
        // Input that ends too early gives nothing any more.
        if count == 0 { break }
      }
    }
    return result.isEmpty ? nil : Array(result.prefix(limit))
  }
}
