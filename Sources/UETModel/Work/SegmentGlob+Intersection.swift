extension SegmentGlob {
  /// A shortest name that both globs match and that git allows; nil when there is none.
  ///
  /// A breadth-first walk over pairs of places, and over how much of a forbidden name was read.
  /// Takes one off `steps` for each pair it looks at and gives up, with nil, when none is left.
  package static func commonName(
    _ left: SegmentGlob, _ right: SegmentGlob, steps: inout Int
  ) -> [UInt32]? {
    var search = NameSearch(left: left.elements, right: right.elements)
    return search.run(steps: &steps)
  }

  /// Some name that the glob matches and that git allows.
  package var exampleName: [UInt32]? {
    var steps = Int.max
    return Self.commonName(self, .anything, steps: &steps)
  }
}

/// How far a name is a prefix of one that git forbids: `.`, `..`, and `.git` in any case.
enum NameCheck: Int {
  case empty, dot, dotDot, dotG, dotGI, dotGIT, other

  var isAllowed: Bool {
    switch self {
    case .dotG, .dotGI, .other: true
    case .empty, .dot, .dotDot, .dotGIT: false
    }
  }

  func reading(_ scalar: UInt32) -> NameCheck {
    switch (self, scalar) {
    case (.empty, 0x2E): .dot
    case (.dot, 0x2E): .dotDot
    case (.dot, 0x47), (.dot, 0x67): .dotG
    case (.dotG, 0x49), (.dotG, 0x69): .dotGI
    case (.dotGI, 0x54), (.dotGI, 0x74): .dotGIT
    default: .other
    }
  }

  /// Whether git allows the name.
  static func allows(_ name: [UInt32]) -> Bool {
    name.reduce(NameCheck.empty) { $0.reading($1) }.isAllowed
  }
}

private struct NameSearch {
  let left: [SegmentGlob.Element]
  let right: [SegmentGlob.Element]
  /// For each state seen: the state before it, and the scalar read in between (0: none).
  private var origin: [Int: (state: Int, scalar: UInt32)] = [:]
  private var queue: [Int] = []

  init(left: [SegmentGlob.Element], right: [SegmentGlob.Element]) {
    self.left = left
    self.right = right
  }

  private func state(_ i: Int, _ j: Int, _ check: NameCheck) -> Int {
    (i * (right.count + 1) + j) * 7 + check.rawValue
  }

  private mutating func visit(_ state: Int, from: Int, scalar: UInt32) {
    guard origin[state] == nil else { return }
    origin[state] = (from, scalar)
    queue.append(state)
  }

  mutating func run(steps: inout Int) -> [UInt32]? {
    visit(state(0, 0, .empty), from: -1, scalar: 0)
    var next = 0
    while next < queue.count {
      guard steps > 0 else { return nil }
      steps -= 1
      let current = queue[next]
      next += 1
      let check = NameCheck(rawValue: current % 7) ?? .other
      let (i, j) = ((current / 7) / (right.count + 1), (current / 7) % (right.count + 1))
      if i == left.count, j == right.count, check.isAllowed { return name(endingIn: current) }
      expand(current, i, j, check)
    }
    return nil
  }

  private mutating func expand(_ current: Int, _ i: Int, _ j: Int, _ check: NameCheck) {
    let (mine, theirs) = (
      i < left.count ? left[i] : nil, j < right.count ? right[j] : nil
    )
    if mine == .star { visit(state(i + 1, j, check), from: current, scalar: 0) }
    if theirs == .star { visit(state(i, j + 1, check), from: current, scalar: 0) }
    guard let mine, let theirs else { return }
    let (i, j) = (mine == .star ? i : i + 1, theirs == .star ? j : j + 1)
    let common = mine.scalars.intersection(theirs.scalars)
    for scalar in Self.samples(common) {
      visit(state(i, j, check.reading(scalar)), from: current, scalar: scalar)
    }
  }

  /// The scalars that the check looks at: `.` and the letters of `git`.
  private static let special: [UInt32] = [0x2E, 0x47, 0x67, 0x49, 0x69, 0x54, 0x74]
  /// Tried first, so that names are readable: `x`, letters, digits.
  private static let readable: [UInt32] =
    [0x78]
    + (Array(0x61...0x7A) + Array(0x30...0x39) + Array(0x41...0x5A)).filter {
      !special.contains($0)
    }

  /// One scalar for each way that the check can go on; a readable one first.
  private static func samples(_ set: ScalarSet) -> [UInt32] {
    let plain = readable.first(where: set.contains) ?? plainScalar(set, but: special)
    return (plain.map { [$0] } ?? []) + special.filter(set.contains)
  }

  private static func plainScalar(_ set: ScalarSet, but special: [UInt32]) -> UInt32? {
    for range in set.ranges {
      // Eight in a row hold at least one that is not special.
      let end = min(range.last, range.first &+ 8)
      if let scalar = (range.first...end).first(where: { !special.contains($0) }) { return scalar }
    }
    return nil
  }

  private func name(endingIn state: Int) -> [UInt32] {
    var result: [UInt32] = []
    var current = state
    while let step = origin[current], step.state >= 0 {
      if step.scalar != 0 { result.append(step.scalar) }
      current = step.state
    }
    return result.reversed()
  }
}
