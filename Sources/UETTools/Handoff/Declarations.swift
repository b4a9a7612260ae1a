import UETModel

/// Lines of a source file that look like declarations others use, by the kind of file.
///
/// It is no parser: what begins a line, behind words like `public`, is looked up in a small table.
package struct Declarations: Sendable {
  private struct Language: Sendable {
    var modifiers: Set<String> = []
    var keywords: Set<String> = []
    /// Words without which nobody else sees it.
    var needs: Set<String> = []
    /// Words with which nobody else sees it.
    var hides: Set<String> = []
    /// Deeper ones belong to a body.
    var depth = 4
    /// Whether a line at the margin that ends in `);` declares a function.
    var hasPrototypes = false
  }

  private let language: Language

  /// nil for a file of no kind that is known.
  package init?(path: String) {
    let name = path.split(separator: "/").last ?? ""
    guard let dot = name.lastIndex(of: ".") else { return nil }
    let end = name[name.index(after: dot)...].lowercased()
    guard let known = Self.languages.first(where: { $0.ends.contains(end) }) else { return nil }
    language = known.language
  }

  /// The declarations of a text, each as one line, in order.
  package func all(in text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).compactMap(declaration)
  }

  /// What came and went from one text to the other: `+ func b()`, `- func a()`.
  package func changes(from old: String, to new: String) -> [String] {
    let (before, after) = (all(in: old), all(in: new))
    return Self.beyond(after, before).map { "+ " + $0 }
      + Self.beyond(before, after).map { "- " + $0 }
  }

  /// Those of `lines` that `others` does not have, counted.
  private static func beyond(_ lines: [String], _ others: [String]) -> [String] {
    var known: [String: Int] = [:]
    for line in others { known[line, default: 0] += 1 }
    return lines.filter { line in
      guard let count = known[line], count > 0 else { return true }
      known[line] = count - 1
      return false
    }
  }

  private func declaration(_ line: Substring) -> String? {
    let depth = line.prefix(while: \.isWhitespace).reduce(0) { $0 + ($1 == "\t" ? 4 : 1) }
    guard depth <= language.depth else { return nil }
    let words = line.split(whereSeparator: \.isWhitespace).map(Self.word)
    let head = words.drop { language.modifiers.contains($0) || $0.hasPrefix("@") }
    guard let first = head.first else { return nil }
    let before = Set(words.prefix(head.startIndex))
    guard before.isDisjoint(with: language.hides),
      language.needs.isEmpty || !before.isDisjoint(with: language.needs)
    else { return nil }
    guard language.keywords.contains(first) && head.count > 1 || isPrototype(line, depth) else {
      return nil
    }
    return Self.shortened(line)
  }

  private func isPrototype(_ line: Substring, _ depth: Int) -> Bool {
    guard language.hasPrototypes, depth == 0, line.hasSuffix(");"),
      let open = line.firstIndex(of: "(")
    else { return false }
    return line[..<open].split(separator: " ").count > 1 && line.first?.isLetter == true
      && !line.hasPrefix("return ")
  }

  /// A word up to what may stand right behind it: `init(`, `class:`.
  private static func word(_ word: Substring) -> String {
    String(word.first == "@" ? word : word.prefix { !"(:<{!".contains($0) })
  }

  /// Without the body that begins on it.
  private static func shortened(_ line: Substring) -> String {
    var text = line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    if let body = text.firstRange(of: " {") { text = String(text[..<body.lowerBound]) }
    while let last = text.last, "{:;=".contains(last) || last == " " { text.removeLast() }
    return HandoffForm.line(text)
  }

  private static let languages: [(ends: Set<String>, language: Language)] = [
    (
      ["swift"],
      Language(
        modifiers: [
          "public", "open", "package", "internal", "private", "fileprivate", "static", "final",
          "mutating", "nonmutating", "override", "indirect", "nonisolated", "required",
          "convenience", "class",
        ],
        keywords: [
          "func", "struct", "enum", "protocol", "actor", "init", "typealias", "extension", "macro",
          "subscript",
        ], hides: ["private", "fileprivate"])
    ),
    (["py", "pyi"], Language(modifiers: ["async"], keywords: ["def", "class"])),
    (
      ["js", "jsx", "mjs", "cjs", "ts", "tsx", "mts", "vue"],
      Language(
        modifiers: ["export", "default", "declare", "abstract", "async"],
        keywords: [
          "function", "class", "interface", "type", "enum", "const", "let", "namespace",
        ], needs: ["export", "declare"], depth: 0)
    ),
    (["go"], Language(keywords: ["func", "type"], depth: 0)),
    (
      ["rs"],
      Language(
        modifiers: ["pub", "async", "unsafe", "const", "extern"],
        keywords: ["fn", "struct", "enum", "trait", "type", "mod", "union", "static"],
        needs: ["pub"])
    ),
    (
      ["java", "kt", "kts", "cs", "scala"],
      Language(
        modifiers: [
          "public", "protected", "private", "internal", "static", "final", "abstract", "sealed",
          "open", "data", "override", "suspend", "partial", "async", "virtual", "case", "inline",
        ],
        keywords: [
          "class", "interface", "enum", "record", "struct", "object", "trait", "fun", "def", "void",
        ], hides: ["private"])
    ),
    (
      ["c", "h", "cc", "cpp", "cxx", "hpp", "hh", "hxx", "m", "cu"],
      Language(
        modifiers: ["extern", "inline", "constexpr", "static", "export"],
        keywords: ["#define", "struct", "class", "enum", "union", "typedef", "namespace", "using"],
        hides: ["static"], depth: 0, hasPrototypes: true)
    ),
    (
      ["rb", "ex", "exs"], Language(keywords: ["def", "class", "module", "defmodule", "defmacro"])
    ),
    (
      ["php"],
      Language(
        modifiers: ["public", "protected", "private", "static", "abstract", "final"],
        keywords: ["function", "class", "interface", "trait", "enum"], hides: ["private"])
    ),
    (["sh", "bash", "zsh", "lua"], Language(keywords: ["function"], depth: 0)),
    (
      ["sql"],
      Language(keywords: ["create", "CREATE", "alter", "ALTER", "drop", "DROP"], depth: 0)
    ),
    (
      ["proto", "graphql", "gql", "thrift"],
      Language(keywords: [
        "message", "service", "rpc", "enum", "type", "input", "interface", "union", "struct",
        "scalar",
      ])
    ),
  ]
}
