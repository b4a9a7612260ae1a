/// Why a batch system did not do what it was asked for; with its own words.
package enum JobError: Error, Hashable, Sendable {
  /// It cannot be asked, or takes nothing more, at present; whether it did what it was asked for is
  /// not known.
  case unreachable(String)
  /// It will never do this as it was asked for.
  case refused(String)
  /// Nobody waits for it any more, and nothing was handed over.
  case givenUp

  package var words: String {
    switch self {
    case .unreachable(let words), .refused(let words): words
    case .givenUp: "given up"
    }
  }

  /// Parts of what batch systems say when they cannot be asked at present.
  private static let passing = [
    "unable to contact", "timed out", "connect", "zero bytes were transmitted", "standby mode",
    "temporarily", "try again", "communication", "munge", "authentication", "maxsubmit",
    "unexpected message received", "backup controller", "in recovery", "fetch config",
    "configuration source", "being reconfigured", "not responding", "is down", "find address of",
  ]

  /// What a system's words on an error mean: what is not known to pass is for good.
  init(saying words: String) {
    let small = words.lowercased()
    self = Self.passing.contains { small.contains($0) } ? .unreachable(words) : .refused(words)
  }
}
