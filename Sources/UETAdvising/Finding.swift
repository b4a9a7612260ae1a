import UETModel

/// What looking for one kind of advice came to.
enum Finding {
  case advice([Advice])
  /// Nothing, and why.
  case silence(String)
}

/// Figures in sentences.
enum Words {
  /// `0.4 s`, `12.3 s`, `3 min`, `2.1 h`.
  static func span(_ seconds: Double) -> String {
    switch abs(seconds) {
    case ..<100: "\(tenths(seconds)) s"
    case ..<6000: "\(tenths(seconds / 60)) min"
    default: "\(tenths(seconds / 3600)) h"
    }
  }

  static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

  static func tenths(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    return abs(tenths) % 10 == 0
      ? "\(tenths / 10)" : "\(sign)\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }

  /// Some names, and how many more there are.
  static func list(_ names: [String], most: Int = 4) -> String {
    let shown = names.prefix(most).joined(separator: ", ")
    return names.count > most ? "\(shown) and \(names.count - most) more" : shown
  }
}
