/// Takes secrets out of what is recorded: the values of variables in the forms in which they are
/// printed, and what looks like a key or token of a known kind.
package struct Redaction: Sendable {
  let matcher: SecretMatcher

  /// By the values that these variables have, and other settings.
  package init(
    _ names: Set<String>, in environment: [String: String],
    besides settings: [(name: String, value: [UInt8])] = []
  ) {
    let values = names.compactMap { name -> (name: String, value: [UInt8])? in
      // A shorter value may stand anywhere, and would make a log unreadable.
      guard let value = environment[name], value.utf8.count >= SecretForms.shortest else {
        return nil
      }
      return (name, Array(value.utf8))
    }
    matcher = SecretMatcher(values.sorted { $0.name < $1.name } + settings)
  }

  /// The text with `[NAME]` in the place of each value, `[redacted: KIND]` in that of what looks
  /// like a secret.
  package func redacted(_ bytes: [UInt8]) -> [UInt8] {
    bytes.withUnsafeBufferPointer { redacted($0) } ?? bytes
  }

  package func redacted(_ text: String) -> String {
    var text = text
    let result = text.withUTF8 { redacted($0) }
    return result.map { String(decoding: $0, as: UTF8.self) } ?? text
  }

  /// Nil where there is nothing to take out.
  private func redacted(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    let (found, _) = matcher.search(SecretText(bytes: bytes, lead: 0, isLast: true))
    if found.isEmpty { return nil }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    Self.write(bytes[...], found, to: &result)
    return result
  }

  /// Writes a part of a text with what was found in it, as far as it begins there, replaced.
  static func write(
    _ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ found: [SecretMatcher.Found],
    to result: inout [UInt8]
  ) {
    var place = bytes.startIndex
    for secret in found {
      if secret.range.lowerBound >= bytes.endIndex { break }
      if place < secret.range.lowerBound {
        result.append(contentsOf: bytes[place..<secret.range.lowerBound])
      }
      if let meaning = secret.meaning { result += meaning.mark }
      place = min(bytes.endIndex, secret.range.upperBound)
    }
    if place < bytes.endIndex { result.append(contentsOf: bytes[place...]) }
  }

  /// What must not stand in a commit, with the lines in which it stands.
  package func findings(in bytes: [UInt8]) -> [SecretFinding] {
    bytes.withUnsafeBufferPointer { text in
      let (found, _) = matcher.search(SecretText(bytes: text, lead: 0, isLast: true))
      var (line, place) = (1, 0)
      return found.compactMap { secret in
        guard let meaning = secret.meaning, meaning.isCertain else { return nil }
        line += text[place..<secret.range.lowerBound].reduce(0) { $0 + ($1 == 0x0A ? 1 : 0) }
        place = secret.range.lowerBound
        return SecretFinding(
          kind: meaning.words, line: line, isValue: meaning.shape == nil,
          content: Array(text[secret.range]))
      }
    }
  }
}
