/// Dependencies that are written in words, as few tools have a place for them: `depends on T003`,
/// `after 1.2`, `T003 blocks T004-T006`, `T006 → T009`.
struct ProseEdges {
  /// Reads an id at the start of a text; the length in characters, and the id.
  let readID: (Substring) -> Substring?

  struct Found: Hashable {
    /// What waits; nil stands for the task in whose line it is written.
    var from: String?
    /// What it waits for; nil likewise.
    var to: String?
  }

  private enum Word: Equatable {
    case id(String)
    case range(String, String)
    case needs, blocks, arrow, list, other
  }

  /// What a line says. On the line of a task `A depends on B` may leave out A.
  func found(in text: String, isTaskLine: Bool) -> [Found] {
    guard Self.mayHold(text) else { return [] }
    let words = words(text)
    var result: [Found] = []
    for (place, word) in words.enumerated() {
      let right = ids(words[(place + 1)...])
      guard !right.isEmpty else { continue }
      switch word {
      case .needs:
        let left = isTaskLine ? [] : ids(words[..<place].reversed())
        if isTaskLine { result += right.map { Found(from: nil, to: $0) } }
        for from in left { result += right.map { Found(from: from, to: $0) } }
      case .blocks, .arrow:
        var left = ids(words[..<place].reversed()).map(Optional.some)
        // "after T001 and before T003" says both of the task itself.
        let isOwn = left.isEmpty || Self.follow(.needs, words[..<place])
        if isOwn, isTaskLine, word == .blocks { left = [nil] }
        for first in left {
          result += right.map { Found(from: $0, to: first) }
        }
      default: break
      }
    }
    return result.filter { $0.from != $0.to }
  }

  /// Whether one of the words that say an order is there: most lines have none.
  private static func mayHold(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      for index in bytes.indices {
        let rest = bytes[index...]
        let isFound: Bool =
          switch bytes[index] | 0x20 {
          case UInt8(ascii: "d"): starts(rest, "depend")
          case UInt8(ascii: "r"): starts(rest, "require")
          case UInt8(ascii: "a"): starts(rest, "after")
          case UInt8(ascii: "b"): starts(rest, "block") || starts(rest, "before")
          case UInt8(ascii: "n"): starts(rest, "needs")
          case UInt8(ascii: "p"): starts(rest, "precede")
          case UInt8(ascii: "-"), UInt8(ascii: "="): starts(rest, "->") || starts(rest, "=>")
          case 0xE2 | 0x20: starts(rest, "\u{2192}")
          default: false
          }
        if isFound { return true }
      }
      return false
    }
  }

  /// Whether bytes start with a word, whatever its case.
  private static func starts(
    _ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ word: StaticString
  ) -> Bool {
    guard bytes.count >= word.utf8CodeUnitCount else { return false }
    for place in 0..<word.utf8CodeUnitCount {
      let (own, wanted) = (bytes[bytes.startIndex + place], word.utf8Start[place])
      if own != wanted, !(own.isLetter && own | 0x20 == wanted) { return false }
    }
    return true
  }

  /// Whether the ids that words end with stand right behind a word of that kind.
  private static func follow(_ kind: Word, _ words: ArraySlice<Word>) -> Bool {
    let before = words.last { word in
      switch word {
      case .id, .range, .list: false
      default: true
      }
    }
    return before == kind
  }

  /// The ids right beside a word, with what joins them.
  private func ids(_ words: some Sequence<Word>) -> [String] {
    var result: [String] = []
    for word in words {
      switch word {
      case .id(let id): result.append(id)
      case .range(let first, let last): result += Self.expanded(first, last)
      case .list: continue
      default: return result
      }
    }
    return result
  }

  /// `T004-T006` is T004, T005, T006; what is no such row is its two ends.
  private static func expanded(_ first: String, _ last: String) -> [String] {
    let digits = { (text: String) in String(text.reversed().prefix { $0.isNumber }.reversed()) }
    let (low, high) = (digits(first), digits(last))
    let head = first.dropLast(low.count)
    let lastHead = last.dropLast(high.count)
    guard let start = Int(low), let end = Int(high), start <= end, end - start < 1000,
      head == lastHead || lastHead.isEmpty
    else { return [first, last] }
    return (start...end).map { number in
      let text = String(number)
      return head + String(repeating: "0", count: max(0, low.count - text.count)) + text
    }
  }

  private func words(_ text: String) -> [Word] {
    var result: [Word] = []
    var rest = text[...]
    while let first = rest.utf8.first {
      if first.isLetter || first.isDigit, let id = readID(rest) {
        rest = rest[id.endIndex...]
        if let (end, length) = rangeEnd(rest, like: id) {
          result.append(.range(String(id), end))
          rest = rest.dropFirst(length)
        } else {
          result.append(.id(String(id)))
        }
      } else if rest.hasPrefix("\u{2192}") {
        result.append(.arrow)
        rest = rest.dropFirst()
      } else if first == UInt8(ascii: "-") || first == UInt8(ascii: "="),
        rest.utf8.dropFirst().first == UInt8(ascii: ">")
      {
        result.append(.arrow)
        rest = Substring(rest.utf8.dropFirst(2))
      } else if Self.isWord(first) {
        let word = rest.utf8.prefix { Self.isWord($0) }
        rest = Substring(rest.utf8.dropFirst(word.count))
        result.append(Self.meaning(Substring(word)))
      } else {
        if Self.joins(first) { result.append(.list) }
        if first == UInt8(ascii: ";") || first == UInt8(ascii: ".") || first >= 0x80 {
          result.append(.other)
        }
        // By whole scalars: a dash may have three bytes.
        rest = Substring(rest.unicodeScalars.dropFirst())
      }
    }
    return result
  }

  /// A byte of a word; what is not ASCII counts as a letter, but for what begins as the arrow does,
  /// dashes among it.
  private static func isWord(_ byte: UInt8) -> Bool {
    byte.isWordByte || byte == UInt8(ascii: "'") || (byte >= 0x80 && byte != 0xE2)
  }

  private static func joins(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "&"), UInt8(ascii: "+"), UInt8(ascii: "("),
      UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "*"),
      UInt8(ascii: "`"), UInt8(ascii: ":"), UInt8(ascii: "/"):
      true
    default: false
    }
  }

  private func rangeEnd(_ rest: Substring, like id: Substring) -> (String, Int)? {
    let blanks = rest.prefix { $0 == " " }.count
    let after = rest.dropFirst(blanks)
    guard let dash = after.first, dash == "-" || dash == "–" || dash == "—",
      !after.hasPrefix("->")
    else { return nil }
    let more = after.dropFirst().prefix { $0 == " " }.count
    guard let end = readID(after.dropFirst(1 + more)) else { return nil }
    return (String(end), blanks + 1 + more + end.count)
  }

  private static func meaning(_ word: Substring) -> Word {
    guard word.utf8.count <= 10 else { return .other }
    return switch word.lowercased() {
    case "depends", "depend", "requires", "require", "after", "needs", "depending": .needs
    case "blocks", "before", "unblocks", "precedes": .blocks
    case "and", "on", "upon", "task", "tasks", "or", "all", "of", "completion": .list
    default: .other
    }
  }
}
