import UETModel

/// Finds which of many patterns overlap without looking at all pairs.
///
/// Two patterns can overlap only where the literal start of one is a prefix of the other's. In the
/// sorted list of literal starts (a path trie laid flat) the candidates of an entry are those on a
/// stack of its prefixes, so the work grows with the overlaps found, not with the square of the
/// patterns.
package struct ScopeIndex: Sendable {
  /// Pairs of overlapping patterns, the smaller index first, sorted.
  package private(set) var pairs: [Pair] = []
  /// Sets of patterns that were not told apart within the bound; each counts as overlapping in all
  /// its pairs, which errs on the safe side.
  package private(set) var coarse: [[Int]] = []

  package struct Pair: Hashable, Comparable, Sendable {
    package let left: Int
    package let right: Int

    init(_ one: Int, _ other: Int) { (left, right) = (min(one, other), max(one, other)) }

    package static func < (one: Pair, other: Pair) -> Bool {
      (one.left, one.right) < (other.left, other.right)
    }
  }

  /// Steps of the exact comparison that all patterns together may take.
  package static let defaultSteps = 4_000_000

  /// - Parameter matters: Whether an overlap of the two patterns of these indices is of interest.
  package init(
    _ patterns: [ScopePattern], steps: Int = defaultSteps, where matters: (Int, Int) -> Bool
  ) {
    var sweep = Sweep(patterns, steps: steps)
    sweep.run(where: matters)
    pairs = sweep.found.sorted()
    coarse = sweep.coarse()
  }
}

private struct Sweep {
  /// One alternative of one pattern, with its literal start in `keys`.
  struct Entry {
    let pattern: Int
    /// Nil for a pattern that is a plain path.
    let alternative: Int?
    let start: Int
    let end: Int
  }

  let patterns: [ScopePattern]
  var keys: [UInt8] = []
  var entries: [Entry] = []
  var found: [ScopeIndex.Pair] = []
  var steps: Int
  /// For each entry the bottom of the stack when it was met.
  var roots: [Int] = []
  var overflowed: Set<Int> = []
  private var seen: Set<ScopeIndex.Pair> = []

  init(_ patterns: [ScopePattern], steps: Int) {
    self.patterns = patterns
    self.steps = steps
    for (index, pattern) in patterns.enumerated() {
      switch pattern.form {
      case .path(let path): add(path: path, pattern: index)
      case .globs(let alternatives):
        for (place, segments) in alternatives.enumerated() {
          add(segments: segments, pattern: index, alternative: place)
        }
      }
    }
    sortEntries()
  }

  private mutating func add(path: String, pattern: Int) {
    let start = keys.count
    keys += path.utf8
    if !path.isEmpty { keys.append(UInt8(ascii: "/")) }
    entries.append(Entry(pattern: pattern, alternative: nil, start: start, end: keys.count))
  }

  private mutating func add(
    segments: [ScopePattern.Segment], pattern: Int, alternative: Int
  ) {
    let start = keys.count
    scan: for segment in segments {
      switch segment {
      case .anyDepth: break scan
      case .name(let name):
        append(name)
        keys.append(UInt8(ascii: "/"))
      case .glob(let glob):
        append(glob.literalPrefix)
        break scan
      }
    }
    entries.append(
      Entry(pattern: pattern, alternative: alternative, start: start, end: keys.count))
  }

  private mutating func append(_ scalars: [UInt32]) {
    for scalar in scalars.compactMap(Unicode.Scalar.init) { keys += String(scalar).utf8 }
  }

  private mutating func sortEntries() {
    let keys = self.keys
    keys.withUnsafeBufferPointer { bytes in
      entries.sort { left, right in
        let mine = UnsafeBufferPointer(rebasing: bytes[left.start..<left.end])
        let theirs = UnsafeBufferPointer(rebasing: bytes[right.start..<right.end])
        for place in 0..<min(mine.count, theirs.count) where mine[place] != theirs[place] {
          return mine[place] < theirs[place]
        }
        return mine.count != theirs.count
          ? mine.count < theirs.count
          : (left.pattern, left.alternative ?? -1) < (right.pattern, right.alternative ?? -1)
      }
    }
  }

  mutating func run(where matters: (Int, Int) -> Bool) {
    var stack: [Int] = []
    for current in entries.indices {
      while let top = stack.last, !isPrefix(entries[top], of: entries[current]) {
        stack.removeLast()
      }
      let root = stack.first ?? current
      roots.append(root)
      for other in stack where !overflowed.contains(root) {
        compare(other, current, root: root, where: matters)
      }
      stack.append(current)
    }
  }

  private func isPrefix(_ short: Entry, of long: Entry) -> Bool {
    let count = short.end - short.start
    guard count <= long.end - long.start else { return false }
    // What both start with was compared when the entries were sorted: unequal ends show first.
    var place = count
    while place > 0 {
      place -= 1
      if keys[short.start + place] != keys[long.start + place] { return false }
    }
    return true
  }

  private mutating func compare(
    _ one: Int, _ other: Int, root: Int, where matters: (Int, Int) -> Bool
  ) {
    let (left, right) = (entries[one], entries[other])
    guard left.pattern != right.pattern, matters(left.pattern, right.pattern) else { return }
    let pair = ScopeIndex.Pair(left.pattern, right.pattern)
    steps -= 1
    let areSimple = left.alternative == nil && right.alternative == nil
    guard steps > 0 else {
      overflowed.insert(root)
      return
    }
    if areSimple {
      found.append(pair)
      return
    }
    guard !seen.contains(pair) else { return }
    switch PatternOverlap.between(segments(left), segments(right), steps: &steps) {
    case .disjoint: break
    case .common:
      seen.insert(pair)
      found.append(pair)
    case .undecided: overflowed.insert(root)
    }
  }

  private func segments(_ entry: Entry) -> [ScopePattern.Segment] {
    patterns[entry.pattern].alternatives[entry.alternative ?? 0]
  }

  /// All patterns below each root that was given up.
  func coarse() -> [[Int]] {
    guard !overflowed.isEmpty else { return [] }
    var groups: [Int: Set<Int>] = [:]
    for (index, root) in roots.enumerated() where overflowed.contains(root) {
      groups[root, default: []].insert(entries[index].pattern)
    }
    return groups.sorted { $0.key < $1.key }.map { $0.value.sorted() }
  }
}
