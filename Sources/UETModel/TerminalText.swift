extension StringProtocol {
  /// The text with everything a terminal could act on written as `\u{1b}`: control characters and
  /// the marks that reorder, hide or break text. Safe to print, whoever wrote it.
  package var terminalSafe: String {
    if unicodeScalars.allSatisfy(\.isHarmless) { return String(self) }
    var result = ""
    for scalar in unicodeScalars {
      if scalar.isHarmless {
        result.unicodeScalars.append(scalar)
      } else {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      }
    }
    return result
  }

  /// The text in single quotes for a message: terminal-safe and cut to `limit` characters.
  package func quoted(limit: Int = 120) -> String {
    let head = prefix(limit)
    return "'\(head.terminalSafe)\(head.endIndex < endIndex ? "..." : "")'"
  }
}

extension Unicode.Scalar {
  /// Whether a terminal, or who reads a line, can be trusted with it: no control character, and
  /// none that reorders, hides, joins or breaks text.
  package var isHarmless: Bool {
    switch value {
    case 0x20...0x7E: true
    case 0..<0x20, 0x7F..<0xA0: false
    // Marks and overrides of direction, line and paragraph separators, invisible operators, notes,
    // tags.
    case 0xAD, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB,
      0xE0000...0xE007F:
      false
    default: true
    }
  }
}

extension String {
  /// The text as one word of a shell command, for people to copy.
  package var shellQuoted: String {
    let isPlain =
      !isEmpty
      && unicodeScalars.allSatisfy { scalar in
        scalar.isASCII
          && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
            || "/._-+@:,=".unicodeScalars.contains(scalar))
      }
    return isPlain ? self : "'" + terminalSafe.replacing("'", with: "'\\''") + "'"
  }
}
