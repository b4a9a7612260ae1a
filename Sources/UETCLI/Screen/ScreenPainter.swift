/// Knows what a screen shows, and what is to be written so that it shows something else.
struct ScreenPainter: Sendable {
  private struct Cell: Equatable {
    let scalar: Unicode.Scalar
    let look: Look
  }

  private let color: Bool
  /// nil where nothing is known of the screen.
  private var shown: [ScreenLine]?

  init(color: Bool) { self.color = color }

  /// Nothing is known of the screen any more: the next drawing begins with clearing it.
  mutating func forget() { shown = nil }

  /// What draws these lines; empty where they are there already. What does not differ is not
  /// written again.
  mutating func drawing(_ lines: [ScreenLine]) -> String {
    var text = shown == nil ? "\u{1B}[0m\u{1B}[2J" : ""
    let old = shown ?? []
    for (row, line) in lines.enumerated() {
      let before = row < old.count ? old[row] : nil
      if before == line || (before == nil && shown == nil && line.pieces.isEmpty) { continue }
      text += drawing(line, over: before, at: row + 1)
    }
    for row in lines.count..<max(lines.count, old.count) {
      text += "\u{1B}[\(row + 1);1H\u{1B}[K"
    }
    shown = lines
    return text
  }

  /// Of lines in which a terminal may see other widths than we do, all is drawn. The rest of a line
  /// is cleared before: behind the last column that would take its last character.
  private func drawing(_ line: ScreenLine, over before: ScreenLine?, at row: Int) -> String {
    guard let before, before.isPlain, line.isPlain else {
      return "\u{1B}[\(row);1H\u{1B}[K" + written(Self.cells(line)[...])
    }
    let (old, new) = (Self.cells(before), Self.cells(line))
    let start = zip(old, new).prefix { $0 == $1 }.count
    var end = new.count
    if old.count == new.count {
      while end > start, old[end - 1] == new[end - 1] { end -= 1 }
    }
    return "\u{1B}[\(row);\(start + 1)H" + written(new[start..<end])
      + (old.count > new.count ? "\u{1B}[K" : "")
  }

  private static func cells(_ line: ScreenLine) -> [Cell] {
    line.pieces.flatMap { piece in
      piece.text.unicodeScalars.map { Cell(scalar: $0, look: piece.look) }
    }
  }

  private func written(_ cells: ArraySlice<Cell>) -> String {
    var text = ""
    var look = Look.plain
    for cell in cells {
      if cell.look != look {
        if look.code(color: color) != nil { text += "\u{1B}[0m" }
        if let code = cell.look.code(color: color) { text += "\u{1B}[\(code)m" }
        look = cell.look
      }
      text.unicodeScalars.append(cell.scalar)
    }
    return text + (look.code(color: color) == nil ? "" : "\u{1B}[0m")
  }
}
