/// Walks down a tree of names and says what a list of patterns covers there.
///
/// Where it stands says all that matters of the folders above, so what was found of a folder holds
/// wherever else one stands alike.
package struct PatternWalk: Sendable {
  private let lists: [[ScopePattern.Segment]]

  /// What the patterns may still cover below a folder.
  package struct Standing: Hashable, Sendable {
    fileprivate struct Place: Hashable, Sendable {
      var list: Int
      var segment: Int
    }

    fileprivate var places: Set<Place> = []
  }

  /// What a name below a folder is to the patterns.
  package enum Step: Hashable, Sendable {
    /// It is covered, and all below it.
    case covered
    /// Something below it may be.
    case open(Standing)
    case none
  }

  package init(_ patterns: [ScopePattern]) {
    var lists: [[ScopePattern.Segment]] = []
    for list in patterns.flatMap(\.alternatives) where !lists.contains(list) { lists.append(list) }
    self.lists = lists
  }

  /// Where it begins: at the root.
  package var root: Step {
    if lists.contains(where: \.isEmpty) { return .covered }
    return step(lists.indices.map { Standing.Place(list: $0, segment: 0) })
  }

  /// What the name, in scalars, is in a folder where one stands like this.
  package func step(_ standing: Standing, _ name: [UInt32]) -> Step {
    var next: [Standing.Place] = []
    for place in standing.places {
      switch lists[place.list][place.segment] {
      case .anyDepth: next.append(place)
      case .name(let own):
        if own == name { next.append(.init(list: place.list, segment: place.segment + 1)) }
      case .glob(let glob):
        if glob.matches(name) { next.append(.init(list: place.list, segment: place.segment + 1)) }
      }
    }
    return step(next)
  }

  /// With the places that are reached by taking `**` for no folder at all.
  private func step(_ places: [Standing.Place]) -> Step {
    var standing = Standing()
    for var place in places {
      while true {
        if place.segment == lists[place.list].count { return .covered }
        standing.places.insert(place)
        guard lists[place.list][place.segment] == .anyDepth else { break }
        place.segment += 1
      }
    }
    return standing.places.isEmpty ? .none : .open(standing)
  }
}
