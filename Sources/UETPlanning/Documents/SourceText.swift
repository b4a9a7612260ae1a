import UETModel

/// The text of one file, and where its lines begin.
///
/// A line ends at `\n`; a column counts bytes from 1, as `git grep --column` does. A byte order
/// mark at the start is no part of the text.
package struct SourceText: Sendable {
  package let path: String
  package let bytes: [UInt8]
  package let hasByteOrderMark: Bool
  /// Offsets of the line starts; nil for a small file, which is counted when asked.
  private let lineStarts: [Int32]?

  private static let smallSize = 4096
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  package init(path: String, bytes: [UInt8]) {
    self.path = path
    hasByteOrderMark = bytes.starts(with: Self.byteOrderMark)
    self.bytes = hasByteOrderMark ? Array(bytes.dropFirst(3)) : bytes
    lineStarts =
      bytes.count > Self.smallSize && bytes.count < Int32.max ? Self.starts(self.bytes) : nil
  }

  private static func starts(_ bytes: [UInt8]) -> [Int32] {
    var starts: [Int32] = [0]
    bytes.withUnsafeBufferPointer { buffer in
      for index in buffer.indices where buffer[index] == 0x0A { starts.append(Int32(index + 1)) }
    }
    return starts
  }

  /// The place of the byte at `offset`, which may be one past the last.
  package func place(at offset: Int, pointer: String = "") -> SourcePlace {
    let (line, start) = line(of: min(max(offset, 0), bytes.count))
    return SourcePlace(file: path, line: line, column: offset - start + 1, pointer: pointer)
  }

  /// The 1-based line of a byte, and the offset at which that line begins.
  private func line(of offset: Int) -> (line: Int, start: Int) {
    guard let lineStarts else {
      var (line, start) = (1, 0)
      for index in 0..<offset where bytes[index] == 0x0A { (line, start) = (line + 1, index + 1) }
      return (line, start)
    }
    var (low, high) = (0, lineStarts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if Int(lineStarts[middle]) <= offset { low = middle } else { high = middle }
    }
    return (low + 1, Int(lineStarts[low]))
  }
}
