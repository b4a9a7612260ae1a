/// Breaks text into lines between its words.
enum Wrapping {
  /// Lines of at most `width` columns; those after the first are set in by `indent`. A word that is
  /// longer stays whole.
  static func lines(_ words: [String], width: Int, indent: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in words {
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = String(repeating: " ", count: indent) + word
      } else {
        line += (line.isEmpty ? "" : " ") + word
      }
    }
    return lines + [line]
  }
}
