import UETModel

/// Text being built as XML or HTML; everything from others goes through `escaped`.
struct Markup {
  private(set) var text = ""

  mutating func line(_ markup: String) {
    text += markup
    text += "\n"
  }

  /// Text that is safe in an element and in a quoted attribute.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.terminalSafe.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
