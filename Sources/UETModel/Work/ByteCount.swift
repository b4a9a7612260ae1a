/// Numbers of bytes as people write them.
package enum ByteCount {
  private static let letters = ["k", "m", "g", "t"]

  /// `10GB`, `1.5 GiB`, `4096`; nil for anything else. More than fits counts as all that fits.
  package static func parse(_ text: String) -> Int? {
    let number = text.prefix { $0.isASCII && ($0.isWholeNumber || $0 == ".") }
    let unit = text.dropFirst(number.count).drop { $0 == " " }.lowercased()
    let parts = number.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ (1...15).contains($0.count) }),
      let value = Double(number), let factor = factor(of: unit)
    else { return nil }
    return Int(min(value * factor, Double(1 << 53)))
  }

  private static func factor(of unit: String) -> Double? {
    if unit.isEmpty || unit == "b" { return 1 }
    guard let power = letters.firstIndex(of: String(unit.prefix(1))) else { return nil }
    let step: Double
    switch unit.dropFirst() {
    case "", "b": step = 1000
    case "ib": step = 1024
    default: return nil
    }
    return (0...power).reduce(1.0) { value, _ in value * step }
  }

  /// With one decimal and the largest unit that fits: `1.5 GB`.
  package static func text(_ bytes: Int) -> String {
    var (value, unit) = (Double(bytes), 0)
    let names = ["B", "kB", "MB", "GB", "TB"]
    while value >= 1000, unit < names.count - 1 {
      value /= 1000
      unit += 1
    }
    if unit == 0 { return "\(bytes) B" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(names[unit])"
  }
}
