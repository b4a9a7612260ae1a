/// Turns libyaml's marks (lines as YAML counts them, columns in Unicode scalars) into byte offsets.
struct YAMLLines {
  private let bytes: [UInt8]
  private let starts: [Int32]
  private let isASCII: Bool

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var starts: [Int32] = [0]
    var isASCII = true
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte >= 0x80 { isASCII = false }
      index += Self.breakLength(bytes, at: index, byte, &starts)
    }
    self.starts = starts
    self.isASCII = isASCII
  }

  /// Steps over one byte, or one line break: CR LF, LF, CR, NEL, LS or PS.
  private static func breakLength(
    _ bytes: [UInt8], at index: Int, _ byte: UInt8, _ starts: inout [Int32]
  ) -> Int {
    let length: Int
    switch byte {
    case 0x0A: length = 1
    case 0x0D: length = index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
    case 0xC2 where index + 1 < bytes.count && bytes[index + 1] == 0x85: length = 2
    case 0xE2
    where index + 2 < bytes.count && bytes[index + 1] == 0x80
      && (bytes[index + 2] == 0xA8 || bytes[index + 2] == 0xA9):
      length = 3
    default: return 1
    }
    starts.append(Int32(truncatingIfNeeded: index + length))
    return length
  }

  /// The byte at a 1-based line and column, at most the end of the text.
  func offset(line: Int, column: Int) -> Int {
    guard line >= 1, line <= starts.count else { return bytes.count }
    let start = Int(starts[line - 1])
    if isASCII { return min(start + column - 1, bytes.count) }
    var (offset, left) = (start, column - 1)
    while left > 0, offset < bytes.count {
      offset += 1
      while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
      left -= 1
    }
    return offset
  }
}
