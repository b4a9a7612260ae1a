/// A slow and simple matcher, written apart from the real one, to judge it by.
enum ReferencePattern {
  static func matches(_ pattern: String, _ path: String) -> Bool {
    expand(Array(pattern)).contains { text in
      let segments = String(text).split(separator: "/").map(Array.init).filter { $0 != ["."] }
      return match(segments[...], path.split(separator: "/").map(Array.init)[...])
    }
  }

  /// Replaces the first braces by each of their choices until none are left.
  private static func expand(_ text: [Character]) -> [[Character]] {
    guard let open = text.firstIndex(of: "{") else { return [text] }
    var depth = 0
    var cuts = [open]
    for place in open..<text.count {
      if text[place] == "{" { depth += 1 }
      if text[place] == "," && depth == 1 { cuts.append(place) }
      if text[place] == "}" {
        depth -= 1
        if depth == 0 {
          cuts.append(place)
          break
        }
      }
    }
    let rest = text[(cuts.last! + 1)...]
    return zip(cuts, cuts.dropFirst()).flatMap {
      expand(Array(text[..<open]) + text[($0 + 1)..<$1] + rest)
    }
  }

  private static func match(
    _ pattern: ArraySlice<[Character]>, _ names: ArraySlice<[Character]>
  ) -> Bool {
    guard let first = pattern.first else { return true }
    let rest = pattern.dropFirst()
    if first.allSatisfy({ $0 == "*" }), first.count > 1 {
      if rest.isEmpty { return !names.isEmpty }
      return (names.startIndex...names.endIndex).contains { match(rest, names[$0...]) }
    }
    guard !names.isEmpty else { return false }
    return (names.startIndex..<names.endIndex).contains { end in
      let joined = Array(names[names.startIndex...end].joined(separator: ["/"]))
      return matchText(first[...], joined[...]) && match(rest, names[(end + 1)...])
    }
  }

  private static func matchText(
    _ pattern: ArraySlice<Character>, _ text: ArraySlice<Character>
  ) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    let rest = pattern.dropFirst()
    switch first {
    case "*":
      let crosses = rest.first == "*"
      let after = rest.drop { $0 == "*" }
      if matchText(after, text) { return true }
      guard let next = text.first, crosses || next != "/" else { return false }
      return matchText(pattern, text.dropFirst())
    case "[":
      guard let next = text.first, next != "/", let end = rest.firstIndex(of: "]") else {
        return false
      }
      let body = rest[rest.startIndex..<end]
      let isIn = body.first == "!" ? !body.dropFirst().contains(next) : body.contains(next)
      return isIn && matchText(pattern[(end + 1)...], text.dropFirst())
    default:
      guard let next = text.first, next != "/", first == "?" || first == next else { return false }
      return matchText(rest, text.dropFirst())
    }
  }
}
