extension StringProtocol {
  /// The text with everything a terminal could act on written as `\u{1b}`: control characters and the
  /// marks that reorder, hide or break text. Safe to print, whoever wrote it.
  package var terminalSafe: String {
    guard unicodeScalars.contains(where: \.isTerminalActive) else { return String(self) }
    var result = ""
    for scalar in unicodeScalars {
      if scalar.isTerminalActive {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        result.unicodeScalars.append(scalar)
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
  fileprivate var isTerminalActive: Bool {
    switch value {
    case 0x20...0x7E: false
    case 0..<0x20, 0x7F..<0xA0: true
    case 0xAD, 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB:
      true
    case 0xE0000...0xE007F: true
    default: false
    }
  }
}

extension String {
  /// Like `terminalSafe` for text of several lines: line ends and tabs stay, as in a log.
  package var terminalSafeLines: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let content = line.hasSuffix("\r") ? line.dropLast() : line
      return content.split(separator: "\t", omittingEmptySubsequences: false)
        .map(\.terminalSafe).joined(separator: "\t")
    }.joined(separator: "\n")
  }
}
