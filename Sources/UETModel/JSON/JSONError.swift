/// Why some bytes are no JSON, and at which byte.
package struct JSONError: Error, Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    case unexpectedCharacter, unexpectedToken, unexpectedEnd, trailingContent
    case badNumber, badText, badEscape, controlCharacter, unterminatedString
    case tooDeep(limit: Int)
  }

  package let reason: Reason
  /// Offset of the byte from the start of the document.
  package let offset: Int

  package init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}

extension JSONError: CustomStringConvertible {
  package var description: String {
    switch reason {
    case .unexpectedCharacter: "unexpected character"
    case .unexpectedToken: "unexpected token"
    case .unexpectedEnd: "unexpected end of the document"
    case .trailingContent: "content after the end of the document"
    case .badNumber: "not a valid number"
    case .badText: "a string is not valid UTF-8"
    case .badEscape: "invalid escape in a string"
    case .controlCharacter: "control character in a string"
    case .unterminatedString: "a string has no end"
    case .tooDeep(let limit): "nested more than \(limit) levels deep"
    }
  }
}
