/// Finds what is not UTF-8.
enum UTF8Check {
  /// The first byte that belongs to no valid sequence (RFC 3629); nil for valid text.
  static func firstInvalid(in bytes: [UInt8]) -> Int? {
    bytes.withUnsafeBufferPointer { buffer in
      var index = skipASCII(buffer, from: 0)
      while index < buffer.count {
        guard let length = sequenceLength(buffer, at: index) else { return index }
        index = skipASCII(buffer, from: index + length)
      }
      return nil
    }
  }

  private static func skipASCII(_ buffer: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var index = start
    let raw = UnsafeRawBufferPointer(buffer)
    while index + 8 <= raw.count {
      let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      if word & 0x8080_8080_8080_8080 != 0 { break }
      index += 8
    }
    while index < buffer.count, buffer[index] < 0x80 { index += 1 }
    return index
  }

  /// The length of the valid sequence of two to four bytes that starts at `index`.
  private static func sequenceLength(
    _ buffer: UnsafeBufferPointer<UInt8>, at index: Int
  ) -> Int? {
    let lead = buffer[index]
    let (length, second): (Int, ClosedRange<UInt8>)
    switch lead {
    case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: return nil
    }
    guard index + length <= buffer.count, second.contains(buffer[index + 1]) else { return nil }
    for next in (index + 2)..<(index + max(length, 2)) where buffer[next] & 0xC0 != 0x80 {
      return nil
    }
    return length
  }
}
