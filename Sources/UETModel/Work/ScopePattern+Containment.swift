extension ScopePattern {
  /// Whether every path that one of `inner` covers is covered by some of `outer` together.
  ///
  /// Decided exactly, as inclusion of regular languages: a walk over the places of one alternative
  /// of `inner` paired with the set of all places that `outer` can have reached. Gives up, with
  /// false, on patterns that would take more than a fixed number of steps.
  package static func covers(_ outer: [ScopePattern], all inner: [ScopePattern]) -> Bool {
    let lists = outer.flatMap(\.segmentLists)
    var steps = 400_000
    return inner.allSatisfy { pattern in
      pattern.segmentLists.allSatisfy { own in
        var search = InclusionSearch(own: own.isEmpty ? [.glob(.anything)] : own, lists: lists)
        return search.holds(steps: &steps)
      }
    }
  }

  /// The alternatives as lists of segments; an empty list is the whole repository.
  private var segmentLists: [[Segment]] {
    switch form {
    case .path(let path):
      [path.unicodeScalars.split(separator: "/").map { .name($0.map(\.value)) }]
    case .globs(let alternatives): alternatives
    }
  }
}

private struct InclusionSearch {
  let own: [ScopePattern.Segment]
  let lists: [[ScopePattern.Segment]]

  /// Where one list stands.
  private struct Place: Hashable { var list: Int, segment: Int }
  private struct State: Hashable {
    var segment: Int
    var reached: Set<Place>
  }

  mutating func holds(steps: inout Int) -> Bool {
    let start = Set(lists.indices.map { Place(list: $0, segment: 0) })
    var seen: Set<State> = []
    var queue = [State(segment: 0, reached: closed(start))]
    while let state = queue.popLast() {
      // All that begins like this is covered.
      if state.reached.contains(where: { $0.segment == lists[$0.list].count }) { continue }
      guard seen.insert(state).inserted else { continue }
      guard state.segment < own.count, steps > 0 else { return false }
      steps -= 1
      switch own[state.segment] {
      case .anyDepth:
        queue.append(State(segment: state.segment + 1, reached: state.reached))
        guard let sets = next(state.reached, .anything, &steps) else { return false }
        queue += sets.map { State(segment: state.segment, reached: $0) }
      case .name(let name):
        queue.append(State(segment: state.segment + 1, reached: next(state.reached, name)))
      case .glob(let glob):
        guard let sets = next(state.reached, glob, &steps) else { return false }
        queue += sets.map { State(segment: state.segment + 1, reached: $0) }
      }
    }
    return true
  }

  /// With the places that are reached by taking `**` for no directory at all.
  private func closed(_ places: Set<Place>) -> Set<Place> {
    var result = places
    for var place in places {
      while place.segment < lists[place.list].count, lists[place.list][place.segment] == .anyDepth {
        place.segment += 1
        result.insert(place)
      }
    }
    return result
  }

  private func next(_ places: Set<Place>, _ name: [UInt32]) -> Set<Place> {
    advance(places) { segment in
      switch segment {
      case .anyDepth: true
      case .name(let own): own == name
      case .glob(let glob): glob.matches(name)
      }
    }
  }

  private func advance(
    _ places: Set<Place>, _ takes: (ScopePattern.Segment) -> Bool
  ) -> Set<Place> {
    var result: Set<Place> = []
    for place in places where place.segment < lists[place.list].count {
      let segment = lists[place.list][place.segment]
      guard takes(segment) else { continue }
      let step = segment == .anyDepth ? 0 : 1
      result.insert(Place(list: place.list, segment: place.segment + step))
    }
    return closed(result)
  }

  /// The sets that can be reached by any name that the glob matches; nil when that takes too long.
  private func next(
    _ places: Set<Place>, _ glob: SegmentGlob, _ steps: inout Int
  ) -> Set<Set<Place>>? {
    var matchers: [ScopePattern.Segment] = []
    for place in places where place.segment < lists[place.list].count {
      let segment = lists[place.list][place.segment]
      if segment != .anyDepth, !matchers.contains(segment) { matchers.append(segment) }
    }
    let globs = matchers.map { segment -> SegmentGlob in
      switch segment {
      case .name(let name): SegmentGlob(name.map { .scalar($0) })
      case .glob(let glob): glob
      case .anyDepth: .anything
      }
    }
    guard let outcomes = NameClasses(of: glob, against: globs).outcomes(steps: &steps) else {
      return nil
    }
    return Set(
      outcomes.map { outcome in
        advance(places) { segment in
          segment == .anyDepth || matchers.firstIndex(of: segment).map { outcome[$0] } ?? false
        }
      })
  }
}

/// Which of several globs can match one name together, over all names that one glob matches.
private struct NameClasses {
  private let globs: [[SegmentGlob.Element]]
  /// One scalar for each way in which the globs, and git's rules for names, tell scalars apart.
  private let samples: [UInt32]

  private struct State: Hashable {
    var places: [[Int]]
    var check: NameCheck
  }

  init(of glob: SegmentGlob, against others: [SegmentGlob]) {
    globs = ([glob] + others).map(\.elements)
    var bounds: Set<UInt32> = [1, 0x30, 0xE000]
    for scalar: UInt32 in [0x2E, 0x47, 0x67, 0x49, 0x69, 0x54, 0x74] {
      bounds.formUnion([scalar, scalar + 1])
    }
    for element in globs.joined() {
      guard element != .star, element != .any else { continue }
      for range in element.scalars.ranges { bounds.formUnion([range.first, range.last + 1]) }
    }
    samples = bounds.filter(ScalarSet.all.contains).sorted()
  }

  /// For each class of names, which of the others match; nil when no step is left.
  func outcomes(steps: inout Int) -> Set<[Bool]>? {
    var found: Set<[Bool]> = []
    let start = State(places: globs.map { closed([0], $0) }, check: .empty)
    var seen: Set<State> = [start]
    var queue = [start]
    while let state = queue.popLast() {
      if ends(state.places[0], globs[0]), state.check.isAllowed {
        found.insert(zip(state.places, globs).dropFirst().map { ends($0, $1) })
      }
      for scalar in samples {
        guard steps > 0 else { return nil }
        steps -= 1
        let places = zip(state.places, globs).map { step($0, $1, scalar) }
        if places[0].isEmpty { continue }
        let next = State(places: places, check: state.check.reading(scalar))
        if seen.insert(next).inserted { queue.append(next) }
      }
    }
    return found
  }

  private func ends(_ places: [Int], _ elements: [SegmentGlob.Element]) -> Bool {
    places.last == elements.count
  }

  private func step(
    _ places: [Int], _ elements: [SegmentGlob.Element], _ scalar: UInt32
  ) -> [Int] {
    var result: Set<Int> = []
    for place in places where place < elements.count && elements[place].accepts(scalar) {
      result.insert(elements[place] == .star ? place : place + 1)
    }
    return closed(result, elements)
  }

  /// In order; a star may stand for nothing.
  private func closed(_ places: Set<Int>, _ elements: [SegmentGlob.Element]) -> [Int] {
    var result = places
    for var place in places {
      while place < elements.count, elements[place] == .star {
        place += 1
        result.insert(place)
      }
    }
    return result.sorted()
  }
}
