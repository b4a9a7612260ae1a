import UETModel

/// How many columns of a terminal text takes, and text cut to columns.
enum Columns {
  /// Marks that one character may carry; a terminal draws no more that anybody could read.
  private static let mostMarks = 4
  private static let tab = 8

  static func of(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + of($1) }
  }

  /// 0 for what is put on the character before it, 2 for wide ones.
  static func of(_ scalar: Unicode.Scalar) -> Int {
    if scalar.value < 0x300 { return 1 }
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: return isWide(scalar) ? 2 : 1
    }
  }

  /// Source: Unicode's `EastAsianWidth.txt`, classes W and F, with gaps between blocks filled.
  private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
      0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF, 0x1F300...0x1F64F,
      0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD:
      true
    default: scalar.properties.isEmojiPresentation
    }
  }

  /// The text as it may stand in one line of at most `limit` columns: what a terminal could act on
  /// is escaped, a tab is spaces, and what is left out at the end is marked.
  static func fit(_ text: some StringProtocol, _ limit: Int, unicode: Bool) -> (String, Int) {
    var result: [Unicode.Scalar] = []
    var columns = 0
    var marks = 0
    /// Where to cut for the mark, should it be needed.
    var cut = (count: 0, columns: 0)
    for scalar in text.unicodeScalars {
      let shown = shown(scalar, columns, unicode)
      let width = shown.count == 1 ? of(shown[shown.startIndex]) : shown.count
      marks = width == 0 ? marks + 1 : 0
      if marks > mostMarks || (width == 0 && columns == 0) { continue }
      if columns + width > limit {
        guard limit > 0 else { return ("", 0) }
        return (string(result.prefix(cut.count)) + (unicode ? "…" : "~"), cut.columns + 1)
      }
      result.append(contentsOf: shown)
      columns += width
      if columns < limit { cut = (result.count, columns) }
    }
    return (string(result), columns)
  }

  private static func string(_ scalars: some Collection<Unicode.Scalar>) -> String {
    String(String.UnicodeScalarView(scalars))
  }

  private static func shown(
    _ scalar: Unicode.Scalar, _ columns: Int, _ unicode: Bool
  ) -> String.UnicodeScalarView {
    if scalar == "\t" {
      return String(repeating: " ", count: tab - columns % tab).unicodeScalars
    }
    guard scalar.isHarmless else { return String(scalar).terminalSafe.unicodeScalars }
    return String(scalar.isASCII || unicode ? scalar : "?").unicodeScalars
  }
}
