/// The lines of a file without their ends, each with the place of its first byte.
package struct TextLines: Sendable {
  package struct Line: Sendable {
    /// 1-based.
    package let number: Int
    /// Without `\n` and a `\r` before it.
    package let bytes: ArraySlice<UInt8>

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// How far it is indented; a tab counts as four.
    var indent: Int {
      var width = 0
      for byte in bytes {
        if byte == 0x20 { width += 1 } else if byte == 0x09 { width += 4 } else { break }
      }
      return width
    }
  }

  package let lines: [Line]

  /// A byte order mark is no part of the first line.
  package init(_ bytes: [UInt8]) {
    var lines: [Line] = []
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
      let last = end > start && bytes[end - 1] == 0x0D ? end - 1 : end
      lines.append(Line(number: lines.count + 1, bytes: bytes[start..<last]))
      start = end + 1
    }
    self.lines = lines
  }
}

/// The 1-based line of each byte, for values that know only their bytes.
struct LineNumbers {
  private var starts: [Int] = [0]

  init(_ bytes: [UInt8]) {
    for (index, byte) in bytes.enumerated() where byte == 0x0A { starts.append(index + 1) }
  }

  func line(at offset: Int) -> Int {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }
}
