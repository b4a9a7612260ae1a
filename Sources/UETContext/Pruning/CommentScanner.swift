/// Finds the comments of a text.
struct CommentScanner {
  /// A comment: its bytes, without the end of the line behind it.
  struct Comment: Hashable {
    var range: Range<Int>
    var kind: CommentKind
  }

  private let text: [UInt8]
  private let syntax: CommentSyntax
  private var place = 0
  private(set) var comments: [Comment] = []

  static func comments(in text: [UInt8], _ syntax: CommentSyntax) -> [Comment] {
    var scanner = CommentScanner(text: text, syntax: syntax)
    if syntax.isByLine { scanner.byLine() } else { scanner.byCharacter(until: nil) }
    return scanner.comments
  }

  private init(text: [UInt8], syntax: CommentSyntax) { (self.text, self.syntax) = (text, syntax) }

  private func has(_ word: String, at place: Int) -> Bool {
    place + word.utf8.count <= text.count && text[place...].starts(with: word.utf8)
  }

  private func endOfLine(_ place: Int) -> Int {
    text[place...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
  }

  /// Whether nothing but blanks stand before it in its line.
  private func beginsLine(_ place: Int) -> Bool {
    var before = place - 1
    while before >= 0, text[before] == UInt8(ascii: " ") || text[before] == UInt8(ascii: "\t") {
      before -= 1
    }
    return before < 0 || text[before] == UInt8(ascii: "\n")
  }

  private mutating func add(_ from: Int, _ end: Int, isBlock: Bool) {
    var end = end
    if !isBlock, end > from, text[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    let isDoc = syntax.docs.contains { has($0, at: from) } && !has("/**/", at: from)
    // A rule of slashes documents nothing.
    let isRule = has("////", at: from)
    comments.append(
      Comment(range: from..<end, kind: isDoc && !isRule ? .doc : isBlock ? .block : .line))
  }
}

// MARK: Character by character

extension CommentScanner {
  /// Goes to the end, or past the bracket that closes what is put into a text.
  private mutating func byCharacter(until close: UInt8?) {
    var depth = 0
    while place < text.count {
      let byte = text[place]
      if let close {
        if byte == UInt8(ascii: "{") { depth += 1 }
        if byte == close {
          if depth == 0 {
            place += 1
            return
          }
          depth -= 1
        }
      }
      if comment() || rawText() || longText() || shortText() || script() || heredoc() { continue }
      place += 1
    }
  }

  private mutating func comment() -> Bool {
    let from = place
    for block in syntax.blocks where has(block.open, at: place) {
      place += block.open.utf8.count
      var depth = 1
      while place < text.count, depth > 0 {
        if has(block.close, at: place) {
          depth -= 1
          place += block.close.utf8.count
        } else if block.nests, has(block.open, at: place) {
          depth += 1
          place += block.open.utf8.count
        } else {
          place += 1
        }
      }
      add(from, place, isBlock: true)
      return true
    }
    guard syntax.line.contains(where: { has($0, at: place) }) else { return false }
    // An address is none, nor is an operator.
    if from > 0, text[from - 1] == UInt8(ascii: ":") || text[from - 1] == UInt8(ascii: "\\") {
      place += 1
      return true
    }
    place = endOfLine(from)
    add(from, place, isBlock: false)
    return true
  }

  private mutating func longText() -> Bool {
    guard let quote = syntax.longQuotes.first(where: { has($0, at: place) }) else { return false }
    let from = place
    place += quote.utf8.count
    while place < text.count, !has(quote, at: place) {
      place += syntax.hasBackslash && text[place] == UInt8(ascii: "\\") && quote != "`" ? 2 : 1
    }
    place = min(text.count, place + quote.utf8.count)
    docstring(from)
    return true
  }

  private mutating func shortText() -> Bool {
    let from = place
    let quote = text[from]
    if quote == UInt8(ascii: "'"), syntax.looseApostrophe { return character() }
    guard syntax.quotes.contains(quote) else { return false }
    place += 1
    while place < text.count, text[place] != quote, text[place] != UInt8(ascii: "\n") {
      place += syntax.hasBackslash && text[place] == UInt8(ascii: "\\") ? 2 : 1
    }
    if place < text.count, text[place] == quote { place += 1 }
    place = min(place, text.count)
    docstring(from)
    return true
  }

  /// `'x'` and `'\n'`, but not `'name`.
  private mutating func character() -> Bool {
    let end = min(text.count, place + 12)
    guard place + 1 < end else { return false }
    if text[place + 1] == UInt8(ascii: "\\") {
      if let close = text[(place + 3 < end ? place + 3 : end)..<end]
        .firstIndex(of: UInt8(ascii: "'"))
      {
        place = close + 1
        return true
      }
      return false
    }
    // One character has up to four bytes.
    var close = place + 2
    while close < end, text[close] & 0xC0 == 0x80 { close += 1 }
    guard close < end, text[close] == UInt8(ascii: "'") else { return false }
    place = close + 1
    return true
  }

  /// A text that is all of a statement.
  private mutating func docstring(_ from: Int) {
    guard syntax.hasDocstrings, beginsLine(from) else { return }
    let rest = text[place..<endOfLine(place)]
    guard rest.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) else { return }
    guard isStatement(from) else { return }
    comments.append(Comment(range: from..<place, kind: .doc))
  }

  /// Whether the line before has ended a statement: a text within brackets, or behind a sign that
  /// wants more, is a value.
  private func isStatement(_ from: Int) -> Bool {
    var before = from - 1
    // Comments between the head and the text are passed over.
    var earlier = comments[...]
    while true {
      while before >= 0, [0x20, 0x09, 0x0A, 0x0D].contains(text[before]) { before -= 1 }
      guard let last = earlier.last, last.kind == .line, last.range.upperBound == before + 1 else {
        break
      }
      before = last.range.lowerBound - 1
      earlier.removeLast()
    }
    // The first text of a module.
    guard before >= 0 else { return true }
    return text[before] == UInt8(ascii: ":") && hasHead(before)
  }

  /// Whether a colon ends the head of a class or function, and not a key or a slice.
  private func hasHead(_ colon: Int) -> Bool {
    // The head may go over lines: look for the word that begins it, at most 40 lines back.
    var line = colon
    for _ in 0..<40 {
      let begin = (text[..<line].lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
      let words = text[begin...colon].drop { $0 == 0x20 || $0 == 0x09 }
      for head in ["def ", "class ", "async def "] where words.starts(with: head.utf8) {
        return true
      }
      guard begin > 0 else { return false }
      line = begin - 1
      // A line of its own that is no part of a list of arguments.
      let isInList =
        words.first == UInt8(ascii: ")") || text[colon - 1] == UInt8(ascii: ")")
        || text[colon - 1] == UInt8(ascii: "]") || words.contains(UInt8(ascii: ">"))
      if !isInList { return false }
    }
    return false
  }
}

// MARK: Texts of their own rules

extension CommentScanner {
  private mutating func rawText() -> Bool {
    switch syntax.raw {
    case nil: return false
    case .rust?:
      guard text[place] == UInt8(ascii: "r"), place == 0 || !text[place - 1].isNamePart else {
        return false
      }
      return hashed(from: place + 1)
    case .swift?: return text[place] == UInt8(ascii: "#") && hashed(from: place)
    case .cpp?:
      guard has("R\"", at: place), let open = text[place...].prefix(20).firstIndex(of: 0x28) else {
        return false
      }
      let close = [UInt8(ascii: ")")] + text[(place + 2)..<open] + [UInt8(ascii: "\"")]
      place = end(of: close, from: open + 1)
      return true
    case .csharp?:
      guard has("@\"", at: place) else { return false }
      place += 2
      while place < text.count {
        if text[place] != 0x22 {
          place += 1
        } else if has("\"\"", at: place) {
          place += 2
        } else {
          break
        }
      }
      place = min(text.count, place + 1)
      return true
    }
  }

  /// Any number of `#`, a quotation mark, and the same behind.
  private mutating func hashed(from first: Int) -> Bool {
    var open = first
    while open < text.count, text[open] == UInt8(ascii: "#") { open += 1 }
    guard open < text.count, text[open] == 0x22 else { return false }
    let count = open - first
    if count == 0, syntax.raw == .swift { return false }
    place = end(of: [0x22] + [UInt8](repeating: UInt8(ascii: "#"), count: count), from: open + 1)
    return true
  }

  private func end(of close: [UInt8], from first: Int) -> Int {
    var end = first
    while end < text.count {
      if text[end...].starts(with: close) { return end + close.count }
      end += 1
    }
    return text.count
  }

  /// Templates, and patterns where a value may stand.
  private mutating func script() -> Bool {
    guard syntax.isScript else { return false }
    if text[place] == UInt8(ascii: "`") {
      place += 1
      while place < text.count, text[place] != UInt8(ascii: "`") {
        if text[place] == UInt8(ascii: "\\") {
          place += 2
        } else if has("${", at: place) {
          place += 2
          byCharacter(until: UInt8(ascii: "}"))
        } else {
          place += 1
        }
      }
      place = min(text.count, place + 1)
      return true
    }
    guard text[place] == UInt8(ascii: "/"), mayHoldPattern else { return false }
    var (end, isInSet) = (place + 1, false)
    while end < text.count, text[end] != UInt8(ascii: "\n") {
      switch text[end] {
      case UInt8(ascii: "\\"): end += 1
      case UInt8(ascii: "["): isInSet = true
      case UInt8(ascii: "]"): isInSet = false
      case UInt8(ascii: "/") where !isInSet:
        place = end + 1
        return true
      default: break
      }
      end += 1
    }
    return false
  }

  private var mayHoldPattern: Bool {
    var before = place - 1
    while before >= 0, text[before] == 0x20 || text[before] == 0x09 { before -= 1 }
    guard before >= 0 else { return true }
    if Array("(,=:[!&|?{};+-*%~^<>\n".utf8).contains(text[before]) { return true }
    let word = text[...before].reversed().prefix { $0.isNamePart }.reversed()
    return ["return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "await"]
      .contains(String(decoding: Array(word), as: UTF8.self))
  }

  private mutating func heredoc() -> Bool {
    guard syntax.hasHeredocs, let word = heredocWord(at: place) else { return false }
    place = endOfHeredoc(word, from: endOfLine(place))
    return true
  }

  /// The word behind `<<`, `<<-`, `<<~` or `<<<`, in quotes or not.
  private func heredocWord(at place: Int) -> [UInt8]? {
    guard has("<<", at: place) else { return nil }
    var rest = text[(place + 2)..<endOfLine(place)]
    if let mark = rest.first, Array("-~<".utf8).contains(mark) { rest = rest.dropFirst() }
    rest = rest.drop { $0 == 0x20 }
    if let quote = rest.first, quote == 0x22 || quote == 0x27 { rest = rest.dropFirst() }
    let word = Array(rest.prefix(while: \.isNamePart))
    guard let first = word.first, (0x41...0x5A).contains(first) || first == UInt8(ascii: "_")
    else { return nil }
    return word
  }

  /// Behind the line that holds the word alone, or where there is none behind the first line.
  private func endOfHeredoc(_ word: [UInt8], from first: Int) -> Int {
    var line = first
    while line < text.count {
      let end = endOfLine(line + 1 <= text.count ? min(line + 1, text.count) : line)
      let content = text[min(line + 1, text.count)..<end].drop { $0 == 0x20 || $0 == 0x09 }
      if content.starts(with: word), content.dropFirst(word.count).allSatisfy({ !$0.isNamePart }) {
        return end
      }
      line = end
    }
    return first
  }
}

// MARK: Line by line

extension CommentScanner {
  private mutating func byLine() {
    var scalarIndent: Int?
    while place < text.count {
      let end = endOfLine(place)
      let line = text[place..<end]
      let content = line.drop { $0 == 0x20 || $0 == 0x09 }
      let indent = line.count - content.count
      if let limit = scalarIndent {
        if content.isEmpty || content.first == 0x0D || indent > limit {
          place = end + 1
          continue
        }
        scalarIndent = nil
      }
      if block(content, at: place) { continue }
      let mark = syntax.line.first { content.starts(with: $0.utf8) }
      if mark != nil, !content.starts(with: "#!".utf8) {
        add(place + indent, end, isBlock: false)
        place = end + 1
        continue
      }
      if syntax.hasBlockScalars, Self.opensScalar(content) { scalarIndent = indent }
      place = afterTexts(in: place..<end)
    }
  }

  private mutating func block(_ content: ArraySlice<UInt8>, at from: Int) -> Bool {
    for one in syntax.blocks where content.startIndex == from && content.starts(with: one.open.utf8)
    {
      var line = endOfLine(from)
      while line < text.count, !has(one.close, at: line + 1) { line = endOfLine(line + 1) }
      place = line < text.count ? endOfLine(line + 1) : text.count
      add(from, place, isBlock: true)
      place += 1
      return true
    }
    return false
  }

  /// `key: |`, `- >-` and the like.
  private static func opensScalar(_ content: ArraySlice<UInt8>) -> Bool {
    let words = content.filter { $0 != 0x0D }.split(separator: 0x20)
    guard let last = words.last, words.count > 1, let sign = last.first else { return false }
    return (sign == UInt8(ascii: "|") || sign == UInt8(ascii: ">")) && last.count <= 3
      && last.dropFirst().allSatisfy { Array("+-0123456789".utf8).contains($0) }
  }

  /// Where the next line begins that is in no text which goes over lines.
  private func afterTexts(in line: Range<Int>) -> Int {
    var at = line.lowerBound
    while at < line.upperBound {
      if let quote = syntax.longQuotes.first(where: { has($0, at: at) }) {
        let end = self.end(of: Array(quote.utf8), from: at + quote.utf8.count)
        if end > line.upperBound { return min(text.count, endOfLine(min(end, text.count)) + 1) }
        at = end
        continue
      }
      if syntax.hasHeredocs, let word = heredocWord(at: at) {
        return min(text.count, endOfHeredoc(word, from: line.upperBound) + 1)
      }
      at += 1
    }
    return line.upperBound + 1
  }
}
