extension StringProtocol {
  /// Without white space at both ends.
  package var trimmed: String {
    let bytes = utf8
    let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    guard let start = bytes.firstIndex(where: { !isSpace($0) }) else { return "" }
    var end = bytes.endIndex
    var last = bytes.index(end, offsetBy: -1)
    while isSpace(bytes[last]) {
      end = last
      last = bytes.index(end, offsetBy: -1)
    }
    return String(self[start..<end])
  }
}

extension UInt8 {
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

  var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }

  /// A letter, a digit or `_`.
  var isWordByte: Bool { isLetter || isDigit || self == UInt8(ascii: "_") }
}
