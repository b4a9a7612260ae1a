import UETModel

extension String {
  /// The text as it may be shown on a terminal and in one line: control characters and those that
  /// change the direction of writing become `\u001b` and the like; cut to `limit` bytes, with `…`.
  package func harmless(limit: Int) -> String {
    var result = ""
    let ellipsis = "…"
    for scalar in unicodeScalars {
      let piece = scalar.isHarmless ? String(scalar) : scalar.escaped
      if result.utf8.count + piece.utf8.count > limit - ellipsis.utf8.count {
        return utf8.count <= limit && hasOnlyHarmless ? self : result + ellipsis
      }
      result += piece
    }
    return result
  }

  private var hasOnlyHarmless: Bool { unicodeScalars.allSatisfy(\.isHarmless) }
}

extension Unicode.Scalar {
  var escaped: String {
    let hex = String(value, radix: 16)
    return "\\u" + String(repeating: "0", count: max(0, 4 - hex.utf8.count)) + hex
  }
}
