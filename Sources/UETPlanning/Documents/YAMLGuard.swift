/// Refuses YAML whose aliases would take the parser unbounded time or stack.
///
/// Yams resolves an alias by sharing the anchored node, so a tree of shared nodes can be
/// exponentially large, or as deep as there are anchors, although the text is short. Walking it is
/// bounded later; but Yams hashes the keys of each mapping and releases nodes recursively, and
/// neither has a bound. The estimates here look at bytes alone and err on the safe side.
enum YAMLGuard {
  /// Nested nodes that are surely released within a small thread's stack.
  private static let depthBudget = 4_000
  /// Nodes that may be hashed for the keys of a file.
  private static let keyBudget = 50_000_000.0

  /// Directives of a file: the parser compares each with all before it.
  private static let directiveBudget = 64

  static func check(_ bytes: [UInt8]) throws(DocumentProblem) {
    try checkDirectives(bytes)
    guard bytes.contains(UInt8(ascii: "&")), bytes.contains(UInt8(ascii: "*")) else { return }
    let names = references(in: bytes)
    guard let first = names.firstAnchor, names.aliases > 0 else { return }
    if names.anchors * nesting(of: bytes) > depthBudget {
      throw tooComplex("anchors could nest too deeply", at: first)
    }
    // At worst, three aliases of each anchor: every three make the text three times as large.
    var size = Double(bytes.count)
    for _ in 0..<min(names.aliases, 300) / 3 + 1 { size *= 3 }
    if size > keyBudget, let key = complexKey(in: bytes) {
      throw tooComplex("aliases could make a key too large", at: key)
    }
  }

  private static func checkDirectives(_ bytes: [UInt8]) throws(DocumentProblem) {
    guard bytes.contains(UInt8(ascii: "%")) else { return }
    var count = 0
    for index in bytes.indices where bytes[index] == UInt8(ascii: "%") {
      guard bytes[(index + 1)...].prefix(3).elementsEqual("TAG".utf8) else { continue }
      guard index == 0 || bytes[index - 1] == 0x0A || bytes[index - 1] == 0x0D else { continue }
      count += 1
      guard count <= directiveBudget else {
        throw DocumentProblem("yaml_too_complex", "too many %TAG directives", at: index)
      }
    }
  }

  private static func tooComplex(_ what: String, at offset: Int) -> DocumentProblem {
    DocumentProblem(
      "yaml_too_complex", "too many anchors and aliases: \(what)", at: offset,
      hint: "write the values out, or use fewer anchors")
  }

  private struct References {
    var anchors = 0
    var aliases = 0
    var firstAnchor: Int?
  }

  /// Counts what may be an anchor that is used, and what may be an alias of one.
  private static func references(in bytes: [UInt8]) -> References {
    var anchored: [ArraySlice<UInt8>: Int] = [:]
    var used: [ArraySlice<UInt8>: Int] = [:]
    var firstPlace: [ArraySlice<UInt8>: Int] = [:]
    for index in bytes.indices
    where bytes[index] == UInt8(ascii: "&") || bytes[index] == UInt8(ascii: "*") {
      let name = bytes[(index + 1)...].prefix(while: isNameByte)
      if name.isEmpty { continue }
      if bytes[index] == UInt8(ascii: "*") {
        used[name, default: 0] += 1
      } else {
        anchored[name, default: 0] += 1
        firstPlace[name] = firstPlace[name] ?? index
      }
    }
    var result = References()
    for (name, count) in anchored {
      guard let aliases = used[name] else { continue }
      result.anchors += count
      result.aliases += aliases
      result.firstAnchor = min(result.firstAnchor ?? .max, firstPlace[name] ?? .max)
    }
    return result
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

extension YAMLGuard {
  /// An upper bound of how deep the text itself nests, brackets and indentation taken together.
  private static func nesting(of bytes: [UInt8]) -> Int {
    var (open, mostOpen, mostIndented) = (0, 0, 0)
    var indents: [Int] = []
    var (column, atStart) = (0, true)
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        open += 1
        mostOpen = max(mostOpen, open)
      case UInt8(ascii: "]"), UInt8(ascii: "}"): open = max(0, open - 1)
      default: break
      }
      if byte == 0x0A || byte == 0x0D {
        (column, atStart) = (0, true)
        continue
      }
      if atStart, byte != 0x20 {
        while let last = indents.last, last > column { indents.removeLast() }
        if indents.last != column { indents.append(column) }
        mostIndented = max(mostIndented, indents.count)
        atStart = [UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"), 0x09].contains(byte)
      }
      column += 1
    }
    // A list may stand at the column of its key: two levels for one indent.
    return mostOpen + 2 * mostIndented + 2
  }

  /// The first place that may be a key which is an alias or a collection.
  private static func complexKey(in bytes: [UInt8]) -> Int? {
    var candidate: Int?
    for index in bytes.indices {
      switch bytes[index] {
      case UInt8(ascii: "?"): return index
      case UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "*"): candidate = index
      case UInt8(ascii: ":"):
        if let candidate { return candidate }
      case 0x20, 0x09: break
      default:
        if !isNameByte(bytes[index]) { candidate = nil }
      }
    }
    return nil
  }
}
