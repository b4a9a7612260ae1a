/// Effort in hours: a number, or a text with a number or a range.
enum EffortHours {
  /// The hours; a range counts as its midpoint. nil for anything else, and for what is not more
  /// than 0.
  static func read(_ node: Node) -> Double? {
    let hours: Double? =
      switch node.value {
      case .integer(let number): Double(number)
      case .number(let number): number
      case .string(let text): read(text)
      default: nil
      }
    guard let hours, hours > 0, hours <= DurationText.maximum / 3600 else { return nil }
    return hours
  }

  private static func read(_ text: String) -> Double? {
    var parts: [[UInt8]] = [[]]
    for byte in text.utf8 where byte != 0x20 {
      if byte == UInt8(ascii: "-") { parts.append([]) } else { parts[parts.count - 1].append(byte) }
    }
    let numbers = parts.map { YAMLScalar.number(String(decoding: $0, as: UTF8.self)) }
    switch numbers.count {
    case 1: return numbers[0]
    case 2:
      guard let low = numbers[0], let high = numbers[1], low <= high else { return nil }
      return (low + high) / 2
    default: return nil
    }
  }
}
