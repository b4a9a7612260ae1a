/// Finds the values of secrets in their forms, and what looks like one, in one pass over a text.
final class SecretMatcher: Sendable {
  /// What a word means that is found: the longest known name first.
  private let meanings: [Meaning]
  private let words: LiteralSet

  struct Meaning: Sendable {
    /// Nil for the value of a variable.
    let shape: SecretShape?
    /// What it is, as `the value of API_TOKEN`.
    let words: String
    /// What is written in its place.
    let mark: [UInt8]
    /// Whether no commit may hold it.
    let isCertain: Bool

    init(value name: String, isCertain: Bool) {
      shape = nil
      words = "the value of \(name)"
      mark = Array("[\(name)]".utf8)
      self.isCertain = isCertain
    }

    init(_ shape: SecretShape) {
      self.shape = shape
      let article = "AEIOaeiox".contains(shape.kind.prefix(1)) ? "an" : "a"
      words = "what looks like \(article) \(shape.kind)"
      mark = Array("[redacted: \(shape.kind)]".utf8)
      isCertain = shape.isCertain
    }
  }

  /// One that was found.
  struct Found {
    var range: Range<Int>
    /// Nil for what a piece before has the beginning of.
    var meaning: Meaning?
    /// The characters with which it may go on behind the end of the text.
    var open: [ByteSet] = []
    var rank = -1
  }

  init(_ values: [(name: String, value: [UInt8])]) {
    var (meanings, words): ([Meaning], [[UInt8]]) = ([], [])
    for (name, value) in values {
      let isCertain = SecretName.isSecret(name, value)
      for form in SecretForms.of(value) {
        meanings.append(Meaning(value: name, isCertain: isCertain))
        words.append(form)
      }
    }
    for shape in SecretShape.all {
      for beginning in shape.beginnings {
        meanings.append(Meaning(shape))
        words.append(Array(beginning.utf8))
      }
    }
    self.meanings = meanings
    self.words = LiteralSet(words)
    self.lengths = words.map(\.count)
  }

  private let lengths: [Int]

  /// All that begin in the text, in their order, those that overlap as one; and the place from
  /// which on it depends on what follows.
  func search(_ text: SecretText, with beginning: Found? = nil) -> (found: [Found], end: Int) {
    var found: [Found] = []
    var end = text.count
    words.search(text.bytes, from: text.lead) { word, place in
      let rest = place + lengths[word]
      let verdict =
        meanings[word].shape?.verdict(text, from: place, rest) ?? .found(place..<rest, open: nil)
      switch verdict {
      case .none: break
      case .undecided: end = min(end, place)
      case .found(let range, let open):
        found.append(
          Found(range: range, meaning: meanings[word], open: open.map { [$0] } ?? [], rank: word))
      }
    }
    if !text.isLast, let cut = words.cutPlace(text.bytes, from: text.lead) { end = min(end, cut) }
    if let beginning { found.append(beginning) }
    return (found.count > 1 ? Self.joined(found) : found, end)
  }

  private static func joined(_ found: [Found]) -> [Found] {
    let isApart = zip(found, found.dropFirst()).allSatisfy {
      $0.range.upperBound < $1.range.lowerBound
    }
    if isApart { return found }
    let sorted = found.sorted {
      if $0.range.lowerBound != $1.range.lowerBound {
        return $0.range.lowerBound < $1.range.lowerBound
      }
      // What goes on is the longest.
      if $0.meaning == nil || $1.meaning == nil { return $1.meaning != nil }
      if $0.range.count != $1.range.count { return $0.range.count > $1.range.count }
      return $0.rank < $1.rank
    }
    var result: [Found] = []
    for next in sorted {
      guard let last = result.last, next.range.lowerBound < last.range.upperBound else {
        result.append(next)
        continue
      }
      let end = max(last.range.upperBound, next.range.upperBound)
      result[result.count - 1].range = last.range.lowerBound..<end
      result[result.count - 1].open += next.open
    }
    return result
  }
}
