/// Columns of text aligned by their widest cell; the last column is cut to the terminal's width.
struct Table {
  struct Cell {
    var text: String
    var style: Terminal.Style?

    init(_ text: String, _ style: Terminal.Style? = nil) {
      self.text = text
      self.style = style
    }
  }

  var indent = 0
  private var rows: [[Cell]] = []

  init(indent: Int = 0) { self.indent = indent }

  mutating func add(_ cells: [Cell]) { rows.append(cells) }

  /// The lines; `width` nil does not cut.
  func lines(on terminal: Terminal, width: Int?) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    var widths = [Int](repeating: 0, count: columns)
    for row in rows {
      for (column, cell) in row.enumerated() {
        widths[column] = max(widths[column], cell.text.count)
      }
    }
    return rows.map { line($0, widths, terminal, width) }
  }

  private func line(
    _ row: [Cell], _ widths: [Int], _ terminal: Terminal, _ width: Int?
  ) -> String {
    var text = String(repeating: " ", count: indent)
    var used = indent
    for (column, cell) in row.enumerated() {
      var content = cell.text
      if column == row.count - 1 {
        if let width, used + content.count > width, width - used > 1 {
          content = content.prefix(width - used - 1) + (terminal.usesUnicode ? "…" : "~")
        }
        text += terminal.styled(content, cell.style)
      } else {
        let padding = String(repeating: " ", count: widths[column] - content.count + 2)
        text += terminal.styled(content, cell.style) + padding
        used += widths[column] + 2
      }
    }
    while text.last == " " { text.removeLast() }
    return text
  }
}
