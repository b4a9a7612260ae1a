import UETModel
import UETReporting

/// A section as text, and as Markdown; an empty line comes first.
extension ReportSection {
  func text(on terminal: Terminal, _ style: TextStyle) -> [String] {
    var lines = ["", title]
    lines += words.flatMap { style.wrap($0, indent: 2, first: "  ") }
    var table = Table(indent: 2)
    if !head.isEmpty { table.add(head.map { Table.Cell($0, .dim) }) }
    for row in rows { table.add(row.map { Table.Cell($0) }) }
    return lines + table.lines(on: terminal, width: terminal.isInteractive ? terminal.width : nil)
  }

  var markdown: [String] {
    var lines = ["", "## \(title)", ""]
    lines += words.map { Self.escaped($0) + "\n" }
    guard let first = rows.first else { return lines }
    lines.append(Self.row(head.isEmpty ? first.map { _ in "" } : head))
    lines.append("|" + first.enumerated().map { $0.offset == 0 ? "---|" : "---:|" }.joined())
    return lines + rows.map(Self.row)
  }

  private static func row(_ cells: [String]) -> String {
    "| " + cells.map(escaped).joined(separator: " | ") + " |"
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      if "\\`*_{}[]<>|#".contains(character) { result.append("\\") }
      result.append(character)
    }
    return result
  }
}
