extension String {
  /// The text, whatever it holds, as one word for a shell.
  var shellWord: String {
    let isPlain =
      !isEmpty && utf8.allSatisfy { Self.isLetterOrDigit($0) || Self.plain.contains($0) }
    return isPlain ? self : "'" + replacing("'", with: "'\\''") + "'"
  }

  /// Whether a shell can have a variable of that name.
  var isShellName: Bool {
    guard let first = utf8.first, !Self.digits.contains(first) else { return false }
    return utf8.allSatisfy { Self.isLetterOrDigit($0) || $0 == UInt8(ascii: "_") }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    digits.contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static let plain = "/._-+:,@%".utf8

  private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
}
