/// One element of a pattern without braces.
enum PatternUnit: Hashable {
  case element(SegmentGlob.Element)
  /// A class such as `[id]`, which may as well be meant as what stands there: a name of brackets.
  case bracket(SegmentGlob.Element, literal: [UInt32])
  case separator
  /// `**`: crosses separators.
  case deepStar

  var element: SegmentGlob.Element? {
    switch self {
    case .element(let element), .bracket(let element, _): element
    case .separator, .deepStar: nil
    }
  }

  private var isBracket: Bool { if case .bracket = self { true } else { false } }

  private var literal: [PatternUnit] {
    if case .bracket(_, let literal) = self {
      literal.map { .element(.scalar($0)) }
    } else {
      [self]
    }
  }

  /// The ways to take brackets: those of one name all as classes or all as what stands there, or,
  /// with `each` false or very many of them, those of all names.
  static func readings(_ units: [PatternUnit], each: Bool) -> [[PatternUnit]] {
    let names = units.split(separator: .separator, omittingEmptySubsequences: false)
    let places = names.indices.filter { names[$0].contains(where: \.isBracket) }
    guard !places.isEmpty else { return [units] }
    func reading(_ isLiteral: (Int) -> Bool) -> [PatternUnit] {
      var result: [PatternUnit] = []
      for (index, name) in names.enumerated() {
        if index > 0 { result.append(.separator) }
        let number = places.firstIndex(of: index)
        result += number.map(isLiteral) == true ? name.flatMap(\.literal) : Array(name)
      }
      return result
    }
    guard each, places.count <= 4 else { return [reading { _ in false }, reading { _ in true }] }
    return (0..<(1 << places.count)).map { mask in reading { mask & (1 << $0) != 0 } }
  }

  /// Makes stars that touch one unit, and then each `**` stand alone between separators:
  /// `a**b` is `a*b` or `a*/**/*b`.
  static func splittingDeepStars(
    _ units: [PatternUnit]
  ) throws(ScopePattern.Problem) -> [[PatternUnit]] {
    var merged: [PatternUnit] = []
    for unit in units {
      let isStar = unit == .element(.star) || unit == .deepStar
      if isStar, let last = merged.last, last == .element(.star) || last == .deepStar {
        merged[merged.count - 1] = .deepStar
      } else {
        merged.append(unit)
      }
    }
    var results: [[PatternUnit]] = [[]]
    for (index, unit) in merged.enumerated() {
      let isAlone =
        (index == 0 || merged[index - 1] == .separator)
        && (index == merged.count - 1 || merged[index + 1] == .separator)
      if unit == .deepStar, !isAlone {
        let star = PatternUnit.element(.star)
        results =
          results.map { $0 + [star] }
          + results.map { $0 + [star, .separator, .deepStar, .separator, star] }
      } else {
        for place in results.indices { results[place].append(unit) }
      }
      guard results.count <= ScopePattern.Limit.alternatives,
        results.count * merged.count <= ScopePattern.Limit.units
      else { throw .tooComplex }
    }
    return results
  }
}

/// Reads a pattern's text into its alternatives without braces.
struct PatternParser {
  private let scalars: [Unicode.Scalar]
  private var place = 0

  private init(_ text: String) { scalars = Array(text.unicodeScalars) }

  static func alternatives(of text: String) throws(ScopePattern.Problem) -> [[PatternUnit]] {
    var parser = PatternParser(text)
    let result = try parser.sequence(depth: 0)
    guard parser.place == parser.scalars.count else { throw .unbalanced }
    return result
  }

  /// What can stand up to the next `,` or `}` of the enclosing braces, or up to the end.
  private mutating func sequence(depth: Int) throws(ScopePattern.Problem) -> [[PatternUnit]] {
    var results: [[PatternUnit]] = [[]]
    while place < scalars.count {
      let scalar = scalars[place]
      if scalar == "}" || (scalar == "," && depth > 0) { return results }
      place += 1
      if scalar == "{" {
        guard depth < ScopePattern.Limit.nesting else { throw .tooComplex }
        results = try Self.product(results, try choices(depth: depth + 1))
      } else {
        let unit = try unit(scalar)
        for index in results.indices { results[index].append(unit) }
        try Self.check(results)
      }
    }
    return results
  }

  private mutating func choices(depth: Int) throws(ScopePattern.Problem) -> [[PatternUnit]] {
    var results: [[PatternUnit]] = []
    var isChoice = false
    while true {
      results += try sequence(depth: depth)
      try Self.check(results)
      guard place < scalars.count else { throw .unbalanced }
      place += 1
      if scalars[place - 1] == "}" { return isChoice ? results : try Self.orName(results) }
      isChoice = true
    }
  }

  /// Braces with no choice in them may as well be part of a name, as in `{{name}}/x`.
  private static func orName(
    _ inner: [[PatternUnit]]
  ) throws(ScopePattern.Problem) -> [[PatternUnit]] {
    var results = inner
    for units in inner {
      let name = [.element(.scalar(0x7B))] + units + [.element(.scalar(0x7D))]
      if !results.contains(name) { results.append(name) }
    }
    try check(results)
    return results
  }

  private static func product(
    _ left: [[PatternUnit]], _ right: [[PatternUnit]]
  ) throws(ScopePattern.Problem) -> [[PatternUnit]] {
    guard left.count * right.count <= ScopePattern.Limit.alternatives else { throw .tooComplex }
    var results: [[PatternUnit]] = []
    for start in left {
      for end in right { results.append(start + end) }
    }
    try check(results)
    return results
  }

  private static func check(_ results: [[PatternUnit]]) throws(ScopePattern.Problem) {
    guard results.count <= ScopePattern.Limit.alternatives,
      results.reduce(0, { $0 + $1.count }) <= ScopePattern.Limit.units
    else { throw .tooComplex }
  }

  private mutating func unit(_ scalar: Unicode.Scalar) throws(ScopePattern.Problem) -> PatternUnit {
    switch scalar {
    case "/", "\\": return .separator
    case "?": return .element(.any)
    case "*": return .element(.star)
    case "[":
      let start = place - 1
      let set = try scalarClass()
      let element = set.single.map(SegmentGlob.Element.scalar) ?? .set(set)
      let literal = scalars[start..<place].map(\.value)
      // `[*]` is how a special character is written, and so is no name.
      if literal.count == 3, !Self.isWordLike(literal[1]) { return .element(element) }
      return .bracket(element, literal: literal)
    default: return .element(.scalar(scalar.value))
    }
  }

  static func isWordLike(_ scalar: UInt32) -> Bool {
    scalar >= 0x80 || scalar == 0x5F || (0x30...0x39).contains(scalar)
      || (0x61...0x7A).contains(scalar | 0x20)
  }

  /// The rest of a class after its `[`; a `]` that comes first stands for itself.
  private mutating func scalarClass() throws(ScopePattern.Problem) -> ScalarSet {
    var parts: [(first: UInt32, last: UInt32)] = []
    let negated = place < scalars.count && (scalars[place] == "!" || scalars[place] == "^")
    if negated { place += 1 }
    let start = place
    while place < scalars.count {
      let scalar = scalars[place]
      if scalar == "/" || scalar == "\\" { throw .unbalanced }
      place += 1
      if scalar == "]", place - 1 > start { return ScalarSet(of: parts, negated: negated) }
      if place + 1 < scalars.count, scalars[place] == "-", scalars[place + 1] != "]" {
        let last = scalars[place + 1]
        if last == "/" || last == "\\" { throw .unbalanced }
        parts.append((scalar.value, last.value))
        place += 2
      } else {
        parts.append((scalar.value, scalar.value))
      }
    }
    throw .unbalanced
  }
}
