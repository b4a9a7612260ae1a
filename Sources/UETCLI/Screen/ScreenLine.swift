/// How a piece of text looks; without colour all but `bar` look the same.
enum Look: Hashable, Sendable {
  case plain, dim, red, green, yellow, cyan
  /// Dark on light.
  case bar

  init(_ style: Terminal.Style?) {
    switch style {
    case nil: self = .plain
    case .dim: self = .dim
    case .red: self = .red
    case .green: self = .green
    case .yellow: self = .yellow
    case .cyan: self = .cyan
    }
  }

  /// The number of the escape sequence; nil for none.
  func code(color: Bool) -> String? {
    switch self {
    case .plain: nil
    case .bar: "7"
    case .dim: color ? Terminal.Style.dim.rawValue : nil
    case .red: color ? Terminal.Style.red.rawValue : nil
    case .green: color ? Terminal.Style.green.rawValue : nil
    case .yellow: color ? Terminal.Style.yellow.rawValue : nil
    case .cyan: color ? Terminal.Style.cyan.rawValue : nil
    }
  }
}

/// The size of a screen, and whether it knows more than ASCII.
struct ScreenShape: Hashable, Sendable {
  var columns: Int
  var rows: Int
  var unicode = true
}

/// A line of a screen that is never longer than the screen is wide.
struct ScreenLine: Hashable, Sendable {
  struct Piece: Hashable, Sendable {
    var text: String
    var look: Look
  }

  private(set) var pieces: [Piece] = []
  /// Columns that it takes.
  private(set) var columns = 0
  private let limit: Int
  private let unicode: Bool

  init(_ shape: ScreenShape) { (limit, unicode) = (shape.columns, shape.unicode) }

  init(_ shape: ScreenShape, _ text: some StringProtocol, _ look: Look = .plain) {
    self.init(shape)
    add(text, look)
  }

  var text: String { pieces.map(\.text).joined() }

  /// Whether each character surely takes one column, whatever terminal shows it.
  var isPlain: Bool { pieces.allSatisfy { $0.text.utf8.allSatisfy { $0 < 0x80 } } }

  /// Adds text, cut to `most` columns and to what is left of the line.
  mutating func add(_ text: some StringProtocol, _ look: Look = .plain, most: Int = .max) {
    let (text, width) = Columns.fit(text, min(most, limit - columns), unicode: unicode)
    if text.isEmpty { return }
    columns += width
    if pieces.last?.look == look {
      pieces[pieces.count - 1].text += text
    } else {
      pieces.append(Piece(text: text, look: look))
    }
  }

  /// Adds spaces up to a column.
  mutating func pad(to column: Int, _ look: Look = .plain) {
    let count = min(column, limit) - columns
    if count > 0 { add(String(repeating: " ", count: count), look) }
  }

  /// Adds a cell of a table: `width` columns, and one between it and the next.
  mutating func cell(_ text: String, _ width: Int, _ look: Look = .plain, right: Bool = false) {
    guard width > 0 else { return }
    let end = columns + width
    if right { pad(to: end - Columns.fit(text, width, unicode: unicode).1) }
    add(text, look, most: width)
    pad(to: end + 1)
  }

  /// All of it dark on light, over the whole width.
  var marked: ScreenLine {
    var line = self
    line.pad(to: limit)
    line.pieces = [Piece(text: line.text, look: .bar)]
    return line
  }
}
