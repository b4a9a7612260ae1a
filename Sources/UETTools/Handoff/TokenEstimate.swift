import UETContext

/// About how many tokens a model makes of a text.
package enum TokenEstimate {
  /// Bytes of one token, about, in English and in code: for what is cut before it is read.
  package static let tokenSize = 4

  /// By the vocabulary that makes most tokens of a text, as nobody knows who will read it.
  package static func tokens(of text: some StringProtocol) -> Int {
    TextProfile(Array(text.utf8)).tokens(.claude)
  }
}
