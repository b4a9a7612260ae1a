import UETModel

/// Text being built as XML or HTML; everything from others goes through `escaped`.
package struct Markup {
  private(set) var text = ""

  mutating func line(_ markup: String) {
    text += markup
    text += "\n"
  }

  /// Text that is cut in the middle where it is longer than so many scalars: names of one kind
  /// differ at their ends.
  static func middleCut(_ text: String, to count: Int) -> String {
    let scalars = Array(text.unicodeScalars)
    guard scalars.count > count else { return text }
    func part(_ some: ArraySlice<Unicode.Scalar>) -> String {
      String(String.UnicodeScalarView(some))
    }
    return part(scalars.prefix(count / 2)) + "…" + part(scalars.suffix(count - count / 2 - 1))
  }

  /// Text that is safe in an element and in a quoted attribute.
  package static func escaped(_ text: String) -> String {
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
