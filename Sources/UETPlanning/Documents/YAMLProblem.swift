import UETModel
import Yams

/// Says in one line, with a place, what the YAML parser found.
struct YAMLProblem {
  private let source: SourceText
  private let lines: YAMLLines

  init(_ source: SourceText, _ lines: YAMLLines) {
    self.source = source
    self.lines = lines
  }

  func problem(_ error: YamlError) -> DocumentProblem {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      return marked(context, problem, mark)
    case .duplicatedKeysInMapping(let keys, let context):
      return duplicate(keys.first ?? "", first: context.mark)
    case .reader(let problem, _, _, _):
      return DocumentProblem("invalid_yaml", problem.terminalSafe, at: 0)
    default:
      return DocumentProblem("invalid_yaml", "not valid YAML", at: 0)
    }
  }

  private func marked(
    _ context: YamlError.Context?, _ problem: String, _ mark: Mark
  ) -> DocumentProblem {
    let offset = lines.offset(line: mark.line, column: mark.column)
    if problem == "but found another document" {
      return DocumentProblem(
        "multiple_documents", "the file holds more than one YAML document", at: offset,
        hint: "put each into a file of its own, or write a list")
    }
    if problem.hasPrefix("Maximum nesting level") { return .tooDeep(at: offset) }
    let isTab =
      offset < source.bytes.count && source.bytes[offset] == 0x09
      || problem.contains("found character that cannot start any token")
        && lineHasTab(before: offset)
    let start = context.map { $0.text.trimmed + ": " } ?? ""
    return DocumentProblem(
      isTab ? "yaml_tab" : "invalid_yaml",
      isTab ? "a tab stands where YAML allows spaces only" : (start + problem.trimmed).terminalSafe,
      at: offset,
      hint: (isTab ? nil : quotingHint(problem, context, offset))
        ?? context.flatMap {
          $0.mark.line == mark.line ? nil : "it starts on line \($0.mark.line)"
        })
  }

  /// Where a text that YAML takes for something else is the likely cause.
  private func quotingHint(
    _ problem: String, _ context: YamlError.Context?, _ offset: Int
  ) -> String? {
    if problem.hasPrefix("mapping values are not allowed") {
      return "a text that holds ': ' must stand in quotes; quote it, or mend the indentation"
    }
    if problem.hasPrefix("found undefined alias") || context?.text.contains("an alias") == true {
      return "a text that starts with '*' is a reference in YAML; quote it"
    }
    if context?.text.contains("an anchor") == true {
      return "a text that starts with '&' is an anchor in YAML; quote it"
    }
    guard offset < source.bytes.count else { return nil }
    let byte = source.bytes[offset]
    if problem.hasPrefix("found character that cannot start any token") {
      let mark = String(decoding: [byte], as: UTF8.self)
      return "a text cannot start with \(mark.quoted()); quote it"
    }
    guard problem.hasPrefix("did not find expected") else { return nil }
    let before = source.bytes[..<offset].reversed().first { $0 != 0x20 } ?? 0x0A
    let goesOn = "}]\"'".utf8.contains(before) && byte != 0x0A && byte != 0x0D
    let isBracket = "[{".utf8.contains(byte) && ![0x0A, UInt8(ascii: ",")].contains(before)
    return goesOn || isBracket
      ? "a text with brackets, braces or quotes in it must stand in quotes as a whole; quote it"
      : nil
  }

  private func lineHasTab(before offset: Int) -> Bool {
    let line = source.bytes[..<offset].reversed().prefix { $0 != 0x0A }
    return line.contains(0x09)
  }

  /// Yams names the first of the equal keys; in a block mapping the second stands below it.
  private func duplicate(_ key: String, first mark: Mark) -> DocumentProblem {
    let first = lines.offset(line: mark.line, column: mark.column)
    let firstPlace = source.place(at: first)
    let second = repeated(key, after: first, column: firstPlace.column) ?? first
    return .duplicateKey(key, at: second, firstLine: firstPlace.line)
  }

  /// The next line that starts with the key at the same column, before one that is less indented.
  private func repeated(_ key: String, after first: Int, column: Int) -> Int? {
    let bytes = source.bytes
    let key = Array(key.utf8)
    guard bytes[first...].starts(with: key) else { return nil }
    var index = first
    while let end = bytes[index...].firstIndex(of: 0x0A) {
      index = end + 1
      let indent = bytes[index...].prefix { $0 == 0x20 }.count
      let text = bytes[(index + indent)...]
      guard let byte = text.first else { return nil }
      if byte == 0x0A || byte == 0x0D || byte == UInt8(ascii: "#") { continue }
      if indent < column - 1 { return nil }
      if indent == column - 1, text.starts(with: key),
        text.dropFirst(key.count).first(where: { $0 != 0x20 }) == UInt8(ascii: ":")
      {
        return index + indent
      }
    }
    return nil
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = self[...]
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
