import UETModel

/// A symbolic link, or a submodule, that a scope pattern goes through, or names.
struct ScopeLink: Hashable {
  let link: String
  let goal: BaseTree.Goal
  /// Whether the pattern ends at the link: then the link itself may be meant as well.
  let isNamed: Bool
  /// What the pattern covers behind the link; nil where that is outside.
  let pattern: ScopePattern?
}

extension BaseTree {
  /// The links that a pattern names, or that it has more to say behind. One that merely lies in
  /// what a pattern covers is not followed: a scope of `packages/**` does not reach to where links
  /// in it lead.
  func links(in pattern: ScopePattern) -> [ScopeLink] {
    var search = LinkSearch(tree: self)
    for list in pattern.alternatives { search.walk([], list[...]) }
    return search.found
  }
}

private struct LinkSearch {
  let tree: BaseTree
  var found: [ScopeLink] = []
  private var steps = BaseTree.maximumSteps
  private static let maximumLinks = 100

  init(tree: BaseTree) { self.tree = tree }

  mutating func walk(_ path: [BaseTree.Name], _ rest: ArraySlice<ScopePattern.Segment>) {
    guard let segment = rest.first, segment != .anyDepth, steps > 0 else { return }
    steps -= 1
    let (here, next) = (tree.entries(path), rest.dropFirst())
    for name in tree.matching(segment, here) {
      switch here[name] {
      case .folder: walk(path + [name], next)
      case .link(let target?):
        if case .glob = segment, next.isEmpty { continue }
        follow(path, name, target, next)
      case .submodule where !next.isEmpty && next.first != .glob(.anything):
        found.append(
          ScopeLink(
            link: BaseTree.text(path + [name]), goal: .submodule, isNamed: false, pattern: nil))
      default: continue
      }
    }
  }

  private mutating func follow(
    _ folder: [BaseTree.Name], _ name: BaseTree.Name, _ target: String,
    _ rest: ArraySlice<ScopePattern.Segment>
  ) {
    guard found.count < Self.maximumLinks else { return }
    let goal = tree.goal(of: target, from: folder)
    var pattern: ScopePattern?
    if case .at(let place) = goal {
      pattern = ScopePattern(place.map(ScopePattern.Segment.name) + rest)
    }
    let link = ScopeLink(
      link: BaseTree.text(folder + [name]), goal: goal, isNamed: rest.isEmpty, pattern: pattern)
    guard !found.contains(link) else { return }
    found.append(link)
    if case .at(let place) = goal { walk(place, rest) }
  }
}
