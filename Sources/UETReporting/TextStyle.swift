/// What a terminal can show.
package struct TextStyle: Hashable, Sendable {
  /// Columns; at least 40 are used.
  package var width: Int
  package var color: Bool
  /// Whether block characters, dashes and arrows may be used.
  package var unicode: Bool

  package init(width: Int = 80, color: Bool = false, unicode: Bool = true) {
    self.width = max(40, width)
    self.color = color
    self.unicode = unicode
  }

  package enum Paint: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
  }

  package func paint(_ text: String, _ paint: Paint) -> String {
    color ? "\u{1B}[\(paint.rawValue)m\(text)\u{1B}[0m" : text
  }

  var arrow: String { unicode ? "→" : "->" }
  var ellipsis: String { unicode ? "…" : "..." }

  /// The text cut to `count` scalars, with a mark where something is missing.
  package func cut(_ text: String, to count: Int) -> String {
    let scalars = text.unicodeScalars
    guard scalars.count > count else { return text }
    return String(String.UnicodeScalarView(scalars.prefix(max(0, count - ellipsis.count))))
      + ellipsis
  }

  /// The text padded with spaces, or cut, to `count` scalars.
  package func pad(_ text: String, to count: Int) -> String {
    let cut = cut(text, to: count)
    return cut + String(repeating: " ", count: max(0, count - cut.unicodeScalars.count))
  }

  /// Puts words into lines that fit the width, each after the first starting with `indent` spaces.
  func wrap(_ words: [String], indent: Int, first: String = "") -> [String] {
    let margin = String(repeating: " ", count: indent)
    var lines: [String] = []
    var line = first.isEmpty ? margin : first
    var isEmpty = true
    for word in words.map({ cut($0, to: width - indent) }) {
      if !isEmpty, line.unicodeScalars.count + 1 + word.unicodeScalars.count > width {
        lines.append(line)
        line = margin
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return lines + [line]
  }

  package func wrap(_ text: String, indent: Int, first: String = "") -> [String] {
    wrap(text.split(separator: " ").map(String.init), indent: indent, first: first)
  }

  /// A heading in bold with what follows it, wrapped.
  package func titled(_ title: String, _ rest: String, indent: Int = 2) -> [String] {
    var lines = wrap(title + rest, indent: indent, first: "")
    if lines[0].hasPrefix(String(repeating: " ", count: indent)) {
      lines[0].removeFirst(indent)
    }
    if lines[0].hasPrefix(title) {
      lines[0] = paint(title, .bold) + lines[0].dropFirst(title.count)
    }
    return lines
  }
}
