import UETModel

/// One parsed file: its tree, and what was found wrong on the way.
package struct Document: Sendable {
  /// nil when the file could not be read as a document at all.
  package let root: Node?
  package let diagnostics: [Diagnostic]

  /// How a file is written; its name's extension says which.
  package enum Format: String, CaseIterable, Sendable {
    case json, yaml

    /// The format of a file of that name: `.json`, `.yaml` and `.yml`, in any case.
    package init?(path: String) {
      let end = path.utf8.suffix(5).map { $0 | 0x20 }
      if end.elementsEqual(".json".utf8) {
        self = .json
      } else if end.elementsEqual(".yaml".utf8) || end.suffix(4).elementsEqual(".yml".utf8) {
        self = .yaml
      } else {
        return nil
      }
    }
  }

  /// No file of people's work comes near; a larger one is refused unread.
  package static let maximumSize = 256 << 20

  /// Parses a file by its extension; every problem becomes a diagnostic, none throws.
  package init(_ source: SourceText) {
    var warnings: [Diagnostic] = []
    if source.hasByteOrderMark {
      warnings.append(
        Diagnostic(
          .warning, "byte_order_mark", source.place(at: 0),
          "the file starts with a byte order mark, which is ignored", hint: "save it without one"))
    }
    do {
      let (node, problems) = try Self.parse(source)
      root = node
      diagnostics =
        warnings
        + problems.map { problem in
          Diagnostic(
            problem, source, pointer: node.pointer(toKeyAt: problem.related ?? -1) ?? "")
        }
    } catch {
      root = nil
      diagnostics = warnings + [Diagnostic(error, source)]
    }
  }

  private static func parse(
    _ source: SourceText
  ) throws(DocumentProblem) -> (Node, [DocumentProblem]) {
    guard let format = Format(path: source.path) else {
      throw DocumentProblem(
        "unknown_format", "the file's name ends in none of .json, .yaml and .yml", at: 0)
    }
    guard source.bytes.count <= maximumSize else {
      throw DocumentProblem(
        "file_too_large", "the file is larger than \(maximumSize >> 20) MiB", at: 0)
    }
    try checkEncoding(source)
    switch format {
    case .json: return try JSONDocument.parse(source)
    case .yaml: return (try YAMLDocument.parse(source), [])
    }
  }

  /// Refuses what is no text before a parser can stumble over it.
  private static func checkEncoding(_ source: SourceText) throws(DocumentProblem) {
    let bytes = source.bytes
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
      || bytes.prefix(4).elementsEqual([0, 0, 0xFE, 0xFF])
      || (bytes.count > 1 && (bytes[0] == 0) != (bytes[1] == 0))
    {
      throw DocumentProblem(
        "not_utf8", "the file is UTF-16 or UTF-32, not UTF-8", at: 0, hint: "save it as UTF-8")
    }
    guard bytes.contains(where: { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }) else {
      throw DocumentProblem("empty_file", "the file is empty", at: 0)
    }
    if let offset = UTF8Check.firstInvalid(in: bytes) {
      throw DocumentProblem(
        "not_utf8", "byte 0x\(String(bytes[offset], radix: 16)) is not valid UTF-8", at: offset,
        hint: "save the file as UTF-8")
    }
  }
}
