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
}
