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
      hint: context.flatMap {
        $0.mark.line == mark.line ? nil : "it starts on line \($0.mark.line)"
      })
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
