import UETModel

/// Time spans and moments for people.
package enum Span {
  /// `0.4 s`, `12.3 s`, `3m 05s`, `2h 10m`, `3d 4h`.
  package static func text(_ seconds: Double) -> String {
    let value = max(0, seconds)
    if value < 100 { return "\((value * 10).rounded() / 10) s" }
    let total = Int(value.rounded())
    switch total {
    case ..<3600: return "\(total / 60)m \(pad(total % 60))s"
    case ..<86_400: return "\(total / 3600)h \(pad(total / 60 % 60))m"
    default: return "\(total / 86_400)d \(total / 3600 % 24)h"
    }
  }

  /// How long ago a moment was.
  package static func ago(_ moment: Timestamp, now: Timestamp) -> String {
    let seconds = now.seconds(since: moment)
    return seconds < 1 ? "just now" : "\(text(seconds)) ago"
  }

  private static func pad(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
}
