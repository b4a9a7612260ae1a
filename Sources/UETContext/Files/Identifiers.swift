/// The names in a text that may be declared elsewhere.
package enum Identifiers {
  /// Names of more than three bytes.
  package static func of(_ text: [UInt8]) -> Set<String> {
    var found: Set<String> = []
    var start: Int?
    for (place, byte) in text.enumerated() {
      if byte.isNamePart {
        if start == nil { start = place }
      } else if let first = start {
        if place - first > 3 { found.insert(String(decoding: text[first..<place], as: UTF8.self)) }
        start = nil
      }
    }
    if let first = start { found.insert(String(decoding: text[first...], as: UTF8.self)) }
    return found
  }
}

extension UInt8 {
  /// Whether it may stand in a name: letters, digits, `_`, and what is no ASCII.
  var isNamePart: Bool {
    self == UInt8(ascii: "_") || self >= 0x80 || (0x30...0x39).contains(self)
      || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self)
  }
}
