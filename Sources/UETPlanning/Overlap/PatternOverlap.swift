import UETModel

/// Whether some path is covered by both of two patterns.
package enum PatternOverlap: Hashable, Sendable {
  case disjoint
  /// They overlap; the path is a shortest one that both cover.
  case common(witness: String)
  /// The search ran out of steps; to be on the safe side they count as overlapping.
  case undecided

  package var mayOverlap: Bool { self != .disjoint }

  /// Decides by intersecting the two languages over valid paths: exact within `steps`, which are
  /// used up by hostile patterns only.
  package static func between(
    _ left: ScopePattern, _ right: ScopePattern, steps: inout Int
  ) -> PatternOverlap {
    if case .path(let mine) = left.form, case .path(let theirs) = right.form {
      if right.matches(mine) { return .common(witness: mine.isEmpty ? "x" : mine) }
      if left.matches(theirs) { return .common(witness: theirs) }
      return .disjoint
    }
    for mine in left.alternatives {
      for theirs in right.alternatives {
        let result = between(mine, theirs, steps: &steps)
        if result != .disjoint { return result }
      }
    }
    return .disjoint
  }

  package static func between(_ left: ScopePattern, _ right: ScopePattern) -> PatternOverlap {
    var steps = defaultSteps
    return between(left, right, steps: &steps)
  }

  /// Enough for any two patterns that people write.
  package static let defaultSteps = 20_000_000

  static func between(
    _ left: [ScopePattern.Segment], _ right: [ScopePattern.Segment], steps: inout Int
  ) -> PatternOverlap {
    var search = PathSearch(left: left, right: right)
    if let names = search.run(steps: &steps) {
      return .common(witness: names.map(text).joined(separator: "/"))
    }
    return steps > 0 ? .disjoint : .undecided
  }

  private static func text(_ scalars: [UInt32]) -> String {
    var result = ""
    result.unicodeScalars.append(contentsOf: scalars.compactMap(Unicode.Scalar.init))
    return result
  }
}

/// Breadth-first walk over pairs of places in two segment lists. At its end a list accepts any
/// further name, for a pattern covers what is below it.
private struct PathSearch {
  let left: [ScopePattern.Segment]
  let right: [ScopePattern.Segment]
  private var origin: [Int: (state: Int, name: [UInt32])] = [:]
  private var queue: [Int] = []

  init(left: [ScopePattern.Segment], right: [ScopePattern.Segment]) {
    self.left = left
    self.right = right
  }

  private mutating func visit(_ i: Int, _ j: Int, from state: Int, name: [UInt32]) {
    let next = i * (right.count + 1) + j
    guard origin[next] == nil else { return }
    origin[next] = (state, name)
    queue.append(next)
  }

  mutating func run(steps: inout Int) -> [[UInt32]]? {
    if left.isEmpty, right.isEmpty { return [[0x78]] }
    visit(0, 0, from: -1, name: [])
    var next = 0
    while next < queue.count {
      guard steps > 0 else { return nil }
      steps -= 1
      let current = queue[next]
      next += 1
      let (i, j) = (current / (right.count + 1), current % (right.count + 1))
      if i == left.count, j == right.count { return names(endingIn: current) }
      expand(current, i, j, steps: &steps)
    }
    return nil
  }

  private mutating func expand(_ current: Int, _ i: Int, _ j: Int, steps: inout Int) {
    let mine = i < left.count ? left[i] : nil
    let theirs = j < right.count ? right[j] : nil
    if mine == .anyDepth { visit(i + 1, j, from: current, name: []) }
    if theirs == .anyDepth { visit(i, j + 1, from: current, name: []) }
    guard let name = Self.common(mine, theirs, steps: &steps) else { return }
    let nextI = mine == nil || mine == .anyDepth ? i : i + 1
    let nextJ = theirs == nil || theirs == .anyDepth ? j : j + 1
    if nextI != i || nextJ != j { visit(nextI, nextJ, from: current, name: name) }
  }

  /// A name that both segments accept; nil stands for the end of a list.
  private static func common(
    _ left: ScopePattern.Segment?, _ right: ScopePattern.Segment?, steps: inout Int
  ) -> [UInt32]? {
    switch (left ?? .anyDepth, right ?? .anyDepth) {
    case (.anyDepth, .anyDepth): [0x78]
    case (.anyDepth, .name(let name)), (.name(let name), .anyDepth): name
    case (.anyDepth, .glob(let glob)), (.glob(let glob), .anyDepth):
      SegmentGlob.commonName(glob, .anything, steps: &steps)
    case (.name(let mine), .name(let theirs)): mine == theirs ? mine : nil
    case (.name(let name), .glob(let glob)), (.glob(let glob), .name(let name)):
      glob.matches(name) ? name : nil
    case (.glob(let mine), .glob(let theirs)):
      SegmentGlob.commonName(mine, theirs, steps: &steps)
    }
  }

  private func names(endingIn state: Int) -> [[UInt32]] {
    var result: [[UInt32]] = []
    var current = state
    while let step = origin[current], step.state >= 0 {
      if !step.name.isEmpty { result.append(step.name) }
      current = step.state
    }
    return result.reversed()
  }
}
