/// What a plain YAML scalar means: the core schema of YAML 1.2.2, section 10.3.2.
///
/// Where YAML 1.1 reads something else, the scalar stays a text, so that a field of another type
/// refuses it instead of silently taking one of two meanings: `no` is no boolean, `010` no number.
enum YAMLScalar {
  static func resolve(_ text: String) -> Node.Value {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    default: break
    }
    guard let first = text.utf8.first, isNumeric(first) else { return .string(text) }
    if let value = integer(text) { return .integer(value) }
    if let value = number(text) { return .number(value) }
    return .string(text)
  }

  private static func isNumeric(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
      || byte == UInt8(ascii: ".")
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  static func integer(_ text: String) -> Int64? {
    if text.hasPrefix("0x") { return Int64(digits: text.dropFirst(2), radix: 16) }
    if text.hasPrefix("0o") { return Int64(digits: text.dropFirst(2), radix: 8) }
    let digits = text.drop { $0 == "-" || $0 == "+" }
    guard text.utf8.count - digits.utf8.count <= 1, digits.utf8.allSatisfy(isDigit),
      digits.utf8.count == 1 || digits.utf8.first != UInt8(ascii: "0")
    else { return nil }
    return Int64(text)
  }

  /// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, finite.
  static func number(_ text: String) -> Double? {
    var rest = text.utf8[...]
    func skipDigits() -> Int {
      let count = rest.prefix(while: isDigit).count
      rest = rest.dropFirst(count)
      return count
    }
    func skip(_ wanted: UInt8...) -> Bool {
      guard let byte = rest.first, wanted.contains(byte) else { return false }
      rest = rest.dropFirst()
      return true
    }
    _ = skip(UInt8(ascii: "-"), UInt8(ascii: "+"))
    let leadsWithZero = rest.first == UInt8(ascii: "0")
    let whole = skipDigits()
    if leadsWithZero, whole > 1 { return nil }
    let hasPoint = skip(UInt8(ascii: "."))
    let fraction = hasPoint ? skipDigits() : 0
    guard whole + fraction > 0 else { return nil }
    if skip(UInt8(ascii: "e"), UInt8(ascii: "E")) {
      _ = skip(UInt8(ascii: "-"), UInt8(ascii: "+"))
      guard skipDigits() > 0 else { return nil }
    }
    guard rest.isEmpty, let value = Double(text), value.isFinite else { return nil }
    return value
  }
}

extension Int64 {
  /// Digits without a sign; nil for none or too many.
  fileprivate init?(digits: Substring, radix: Int) {
    guard let first = digits.first, first != "-", first != "+" else { return nil }
    self.init(digits, radix: radix)
  }
}
