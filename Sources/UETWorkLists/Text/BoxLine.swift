/// A bullet with a box: `- [ ] text`.
struct BoxLine {
  let indent: Int
  /// What stands in the box: a blank, `x`, or another mark.
  let mark: String
  let text: String

  var isOpen: Bool { mark.trimmed.isEmpty }

  var isDone: Bool { mark == "x" || mark == "X" }

  /// nil for what is no bullet with a box of at most one character.
  init?(_ line: TextLines.Line) {
    let body = line.bytes.drop { $0 == 0x20 || $0 == 0x09 }
    guard let bullet = body.first, bullet == UInt8(ascii: "-") || bullet == UInt8(ascii: "*") else {
      return nil
    }
    let rest = body.dropFirst().drop { $0 == 0x20 || $0 == 0x09 }
    guard rest.first == UInt8(ascii: "["),
      let close = rest.prefix(6).firstIndex(of: UInt8(ascii: "]"))
    else { return nil }
    let mark = String(decoding: rest[(rest.startIndex + 1)..<close], as: UTF8.self)
    guard mark.count == 1 else { return nil }
    indent = line.indent
    self.mark = mark
    text = String(decoding: rest[(close + 1)...], as: UTF8.self).trimmed
  }
}

/// A heading of a Markdown file: `## text`.
struct HeadingLine {
  let level: Int
  let text: String

  init?(_ line: TextLines.Line) {
    let marks = line.bytes.prefix { $0 == UInt8(ascii: "#") }.count
    guard (1...6).contains(marks) else { return nil }
    let rest = line.bytes.dropFirst(marks)
    guard let blank = rest.first, blank == 0x20 || blank == 0x09 else { return nil }
    level = marks
    text = String(decoding: rest, as: UTF8.self).trimmed
  }
}

/// Tells which lines of a Markdown file stand in a fenced block or a comment.
struct FenceWatch {
  private var fence: (mark: UInt8, count: Int)?
  private var isInComment = false

  /// Whether the line is part of a fenced block or a comment, its marks included.
  mutating func hides(_ line: TextLines.Line) -> Bool {
    let body = line.bytes.drop { $0 == 0x20 || $0 == 0x09 }
    if isInComment {
      isInComment = !Self.holds(body, "-->")
      return true
    }
    if let open = fence {
      let count = body.prefix { $0 == open.mark }.count
      if count >= open.count, body.dropFirst(count).allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
        fence = nil
      }
      return true
    }
    if let mark = body.first, mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") {
      let count = body.prefix { $0 == mark }.count
      if count >= 3 {
        fence = (mark, count)
        return true
      }
    }
    if body.starts(with: "<!--".utf8) {
      isInComment = !Self.holds(body, "-->")
      return true
    }
    return false
  }

  private static func holds(_ bytes: ArraySlice<UInt8>, _ end: StaticString) -> Bool {
    String(decoding: bytes, as: UTF8.self).contains("\(end)")
  }
}
