import UETModel

/// Decodes one document: collects every problem with its place, and goes on.
///
/// Each reading function gives nil after it has noted why.
struct Reading {
  private enum Step {
    case key(String)
    case index(Int)
  }

  let source: SourceText
  private(set) var diagnostics: [Diagnostic] = []
  private(set) var errorCount = 0
  private var path: [Step] = []
  /// Values come from texts, as in git's configuration: `8` may be a number and `no` false.
  let isText: Bool
  private var nearest = Nearest(budget: 2_000_000)

  /// How many problems of one file are listed.
  static let maximumDiagnostics = 1_000

  init(_ source: SourceText, isText: Bool = false) {
    self.source = source
    self.isText = isText
  }

  mutating func within<Result>(
    key: String, _ body: (inout Reading) -> Result
  ) -> Result {
    path.append(.key(key))
    defer { path.removeLast() }
    return body(&self)
  }

  mutating func within<Result>(
    index: Int, _ body: (inout Reading) -> Result
  ) -> Result {
    path.append(.index(index))
    defer { path.removeLast() }
    return body(&self)
  }

  /// Makes a member the value at hand until `leave`; for bodies that cannot be a closure.
  mutating func enter(key: String) { path.append(.key(key)) }

  mutating func leave() { path.removeLast() }

  /// The JSON pointer of the value being read.
  var pointer: String {
    var text = ""
    for step in path {
      switch step {
      case .key(let key): text += "/" + JSONPointer.escaped(key)
      case .index(let index): text += "/\(index)"
      }
    }
    return text
  }

  /// The innermost named field of the path, quoted; the document itself has none.
  private var subject: String {
    for (depth, step) in path.enumerated().reversed() {
      guard case .key(let key) = step else { continue }
      if depth == path.count - 1 { return key.quoted(limit: 60) }
      return "each entry of \(key.quoted(limit: 60))"
    }
    return path.isEmpty ? "the document" : "each entry of the list"
  }

  mutating func note(
    _ code: String, at offset: Int, _ message: String, hint: String? = nil,
    severity: Diagnostic.Severity = .error
  ) {
    if severity == .error { errorCount += 1 }
    guard diagnostics.count < Self.maximumDiagnostics else {
      noteOverflow(offset)
      return
    }
    diagnostics.append(
      Diagnostic(
        severity, code, source.place(at: offset, pointer: pointer), message, hint: hint))
  }

  private mutating func noteOverflow(_ offset: Int) {
    guard diagnostics.count == Self.maximumDiagnostics else { return }
    diagnostics.append(
      Diagnostic(
        .error, "too_many_problems", source.place(at: offset),
        "the file has more than \(Self.maximumDiagnostics) problems; the rest is not listed"))
  }

  /// Notes that the value at hand is of the wrong type.
  mutating func noteType(_ node: Node, wanted: String, hint: String? = nil) {
    note(
      "wrong_type", at: node.offset, "\(subject) must be \(wanted), not \(node.kindName)",
      hint: hint)
  }

  /// Notes that the value at hand has the right type, but is not allowed.
  mutating func noteValue(_ node: Node, _ rest: String, hint: String? = nil) {
    note("invalid_value", at: node.offset, "\(subject) \(rest)", hint: hint)
  }

  /// `; did you mean 'x'?`, or nothing.
  mutating func suggestion(for name: String, among names: [String]) -> String {
    // What is not listed any more needs no suggestion.
    if diagnostics.count >= Self.maximumDiagnostics { return "" }
    return nearest.name(for: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
  }
}

extension Reading {
  mutating func string(_ node: Node) -> String? {
    if case .string(let text) = node.value { return text }
    let isScalar =
      switch node.value {
      case .integer, .number, .bool: true
      default: false
      }
    noteType(node, wanted: "a string", hint: isScalar ? "quote it: \"...\"" : quotingHint(node))
    return nil
  }

  var isJSON: Bool { source.path.hasSuffix(".json") }

  /// What YAML makes of an unquoted text that holds `: ` or starts with `#`.
  private func quotingHint(_ node: Node) -> String? {
    if isJSON || isText { return nil }
    return switch node.value {
    case .object: "a text that holds ': ' or braces is an object in YAML; quote it"
    case .null: "a text that starts with '#' is a comment in YAML; quote it"
    case .array: "a text that starts with '[' or '- ' is a list in YAML; quote it"
    default: nil
    }
  }

  /// A string that is not empty and holds no NUL, as paths, arguments and scripts must.
  mutating func text(_ node: Node) -> String? {
    guard let text = string(node) else { return nil }
    if text.isEmpty {
      noteValue(node, "must not be empty")
      return nil
    }
    guard !text.utf8.contains(0) else {
      noteValue(node, "must not contain a NUL character")
      return nil
    }
    return text
  }

  /// A name: one line of printable text, 200 bytes at most.
  mutating func name(_ node: Node) -> String? {
    guard let text = text(node) else { return nil }
    guard Self.isPrintable(text) else {
      noteValue(node, "must not contain control characters")
      return nil
    }
    guard text.unicodeScalars.count <= 200 else {
      noteValue(node, "must not be longer than 200 characters")
      return nil
    }
    return text
  }

  /// Whether a text is one line without control characters.
  static func isPrintable(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: false
      default: true
      }
    }
  }

  mutating func bool(_ node: Node) -> Bool? {
    if case .bool(let value) = node.value { return value }
    guard case .string(let text) = node.value else {
      noteType(node, wanted: "true or false")
      return nil
    }
    let word = text.lowercased()
    let value: Bool? =
      switch word {
      case "true", "yes", "on", "1": true
      case "false", "no", "off", "0", "": false
      default: nil
      }
    if isText, let value { return value }
    let looksLikeBool = value != nil || word == "y" || word == "n"
    noteType(
      node, wanted: "true or false",
      hint: looksLikeBool ? "\(text.quoted(limit: 20)) is a text; write true or false" : nil)
    return nil
  }

  mutating func integer(_ node: Node, in range: ClosedRange<Int>) -> Int? {
    let value: Int?
    switch node.value {
    case .integer(let number): value = Int(number)
    case .number(let number): value = Int(exactly: number)
    case .string(let text) where isText: value = YAMLScalar.integer(text).map { Int($0) }
    default: value = nil
    }
    guard let value else {
      noteNumber(node, wanted: "a whole number")
      return nil
    }
    guard range.contains(value) else {
      noteValue(node, rangeText(value < range.lowerBound, range.lowerBound, range.upperBound))
      return nil
    }
    return value
  }

  mutating func number(_ node: Node, in range: ClosedRange<Double>) -> Double? {
    let value: Double?
    switch node.value {
    case .integer(let number): value = Double(number)
    case .number(let number): value = number
    case .string(let text) where isText: value = YAMLScalar.number(text)
    default: value = nil
    }
    guard let value else {
      noteNumber(node, wanted: "a number")
      return nil
    }
    guard range.contains(value) else {
      let isLow = value < range.lowerBound
      noteValue(node, rangeText(isLow, plain(range.lowerBound), plain(range.upperBound)))
      return nil
    }
    return value
  }

  private func rangeText(_ isLow: Bool, _ low: some Any, _ high: some Any) -> String {
    isLow ? "must be \(low) or more" : "must be \(high) or less"
  }

  private func plain(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }

  private mutating func noteNumber(_ node: Node, wanted: String) {
    if case .number(let value) = node.value {
      return note("wrong_type", at: node.offset, "\(subject) must be \(wanted), not \(value)")
    }
    guard case .string(let text) = node.value, let first = text.utf8.first,
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    else { return noteType(node, wanted: wanted) }
    let isOctal = first == UInt8(ascii: "0") && text.utf8.count > 1
    noteType(
      node, wanted: wanted,
      hint: isOctal
        ? "\(text.quoted(limit: 20)) is octal in some versions of YAML; write it without the leading 0"
        : "\(text.quoted(limit: 20)) is a text; write a bare number")
  }
}
