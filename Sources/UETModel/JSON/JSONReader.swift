/// Reads JSON (RFC 8259) token by token from UTF-8 bytes.
///
/// One reader serves both trees that are built from JSON: plain values and documents whose nodes
/// know their place. It does not recurse, so nesting costs no stack; the caller bounds the depth.
/// It is not generic: other modules would get the unspecialised, much slower code.
package struct JSONReader {
  package enum Token: Equatable, Sendable {
    case objectStart, objectEnd, arrayStart, arrayEnd, colon, comma, end
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
  }

  private let bytes: [UInt8]
  /// Where the next byte is read.
  package private(set) var position: Int
  /// Where the last token began.
  package private(set) var tokenStart: Int

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = bytes.startIndex
    tokenStart = position
  }

  /// The next token; `.end` at the end of the bytes.
  package mutating func next() throws(JSONError) -> Token {
    skipSpace()
    tokenStart = position
    guard position < bytes.endIndex else { return .end }
    switch bytes[position] {
    case UInt8(ascii: "{"): return single(.objectStart)
    case UInt8(ascii: "}"): return single(.objectEnd)
    case UInt8(ascii: "["): return single(.arrayStart)
    case UInt8(ascii: "]"): return single(.arrayEnd)
    case UInt8(ascii: ":"): return single(.colon)
    case UInt8(ascii: ","): return single(.comma)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw JSONError(.unexpectedCharacter, at: position)
    }
  }

  private mutating func single(_ token: Token) -> Token {
    position += 1
    return token
  }

  private mutating func skipSpace() {
    while position < bytes.endIndex {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  private mutating func word(_ text: StaticString, _ token: Token) throws(JSONError) -> Token {
    let count = text.utf8CodeUnitCount
    guard position + count <= bytes.endIndex else {
      throw JSONError(.unexpectedCharacter, at: position)
    }
    for offset in 0..<count where bytes[position + offset] != text.utf8Start[offset] {
      throw JSONError(.unexpectedCharacter, at: position)
    }
    position += count
    return token
  }
}

extension JSONReader {
  private mutating func number() throws(JSONError) -> Token {
    let start = position
    var isInteger = true
    if peek == UInt8(ascii: "-") { position += 1 }
    let firstDigit = peek
    guard digits() else { throw JSONError(.badNumber, at: start) }
    if firstDigit == UInt8(ascii: "0"), isDigit(at: position - 1), position - start > 1,
      bytes[start] != UInt8(ascii: "-") || position - start > 2
    {
      throw JSONError(.badNumber, at: start)
    }
    if peek == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      guard digits() else { throw JSONError(.badNumber, at: start) }
    }
    if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
      guard digits() else { throw JSONError(.badNumber, at: start) }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let value = Int64(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw JSONError(.badNumber, at: start) }
    return .number(value)
  }

  private var peek: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  private func isDigit(at index: Int) -> Bool {
    index < bytes.endIndex && (48...57).contains(bytes[index])
  }

  private mutating func digits() -> Bool {
    let start = position
    while isDigit(at: position) { position += 1 }
    return position > start
  }
}

extension JSONReader {
  private mutating func string() throws(JSONError) -> String {
    let start = position
    position += 1
    let first = position
    var seen: UInt8 = 0
    while position < bytes.endIndex {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        let text = seen < 0x80 ? asciiText(first..<position) : validText(first..<position)
        guard let text else { throw JSONError(.badText, at: start) }
        position += 1
        return text
      case UInt8(ascii: "\\"): return try escapedString(from: first)
      case 0..<0x20: throw JSONError(.controlCharacter, at: position)
      default:
        seen |= byte
        position += 1
      }
    }
    throw JSONError(.unterminatedString, at: start)
  }

  private func validText(_ range: Range<Int>) -> String? {
    String(validating: bytes[range], as: UTF8.self)
  }

  /// The text of bytes that are ASCII: the common case, without the generic validation.
  private func asciiText(_ range: Range<Int>) -> String? {
    bytes.withUnsafeBufferPointer { buffer in
      String(unsafeUninitializedCapacity: range.count) { text in
        _ = text.initialize(fromContentsOf: buffer[range])
        return range.count
      }
    }
  }

  /// The slow path: a string with at least one escape, read again from its first byte.
  private mutating func escapedString(from first: Int) throws(JSONError) -> String {
    var text = Array(bytes[first..<position])
    while position < bytes.endIndex {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let result = String(validating: text, as: UTF8.self) else {
          throw JSONError(.badText, at: first - 1)
        }
        return result
      case UInt8(ascii: "\\"): try appendEscape(to: &text)
      case 0..<0x20: throw JSONError(.controlCharacter, at: position - 1)
      default: text.append(byte)
      }
    }
    throw JSONError(.unterminatedString, at: first - 1)
  }

  private mutating func appendEscape(to text: inout [UInt8]) throws(JSONError) {
    let start = position - 1
    guard let byte = peek else { throw JSONError(.unterminatedString, at: start) }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): try appendUnicode(to: &text, start)
    default: throw JSONError(.badEscape, at: start)
    }
  }

  private mutating func appendUnicode(
    to text: inout [UInt8], _ start: Int
  ) throws(JSONError) {
    var unit = try hexUnit(start)
    if (0xD800..<0xDC00).contains(unit) {
      guard peek == UInt8(ascii: "\\"), position + 1 < bytes.endIndex,
        bytes[position + 1] == UInt8(ascii: "u")
      else { throw JSONError(.badEscape, at: start) }
      position += 2
      let low = try hexUnit(start)
      guard (0xDC00..<0xE000).contains(low) else { throw JSONError(.badEscape, at: start) }
      unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(unit) else { throw JSONError(.badEscape, at: start) }
    text.append(contentsOf: Character(scalar).utf8)
  }

  private mutating func hexUnit(_ start: Int) throws(JSONError) -> UInt32 {
    guard position + 4 <= bytes.endIndex else { throw JSONError(.badEscape, at: start) }
    var unit: UInt32 = 0
    for _ in 0..<4 {
      let scalar = Character(Unicode.Scalar(bytes[position]))
      guard let digit = scalar.hexDigitValue else { throw JSONError(.badEscape, at: start) }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }
}
