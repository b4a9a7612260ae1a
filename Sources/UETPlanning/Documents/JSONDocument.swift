import UETModel

/// Builds a located tree from JSON, no deeper than `Node.maximumDepth`.
struct JSONDocument {
  private var reader: JSONReader
  private let source: SourceText
  private var problems: [DocumentProblem] = []

  /// The tree, and the keys that appear twice (the first of each is kept).
  static func parse(
    _ source: SourceText
  ) throws(DocumentProblem) -> (Node, [DocumentProblem]) {
    var document = JSONDocument(reader: JSONReader(source.bytes), source: source)
    let root = try document.value(try document.next(nil), depth: 0, opened: nil)
    guard case .end = try document.next(nil) else {
      throw document.problem(.trailingContent, at: document.reader.tokenStart)
    }
    return (root, document.problems)
  }

  /// The next token; `opened` is where the innermost open container starts.
  private mutating func next(_ opened: Int?) throws(DocumentProblem) -> JSONReader.Token {
    do { return try reader.next() } catch { throw problem(error.reason, at: error.offset) }
  }

  private mutating func value(
    _ token: JSONReader.Token, depth: Int, opened: Int?
  ) throws(DocumentProblem) -> Node {
    let start = reader.tokenStart
    switch token {
    case .null: return Node(.null, at: start)
    case .bool(let value): return Node(.bool(value), at: start)
    case .integer(let value): return Node(.integer(value), at: start)
    case .number(let value): return Node(.number(value), at: start)
    case .string(let value): return Node(.string(value), at: start)
    case .arrayStart:
      guard depth < Node.maximumDepth else { throw .tooDeep(at: start) }
      return Node(.array(try elements(depth: depth + 1, opened: start)), at: start)
    case .objectStart:
      guard depth < Node.maximumDepth else { throw .tooDeep(at: start) }
      return Node(.object(try members(depth: depth + 1, opened: start)), at: start)
    default: throw unexpected(token, wanted: "a value", opened)
    }
  }

  private mutating func elements(
    depth: Int, opened: Int
  ) throws(DocumentProblem) -> [Node] {
    var result: [Node] = []
    var token = try next(opened)
    if case .arrayEnd = token { return result }
    while true {
      result.append(try value(token, depth: depth, opened: opened))
      token = try next(opened)
      if case .arrayEnd = token { return result }
      guard case .comma = token else { throw unexpected(token, wanted: "',' or ']'", opened) }
      token = try next(opened)
    }
  }

  private mutating func members(
    depth: Int, opened: Int
  ) throws(DocumentProblem) -> [Node.Member] {
    var result: [Node.Member] = []
    result.reserveCapacity(4)
    var keys = KeySet()
    var token = try next(opened)
    if case .objectEnd = token { return result }
    while true {
      guard case .string(let key) = token else {
        throw unexpected(token, wanted: "a key in double quotes", opened)
      }
      let keyOffset = reader.tokenStart
      token = try next(opened)
      guard case .colon = token else { throw unexpected(token, wanted: "':'", opened) }
      let value = try value(try next(opened), depth: depth, opened: opened)
      if let first = keys.insert(key, in: result) {
        noteDuplicate(key, at: keyOffset, first: Int(result[first].keyOffset))
      } else {
        result.append(Node.Member(key: key, keyOffset: keyOffset, value: value))
      }
      token = try next(opened)
      if case .objectEnd = token { return result }
      guard case .comma = token else { throw unexpected(token, wanted: "',' or '}'", opened) }
      token = try next(opened)
    }
  }

  private mutating func noteDuplicate(_ key: String, at offset: Int, first: Int) {
    var problem = DocumentProblem.duplicateKey(
      key, at: offset, firstLine: source.place(at: first).line)
    problem.related = first
    problems.append(problem)
  }
}

extension JSONDocument {
  /// Tells whether a key is new: by comparing while there are few, by a table afterwards.
  private struct KeySet {
    private var places: [String: Int]?

    /// The index of the member that has the key already; nil when it is new.
    mutating func insert(_ key: String, in members: [Node.Member]) -> Int? {
      if var table = places.take() {
        let known = table[key]
        if known == nil { table[key] = members.count }
        places = table
        return known
      }
      if let known = members.firstIndex(where: { $0.key == key }) { return known }
      if members.count == 32 {
        var table: [String: Int] = [:]
        for (index, member) in members.enumerated() { table[member.key] = index }
        table[key] = members.count
        places = table
      }
      return nil
    }
  }

  private func unexpected(
    _ token: JSONReader.Token, wanted: String, _ opened: Int?
  ) -> DocumentProblem {
    let offset = reader.tokenStart
    if case .end = token {
      let place = opened.map { source.place(at: $0) }
      return DocumentProblem(
        "truncated", "the file ends where \(wanted) was expected", at: offset,
        hint: place.map { "what opens on line \($0.line), column \($0.column) is never closed" })
    }
    return DocumentProblem(
      "invalid_json", "expected \(wanted), found \(excerpt(at: offset))", at: offset)
  }

  private func problem(_ reason: JSONError.Reason, at offset: Int) -> DocumentProblem {
    switch reason {
    case .unexpectedCharacter: return unexpectedCharacter(at: offset)
    case .controlCharacter:
      return DocumentProblem(
        "control_character", "control character \(excerpt(at: offset)) in a string", at: offset,
        hint: "write it as an escape, such as \\n or \\u001b")
    case .unterminatedString:
      return DocumentProblem(
        "truncated", "the string that starts here has no closing quote", at: offset)
    case .trailingContent:
      return DocumentProblem(
        "invalid_json", "more content follows the end of the document", at: offset)
    default:
      return DocumentProblem("invalid_json", JSONError(reason, at: offset).description, at: offset)
    }
  }

  private func unexpectedCharacter(at offset: Int) -> DocumentProblem {
    let byte = source.bytes[offset]
    let hint: String? =
      switch byte {
      case UInt8(ascii: "'"): "JSON strings stand in double quotes"
      case UInt8(ascii: "/"), UInt8(ascii: "#"): "JSON has no comments"
      default: nil
      }
    return DocumentProblem(
      byte < 0x20 || byte == 0x7F ? "control_character" : "invalid_json",
      "unexpected \(excerpt(at: offset))", at: offset, hint: hint)
  }

  /// The character or word at `offset`, quoted.
  private func excerpt(at offset: Int) -> String {
    let rest = source.bytes[offset...].prefix(40)
    let isWord = { (byte: UInt8) in
      byte >= 0x80 || byte == UInt8(ascii: "_")
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF)
    }
    let word = rest.prefix(while: isWord)
    return String(decoding: word.isEmpty ? rest.prefix(1) : word, as: UTF8.self).quoted(limit: 20)
  }
}
