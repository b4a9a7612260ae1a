/// Brackets and braces that may be a glob or part of a name, as in `app/[id]/page.tsx`: a pattern
/// covers both.
extension ScopePattern {
  /// The pattern that means just the names with these characters; nil where there is but one way to
  /// read it.
  package var literalReading: ScopePattern? {
    guard let literal = ReadingWriter(text).literal(), let pattern = try? ScopePattern(literal),
      pattern.form != form
    else { return nil }
    return pattern
  }

  /// How just what the glob means is written; nil where that takes more than a short list.
  package var globReading: String? {
    ReadingWriter(text).glob()
  }

  /// The one path that the text spells: its own, or that of its literal reading; nil for a glob.
  package var spelledPath: String? {
    if case .path(let path) = form { return path }
    if case .path(let path)? = literalReading?.form { return path }
    return nil
  }

  /// The alternatives that the names with these characters are no part of.
  package func alternatives(without literal: ScopePattern) -> [[Segment]] {
    let named = Set(literal.alternatives)
    return alternatives.filter { !named.contains($0) }
  }

  /// The segment lists, one of which each covered path starts with.
  package var alternatives: [[Segment]] {
    switch form {
    case .globs(let alternatives): alternatives
    case .path(let path):
      [path.unicodeScalars.split(separator: "/").map { .name($0.map(\.value)) }]
    }
  }

  /// The path as a pattern that means just it.
  package static func quoted(_ path: String) -> String {
    var result = ""
    for scalar in path.unicodeScalars { result += quoted(scalar) }
    return result
  }

  fileprivate static func quoted(_ scalar: Unicode.Scalar) -> String {
    "*?[{}".unicodeScalars.contains(scalar) ? "[\(scalar)]" : String(scalar)
  }

  /// A pattern of one list of segments, its text for showing.
  package init(_ segments: [Segment]) {
    var names: [String] = []
    var isPath = true
    for (number, segment) in segments.enumerated() {
      switch segment {
      case .name(let scalars):
        names.append(Self.quoted(String(scalars: scalars)))
      case .anyDepth: names.append("**")
      case .glob(let glob):
        let isLast = number == segments.count - 1
        names.append(isLast && glob == .anything ? "**" : glob.text)
      }
      if case .name = segment { continue }
      isPath = false
    }
    text = names.isEmpty ? "." : names.joined(separator: "/")
    form = isPath ? .path(Self.path(segments)) : .globs([segments])
  }

  private static func path(_ segments: [Segment]) -> String {
    segments.compactMap { segment in
      if case .name(let scalars) = segment { String(scalars: scalars) } else { nil }
    }.joined(separator: "/")
  }
}

extension String {
  /// Scalars that are none are left out.
  package init(scalars: [UInt32]) {
    self = ""
    unicodeScalars.append(contentsOf: scalars.compactMap(Unicode.Scalar.init))
  }
}

extension SegmentGlob {
  /// As a bundle would have it, for showing.
  fileprivate var text: String {
    elements.map { element in
      switch element {
      case .scalar(let scalar): Unicode.Scalar(scalar).map(ScopePattern.quoted) ?? ""
      case .any: "?"
      case .star: "*"
      case .set(let set):
        "["
          + set.ranges.map { range in
            let ends = range.first == range.last ? [range.first] : [range.first, range.last]
            return ends.map { String(scalars: [$0]) }.joined(separator: "-")
          }.joined() + "]"
      }
    }.joined()
  }
}

/// Writes a pattern's text again, each class and each pair of braces in one of its two meanings.
private struct ReadingWriter {
  private let scalars: [Unicode.Scalar]

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  func literal() -> String? {
    var result = ""
    var place = 0
    let braces = plainBraces()
    while place < scalars.count {
      if scalars[place] == "[", let end = classEnd(place) {
        let part = scalars[place...end]
        let isName = part.count > 3 || Self.isWordLike(part[place + 1])
        result += isName ? part.map(ScopePattern.quoted).joined() : Self.text(part)
        place = end
      } else {
        let scalar = scalars[place]
        result += braces.contains(place) ? ScopePattern.quoted(scalar) : String(scalar)
      }
      place += 1
    }
    return result == Self.text(scalars[...]) ? nil : result
  }

  func glob() -> String? {
    var result = ""
    var place = 0
    let braces = plainBraces()
    while place < scalars.count {
      if scalars[place] == "[", let end = classEnd(place) {
        let inner = scalars[(place + 1)..<end]
        if inner.count > 1 {
          guard let list = Self.list(inner) else { return nil }
          result += list
        } else {
          let isWordLike = Self.isWordLike(inner[place + 1])
          result += Self.text(isWordLike ? inner : scalars[place...end])
        }
        place = end
      } else if !braces.contains(place) {
        result += String(scalars[place])
      }
      place += 1
    }
    return result
  }

  /// `id` as `{i,d}`; nil for ranges, for what is left without some, and for more than a few.
  private static func list(_ inner: ArraySlice<Unicode.Scalar>) -> String? {
    guard let first = inner.first, first != "!", first != "^", inner.count <= 8,
      inner.allSatisfy({ isWordLike($0) || $0 == "." })
    else { return nil }
    var once: [Unicode.Scalar] = []
    for scalar in inner where !once.contains(scalar) { once.append(scalar) }
    let list = once.map { String($0) }.joined(separator: ",")
    return once.count == 1 ? list : "{\(list)}"
  }

  private static func isWordLike(_ scalar: Unicode.Scalar) -> Bool {
    PatternParser.isWordLike(scalar.value)
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var result = String.UnicodeScalarView()
    result.append(contentsOf: scalars)
    return String(result)
  }

  /// Where the class that starts at `start` ends, as the parser reads it.
  private func classEnd(_ start: Int) -> Int? {
    var place = start + 1
    if place < scalars.count, scalars[place] == "!" || scalars[place] == "^" { place += 1 }
    let first = place
    while place < scalars.count {
      if scalars[place] == "]", place > first { return place }
      let isRange =
        place + 2 < scalars.count && scalars[place + 1] == "-" && scalars[place + 2] != "]"
      place += isRange ? 3 : 1
    }
    return nil
  }

  /// The places of braces that hold no choice.
  private func plainBraces() -> Set<Int> {
    var open: [(start: Int, isChoice: Bool)] = []
    var result: Set<Int> = []
    var place = 0
    while place < scalars.count {
      switch scalars[place] {
      case "[": place = classEnd(place) ?? place
      case "{": open.append((place, false))
      case ",": if !open.isEmpty { open[open.count - 1].isChoice = true }
      case "}":
        if let last = open.popLast(), !last.isChoice { result.formUnion([last.start, place]) }
      default: break
      }
      place += 1
    }
    return result
  }
}
