/// About how many tokens a model makes of a text.
package enum TokenEstimate {
  /// Bytes of one token, about, in English and in code.
  package static let tokenSize = 4

  package static func tokens(of text: some StringProtocol) -> Int {
    (text.utf8.count + tokenSize - 1) / tokenSize
  }
}
