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
        if left.isEmpty, isTaskLine, word == .blocks { left = [nil] }
        for first in left {
          result += right.map { Found(from: $0, to: first) }
        }
      default: break
      }
    }
    return result.filter { $0.from != $0.to }
  }

  private static func mayHold(_ text: String) -> Bool {
    let lower = text.lowercased()
    return ["depend", "require", "after", "block", "before", "->", "→", "needs"].contains {
      lower.contains($0)
    }
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
    while let first = rest.first {
      if let id = readID(rest) {
        rest = rest.dropFirst(id.count)
        if let (end, length) = rangeEnd(rest, like: id) {
          result.append(.range(String(id), end))
          rest = rest.dropFirst(length)
        } else {
          result.append(.id(String(id)))
        }
      } else if first == "→" || rest.hasPrefix("->") || rest.hasPrefix("=>") {
        result.append(.arrow)
        rest = rest.dropFirst(first == "→" ? 1 : 2)
      } else if first.isLetter || first.isNumber {
        let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "'" || $0 == "_" }
        rest = rest.dropFirst(word.count)
        result.append(Self.meaning(word.lowercased()))
      } else {
        if ",&+()[]*`:/".contains(first) { result.append(.list) }
        if ";.".contains(first) { result.append(.other) }
        rest = rest.dropFirst()
      }
    }
    return result
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

  private static func meaning(_ word: String) -> Word {
    switch word {
    case "depends", "depend", "requires", "require", "after", "needs", "depending": .needs
    case "blocks", "before", "unblocks", "precedes": .blocks
    case "and", "on", "upon", "task", "tasks", "or", "all", "of", "completion": .list
    default: .other
    }
  }
}
