/// Durations as people write them.
package enum DurationText {
  /// Ten years, in seconds: more is a slip, and would upset sums of durations.
  package static let maximum = 315_360_000.0

  private static let units: [(name: String, seconds: Double)] = [
    ("d", 86400), ("h", 3600), ("m", 60), ("s", 1), ("ms", 0.001),
  ]

  /// Reads `1d2h30m15s500ms`: numbers with units, the largest first, each unit at most once, a
  /// fraction allowed; or a bare number of seconds. nil for anything else.
  package static func seconds(_ text: String) -> Double? {
    var rest = text.utf8[...]
    var total = 0.0
    var nextUnit = 0
    while !rest.isEmpty {
      guard let amount = takeNumber(&rest) else { return nil }
      if rest.isEmpty { return nextUnit == 0 ? amount : nil }
      let letters = rest.prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
      rest = rest.dropFirst(letters.count)
      guard let unit = units[nextUnit...].firstIndex(where: { $0.name.utf8.elementsEqual(letters) })
      else { return nil }
      total += amount * units[unit].seconds
      nextUnit = unit + 1
    }
    return nextUnit > 0 ? total : nil
  }

  private static func takeNumber(_ rest: inout Substring.UTF8View.SubSequence) -> Double? {
    let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    var text = rest.prefix(while: isDigit)
    guard !text.isEmpty, text.count <= 15 else { return nil }
    let after = rest.dropFirst(text.count)
    if after.first == UInt8(ascii: ".") {
      let fraction = after.dropFirst().prefix(while: isDigit)
      guard !fraction.isEmpty, fraction.count <= 15 else { return nil }
      text = rest.prefix(text.count + 1 + fraction.count)
    }
    rest = rest.dropFirst(text.count)
    return Double(String(decoding: text, as: UTF8.self))
  }

  /// `0`, `0.5 s`, `45 s`, `12 min`, `1 h 30 min`, `2 d 4 h`.
  package static func words(_ seconds: Double) -> String {
    if seconds == 0 { return "0" }
    if seconds < 10, seconds != seconds.rounded() {
      return "\((seconds * 10).rounded() / 10) s"
    }
    let whole = Int(min(seconds.rounded(), 1e15))
    func pair(_ large: Int, _ name: String, _ small: Int, _ other: String) -> String {
      small == 0 ? "\(large) \(name)" : "\(large) \(name) \(small) \(other)"
    }
    switch whole {
    case ..<60: return "\(whole) s"
    case ..<3600: return pair(whole / 60, "min", whole % 60, "s")
    case ..<86_400: return pair(whole / 3600, "h", whole / 60 % 60, "min")
    default: return pair(whole / 86_400, "d", whole / 3600 % 24, "h")
    }
  }
}
