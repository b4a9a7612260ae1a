import UETModel

/// Reads what `git merge-tree --write-tree -z --messages` prints.
struct MergeOutput {
  private var fields: ArraySlice<ArraySlice<UInt8>>

  init(_ bytes: [UInt8]) {
    fields = bytes.split(separator: 0, omittingEmptySubsequences: false)[...]
  }

  /// The result; nil where the bytes are not what git prints.
  static func parse(_ bytes: [UInt8], isClean: Bool) -> MergeResult? {
    var reader = MergeOutput(bytes)
    guard let first = reader.fields.popFirst(), let tree = ObjectID(hexadecimal: first) else {
      return nil
    }
    if isClean { return .clean(tree: tree) }
    guard let paths = reader.paths(), let messages = reader.messages() else { return nil }
    return .conflict(tree: tree, paths: paths, messages: messages)
  }

  /// One answer of `git merge-tree --stdin`: the status, then as above, messages in any case.
  static func parseAnswer(_ bytes: [UInt8]) -> MergeResult? {
    guard let zero = bytes.firstIndex(of: 0) else { return nil }
    return switch bytes[..<zero] {
    case [UInt8(ascii: "1")]: parse(Array(bytes[(zero + 1)...]), isClean: true)
    case [UInt8(ascii: "0")]: parse(Array(bytes[(zero + 1)...]), isClean: false)
    default: nil
    }
  }

  /// `MODE ID STAGE<TAB>PATH` each, up to an empty field; the stages of a path follow each other.
  private mutating func paths() -> [ConflictedPath]? {
    // Bytes, not text: `String` takes a name composed and one decomposed for the same.
    var order: [[UInt8]] = []
    var stages: [[UInt8]: [Int: PathChange.Side]] = [:]
    while let field = fields.popFirst(), !field.isEmpty {
      guard let tab = field.firstIndex(of: UInt8(ascii: "\t")) else { return nil }
      let words = field[..<tab].split(separator: UInt8(ascii: " "))
      let path = Array(field[(tab + 1)...])
      guard words.count == 3, let id = ObjectID(hexadecimal: words[1]),
        let raw = UInt32(String(decoding: words[0], as: UTF8.self), radix: 8),
        let mode = FileMode(raw: raw), let stage = Int(String(decoding: words[2], as: UTF8.self))
      else { return nil }
      if stages[path] == nil { order.append(path) }
      stages[path, default: [:]][stage] = PathChange.Side(mode: mode, id: id)
    }
    return order.map { path in
      let sides = stages[path] ?? [:]
      return ConflictedPath(
        path: String(decoding: path, as: UTF8.self), base: sides[1], ours: sides[2],
        theirs: sides[3])
    }
  }

  /// `COUNT`, that many paths, the kind, and the text each, to the end.
  private mutating func messages() -> [MergeMessage]? {
    var result: [MergeMessage] = []
    while let field = fields.popFirst(), !field.isEmpty {
      // Advice on submodules has no number before it and comes last.
      guard let count = Int(String(decoding: field, as: UTF8.self)) else { return result }
      guard count >= 0, fields.count >= count + 2 else { return nil }
      let texts = fields.prefix(count + 2).map { String(decoding: $0, as: UTF8.self) }
      fields = fields.dropFirst(count + 2)
      let text = texts[count + 1]
      result.append(
        MergeMessage(
          kind: texts[count], paths: Array(texts[..<count]),
          text: text.hasSuffix("\n") ? String(text.dropLast()) : text))
    }
    return result
  }
}
