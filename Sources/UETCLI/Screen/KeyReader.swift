/// A key that somebody pressed.
enum Key: Hashable, Sendable {
  case character(Character)
  case enter, escape, tab, backspace
  case up, down, left, right, pageUp, pageDown, home, end
  /// Ctrl-C, Ctrl-Z, Ctrl-L.
  case interrupt, suspend, redraw
}

/// Turns what a terminal sends into keys.
///
/// What it sends for one key may come in pieces; what is no key that is known is dropped whole.
struct KeyReader: Sendable {
  private var pending: [UInt8] = []
  private static let longest = 32

  /// Whether something came that may go on; when nothing more does, `finish` says what it was.
  var isWaiting: Bool { !pending.isEmpty }

  mutating func take(_ bytes: [UInt8]) -> [Key] {
    var keys: [Key] = []
    pending += bytes
    while !pending.isEmpty, let (length, key) = Self.next(pending) {
      pending.removeFirst(length)
      if let key { keys.append(key) }
    }
    return keys
  }

  /// Nothing more came: an escape by itself is the key of that name.
  mutating func finish() -> [Key] {
    defer { pending = [] }
    return pending == [0x1B] ? [.escape] : []
  }

  /// The length of what comes first, and its key; nil where it is not complete.
  private static func next(_ bytes: [UInt8]) -> (Int, Key?)? {
    let first = bytes[0]
    switch first {
    case 0x1B: return sequence(bytes)
    case 0x03: return (1, .interrupt)
    case 0x1A: return (1, .suspend)
    case 0x0C: return (1, .redraw)
    case 0x0D, 0x0A: return (1, .enter)
    case 0x09: return (1, .tab)
    case 0x08, 0x7F: return (1, .backspace)
    case 0x20..<0x7F: return (1, .character(Character(Unicode.Scalar(first))))
    case 0xC2..<0xF5:
      let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
      if bytes.count < length { return nil }
      let text = String(validating: bytes[..<length], as: UTF8.self)
      return text.map { (length, $0.first.map(Key.character)) } ?? (1, nil)
    default: return (1, nil)
    }
  }

  private static func sequence(_ bytes: [UInt8]) -> (Int, Key?)? {
    guard bytes.count > 1 else { return nil }
    switch bytes[1] {
    case UInt8(ascii: "O"):
      return bytes.count > 2 ? (3, named(bytes[2], [])) : nil
    case UInt8(ascii: "["):
      guard let end = bytes.dropFirst(2).firstIndex(where: { !(0x20...0x3F).contains($0) }) else {
        return bytes.count > longest ? (bytes.count, nil) : nil
      }
      // A byte that no sequence holds ends it, and counts for itself.
      guard (0x40...0x7E).contains(bytes[end]) else { return (end, nil) }
      return (end + 1, named(bytes[end], bytes[2..<end]))
    default: return (1, .escape)
    }
  }

  private static func named(_ end: UInt8, _ digits: ArraySlice<UInt8>) -> Key? {
    switch (end, String(decoding: digits, as: UTF8.self)) {
    case (UInt8(ascii: "A"), _): .up
    case (UInt8(ascii: "B"), _): .down
    case (UInt8(ascii: "C"), _): .right
    case (UInt8(ascii: "D"), _): .left
    case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), "1"), (UInt8(ascii: "~"), "7"): .home
    case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), "4"), (UInt8(ascii: "~"), "8"): .end
    case (UInt8(ascii: "~"), "5"): .pageUp
    case (UInt8(ascii: "~"), "6"): .pageDown
    default: nil
    }
  }
}
