/// Turns the bytes of a log into text that does nothing to a terminal but being shown.
///
/// Feed it piece by piece: sequences that are cut by the end of a piece are completed by the next.
/// Escape sequences (colours, cursor movements, titles, device commands) are dropped whole, a
/// return without a line feed becomes a line feed, so that each state of a progress bar is a line
/// of its own, and what else is not printable or not UTF-8 is shown as `\u0007` or `\xff`.
package struct LogText: Sendable {
  /// PLAIN: next PLAIN, ESCAPE, RETURN. ESCAPE (after ESC): next PLAIN, CONTROL, TEXT. CONTROL (in
  /// `ESC [ ...`): next PLAIN. TEXT (in a title or device command): next PLAIN, TEXT_ESCAPE.
  /// TEXT_ESCAPE (after ESC in it): next PLAIN, TEXT. RETURN (after CR): next PLAIN, ESCAPE,
  /// RETURN.
  private enum State { case plain, escape, control, text, textEscape, carriageReturn }

  private var state = State.plain
  /// The length of the sequence so far: one without an end must not swallow the rest of the log.
  private var length = 0
  private var pending: [UInt8] = []

  private static let longestControl = 256
  private static let longestText = 4096

  package init() {}

  /// The text of the next bytes.
  package mutating func take(_ bytes: some Sequence<UInt8>) -> String {
    var plain = pending
    pending = []
    for byte in bytes { step(byte, &plain) }
    let cut = Self.lengthOfCutEnd(plain)
    pending = Array(plain.suffix(cut))
    return Self.shown(plain.dropLast(cut))
  }

  /// What is left at the end of the log.
  package mutating func finish() -> String {
    defer { self = LogText() }
    return Self.shown(pending[...]) + (state == .carriageReturn ? "\n" : "")
  }

  private mutating func step(_ byte: UInt8, _ plain: inout [UInt8]) {
    length += 1
    switch state {
    case .plain: begin(byte, &plain)
    case .carriageReturn:
      // Returns before a line feed belong to it.
      if byte == 0x0D { return }
      if byte != 0x0A { plain.append(0x0A) }
      state = .plain
      begin(byte, &plain)
    case .escape:
      switch byte {
      case UInt8(ascii: "["): enter(.control)
      case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"),
        UInt8(ascii: "_"):
        enter(.text)
      case 0x20...0x2F: break
      case 0x30...0x7E: enter(.plain)
      default: leave(with: byte, &plain)
      }
    case .control:
      switch byte {
      case 0x20...0x3F: if length > Self.longestControl { enter(.plain) }
      case 0x40...0x7E: enter(.plain)
      default: leave(with: byte, &plain)
      }
    case .text:
      if byte == 0x07 || byte == 0x0A || length > Self.longestText { leave(after: byte, &plain) }
      if byte == 0x1B { state = .textEscape }
    case .textEscape:
      state = .text
      if byte == UInt8(ascii: "\\") { enter(.plain) }
    }
  }

  private mutating func begin(_ byte: UInt8, _ plain: inout [UInt8]) {
    switch byte {
    case 0x1B: enter(.escape)
    case 0x0D: enter(.carriageReturn)
    default: plain.append(byte)
    }
  }

  private mutating func enter(_ state: State) {
    self.state = state
    length = 0
  }

  /// A byte that no such sequence holds ends it, and counts for itself.
  private mutating func leave(with byte: UInt8, _ plain: inout [UInt8]) {
    enter(.plain)
    begin(byte, &plain)
  }

  /// A line feed ends a text that was never ended: the lines after it must not vanish.
  private mutating func leave(after byte: UInt8, _ plain: inout [UInt8]) {
    enter(.plain)
    if byte == 0x0A { plain.append(byte) }
  }
}

extension LogText {
  /// How many bytes at the end begin a character that is not complete.
  private static func lengthOfCutEnd(_ bytes: [UInt8]) -> Int {
    for count in 1...3 where count <= bytes.count {
      let byte = bytes[bytes.count - count]
      if byte & 0xC0 == 0x80 { continue }
      let whole = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return whole > count ? count : 0
    }
    return 0
  }

  private static func shown(_ bytes: ArraySlice<UInt8>) -> String {
    var result = ""
    // The usual case; a damaged text is gone through byte by byte.
    if let text = String(validating: bytes, as: UTF8.self) {
      for scalar in text.unicodeScalars { show(scalar, &result) }
      return result
    }
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let end = (1...4).map { index + $0 }.first { end in
        end <= bytes.endIndex
          && String(validating: bytes[index..<end], as: UTF8.self)?.unicodeScalars.count == 1
      }
      if let end {
        for scalar in String(decoding: bytes[index..<end], as: UTF8.self).unicodeScalars {
          show(scalar, &result)
        }
        index = end
      } else {
        result += "\\x" + String(bytes[index], radix: 16)
        index += 1
      }
    }
    return result
  }

  private static func show(_ scalar: Unicode.Scalar, _ result: inout String) {
    if scalar == "\n" || scalar == "\t" || scalar.isHarmless {
      result.unicodeScalars.append(scalar)
    } else {
      result += scalar.escaped
    }
  }
}
