/// The head of a Markdown file between two `---` lines, or a whole file of such lines, read key by
/// key as text.
///
/// It is no YAML: parsers of YAML refuse what people and tools really write (`assignee: @name`, a
/// title with `: ` in it) and make numbers of ids (`010` is 8 to some of them). What a parser would
/// refuse is listed in `faults`.
package struct FrontMatter: Sendable {
  package struct Entry: Sendable {
    package let key: String
    /// A plain value, or the only item; empty where there is none.
    package var text: String
    /// The items of a list; nil where the value is none.
    package var items: [String]?
    /// 1-based line of the key.
    package let line: Int
    package let source: String
  }

  package private(set) var entries: [Entry] = []
  /// Lines that no YAML parser would take, and why.
  package private(set) var faults: [(line: Int, reason: String)] = []
  /// How many lines the head takes; 0 where the file has none.
  package private(set) var length = 0

  package subscript(key: String) -> Entry? { entries.first { $0.key == key } }

  /// The head of a Markdown file.
  init(headOf lines: [TextLines.Line]) {
    guard let first = lines.first, Self.isRule(first),
      let end = lines.dropFirst().firstIndex(where: Self.isRule)
    else { return }
    length = end + 1
    read(Array(lines[1..<end]))
  }

  /// A file that is nothing else, such as a configuration.
  init(all lines: [TextLines.Line]) { read(lines.filter { !Self.isRule($0) }) }

  private static func isRule(_ line: TextLines.Line) -> Bool {
    line.text.trimmed == "---"
  }

  private mutating func read(_ lines: [TextLines.Line]) {
    var index = 0
    while index < lines.count {
      let line = lines[index]
      index += 1
      guard line.indent == 0, let (key, rest) = Self.keyed(line.text) else {
        if !line.text.trimmed.isEmpty, line.text.utf8.first != UInt8(ascii: "#") {
          faults.append((line.number, "no key: value"))
        }
        continue
      }
      var block: [TextLines.Line] = []
      while index < lines.count, Self.isBelow(lines[index]) {
        block.append(lines[index])
        index += 1
      }
      add(key, rest, block, line)
    }
  }

  /// Whether a line goes on with the value of the key above it.
  private static func isBelow(_ line: TextLines.Line) -> Bool {
    let text = line.text
    return line.indent > 0 || text.hasPrefix("- ") || text == "-" || text.trimmed.isEmpty
      || text.hasPrefix("]") || text.hasPrefix("#")
  }

  private static func keyed(_ text: String) -> (key: String, rest: String)? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let key = text[..<colon]
    let after = text[text.index(after: colon)...]
    guard !key.isEmpty, after.isEmpty || after.first == " " || after.first == "\t",
      key.utf8.allSatisfy({ $0.isWordByte || $0 == UInt8(ascii: "-") })
    else { return nil }
    return (String(key), after.trimmed)
  }

  private mutating func add(
    _ key: String, _ rest: String, _ block: [TextLines.Line], _ line: TextLines.Line
  ) {
    var entry = Entry(key: key, text: "", items: nil, line: line.number, source: line.text)
    let plain = Self.withoutComment(rest)
    if plain.hasPrefix("[") {
      let all = ([plain] + block.map { Self.withoutComment($0.text.trimmed) })
        .joined(separator: " ").trimmed
      entry.items = Self.flowItems(all)
      if !all.hasSuffix("]") { faults.append((line.number, "a list that is not closed")) }
    } else if plain.first == ">" || plain.first == "|" {
      entry.text = Self.folded(block, keepsLines: plain.first == "|")
    } else if plain.isEmpty, block.contains(where: { $0.text.trimmed.hasPrefix("-") }) {
      entry.items = Self.blockItems(block)
    } else {
      let more = block.map(\.text.trimmed).filter { !$0.isEmpty && !$0.hasPrefix("#") }
      entry.text = Self.unquoted(([plain] + more).joined(separator: " ").trimmed)
      if let reason = Self.fault(in: plain) { faults.append((line.number, reason)) }
    }
    entries.append(entry)
  }

  /// Why a plain value is no YAML.
  private static func fault(in text: String) -> String? {
    guard let first = text.first else { return nil }
    if first == "@" || first == "`" || first == "%" {
      return "a value that starts with '\(first)' must be quoted"
    }
    if first == "\"" || first == "'" { return nil }
    return text.contains(": ") ? "a value that holds ': ' must be quoted" : nil
  }
}

extension FrontMatter {
  private static func folded(_ block: [TextLines.Line], keepsLines: Bool) -> String {
    block.filter { $0.indent > 0 || !$0.text.hasPrefix("#") }.map(\.text.trimmed).joined(
      separator: keepsLines ? "\n" : " "
    ).trimmed
  }

  private static func blockItems(_ block: [TextLines.Line]) -> [String] {
    var items: [[String]] = []
    let indent = block.first { $0.text.trimmed.hasPrefix("-") }?.indent ?? 0
    for line in block {
      let text = line.text.trimmed
      if line.indent == indent, text.hasPrefix("- ") || text == "-" {
        items.append([withoutComment(String(text.dropFirst()).trimmed)])
      } else if !text.isEmpty, !text.hasPrefix("#"), !items.isEmpty {
        items[items.count - 1].append(text)
      }
    }
    return items.map { parts in
      let head = parts[0]
      let isFolded = head.first == ">" || head.first == "|"
      return unquoted((isFolded ? parts[1...] : parts[...]).joined(separator: " ").trimmed)
    }
  }

  /// The items of `[a, "b, c"]`; quotes hold commas.
  static func flowItems(_ text: String) -> [String] {
    var items: [String] = []
    var item = ""
    var quote: Character?
    for character in text.dropFirst() {
      if let open = quote {
        if character == open { quote = nil }
        item.append(character)
      } else if character == "," || character == "]" {
        items.append(unquoted(item.trimmed))
        item = ""
        if character == "]" { break }
      } else {
        // Behind the quote of a value a second one stands for the quote itself.
        let opens = item.trimmed.isEmpty || (item.last == character && item.trimmed.count > 1)
        if character == "\"" || character == "'", opens { quote = character }
        item.append(character)
      }
    }
    if !item.trimmed.isEmpty { items.append(unquoted(item.trimmed)) }
    return items.filter { !$0.isEmpty }
  }

  static func unquoted(_ text: String) -> String {
    guard text.count > 1, let first = text.first, first == text.last, first == "\"" || first == "'"
    else { return text }
    let inner = text.dropFirst().dropLast()
    return first == "'"
      ? inner.split(separator: "''", omittingEmptySubsequences: false).joined(separator: "'")
      : inner.split(separator: "\\\"", omittingEmptySubsequences: false).joined(separator: "\"")
  }

  /// A `#` behind a blank starts a comment, unless it stands in quotes.
  static func withoutComment(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "#")) else { return text }
    var quote: Character?
    var before: Character = " "
    for index in text.indices {
      let character = text[index]
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "#", before == " " || before == "\t" {
        return text[..<index].trimmed
      } else if character == "\"" || character == "'", " [,\t".contains(before) {
        quote = character
      }
      before = character
    }
    return text
  }
}
