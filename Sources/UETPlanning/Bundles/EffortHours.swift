/// Effort in hours: a number, or a text with a number or a range.
enum EffortHours {
  /// The hours; a range counts as its midpoint. nil for anything else, and for what is not more than 0.
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
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { part in
      YAMLScalar.number(String(part.filter { $0 != " " }))
    }
    switch parts.count {
    case 1: return parts[0]
    case 2:
      guard let low = parts[0], let high = parts[1], low <= high else { return nil }
      return (low + high) / 2
    default: return nil
    }
  }
}
