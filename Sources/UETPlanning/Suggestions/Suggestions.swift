import UETModel

/// Proposes how to split and order work better.
package enum Suggestions {
  /// More than this is no narrower scope but a list.
  private static let maximumPaths = 8

  /// - Parameter touched: For workstreams with past commits (by trailer or by prefix of the id) the
  ///   paths that these changed.
  package static func of(_ plan: Plan, touched: [WorkstreamID: [String]] = [:]) -> [Suggestion] {
    merges(plan) + narrowings(plan, touched) + dependencies(plan)
  }

  /// Workstreams that write exactly the same, and that no dependency orders.
  private static func merges(_ plan: Plan) -> [Suggestion] {
    var groups: [Set<ScopePattern.Form>: [Int]] = [:]
    for (index, workstream) in plan.workstreams.enumerated() {
      let forms = Set((workstream.scope.writes + workstream.scope.creates).map(\.form))
      groups[forms, default: []].append(index)
    }
    let same = groups.values.filter { $0.count > 1 }.sorted { $0[0] < $1[0] }
    return same.compactMap { members in
      let pairs = members.dropFirst().map { (members[0], $0) }
      let isOrdered = plan.dependencies.areOrdered(pairs)
      let free = [members[0]] + zip(members.dropFirst(), isOrdered).filter { !$1 }.map(\.0)
      guard free.count > 1, let pattern = plan.workstreams[free[0]].scope.writes.first else {
        return nil
      }
      return .merge(free.map(plan.id), pattern: pattern)
    }
  }

  private static func narrowings(
    _ plan: Plan, _ touched: [WorkstreamID: [String]]
  ) -> [Suggestion] {
    var result: [Suggestion] = []
    for (index, workstream) in plan.workstreams.enumerated() {
      guard let paths = touched[workstream.id] else { continue }
      for narrower in narrower(workstream, than: paths) {
        result.append(
          .narrow(
            workstream.id, from: narrower.from, to: narrower.to,
            frees: freed(plan, index, narrower.from, narrower.to)))
      }
    }
    return result
  }

  /// A pattern and the few directories and files that could stand in its place.
  package struct Narrower: Hashable, Sendable {
    package let from: ScopePattern
    package let to: [String]

    package var patterns: [ScopePattern] {
      to.compactMap { try? ScopePattern(ScopePattern.quoted($0)) }
    }
  }

  /// What of its scope could be narrower, were these all the paths that it changes.
  ///
  /// - Parameter others: Paths that it is to keep apart from: then folders are as wide as that lets
  ///   them be, so that there is room for what it may change the next time.
  package static func narrower(
    _ workstream: Workstream, than paths: [String], apartFrom others: [String] = []
  ) -> [Narrower] {
    workstream.scope.writes.compactMap { pattern in
      let inside = Set(paths.filter(pattern.matches)).sorted()
      let proposed = summarized(inside, below: pattern, others)
      guard !proposed.isEmpty, proposed.count <= maximumPaths, proposed != [pattern.normalized]
      else { return nil }
      return Narrower(from: pattern, to: proposed)
    }
  }

  /// Few directories and files below the pattern that hold all the paths: as deep as still few, or
  /// the first that hold none of the others.
  private static func summarized(
    _ paths: [String], below pattern: ScopePattern, _ others: [String]
  ) -> [String] {
    func isSame(_ level: [String]) -> Bool {
      // What names the pattern's own directory, or one above it, is no narrower.
      level.contains { (try? ScopePattern($0))?.form == pattern.form }
    }
    var best: [String] = []
    for depth in 1...16 {
      var level: [String] = []
      for path in paths {
        let names = path.split(separator: "/", omittingEmptySubsequences: true)
        let entry =
          names.count <= depth ? path : names.prefix(depth).joined(separator: "/") + "/"
        if level.last != entry { level.append(entry) }
      }
      guard level.count <= maximumPaths else { break }
      best = level
      if level == paths { break }
      if !others.isEmpty, !isSame(level), !level.contains(where: { holds($0, others) }) { break }
    }
    return isSame(best) ? [] : best
  }

  private static func holds(_ entry: String, _ paths: [String]) -> Bool {
    paths.contains { $0 == entry || entry.hasSuffix("/") && $0.hasPrefix(entry) }
  }

  /// How many pairs would no longer conflict.
  private static func freed(
    _ plan: Plan, _ index: Int, _ pattern: ScopePattern, _ proposed: [String]
  ) -> Int {
    var changed = plan.workstreams
    let narrower = proposed.compactMap { try? ScopePattern(ScopePattern.quoted($0)) }
    changed[index].scope.writes.removeAll { $0 == pattern }
    changed[index].scope.writes += narrower
    let others = plan.conflicts(with: index)
    return others.count { other in
      guard let clash = plan.conflictGraph.firstClash(index, other),
        case .pattern = plan.conflictGraph.locks[clash.0].kind
      else { return false }
      return !overlap(changed[index], changed[other])
    }
  }

  private static func overlap(_ left: Workstream, _ right: Workstream) -> Bool {
    (left.scope.writes + left.scope.creates).contains { mine in
      (right.scope.writes + right.scope.creates).contains {
        PatternOverlap.between(mine, $0).mayOverlap
      }
    }
  }

  /// Readers of what others write, where nothing orders the two.
  private static func dependencies(_ plan: Plan) -> [Suggestion] {
    let pairs = plan.conflictGraph.readWrites
    let isOrdered = plan.dependencies.areOrdered(pairs.map { ($0.reader, $0.writer) })
    return zip(pairs, isOrdered).filter { !$1 }.map { entry, _ in
      .depend(plan.id(entry.reader), on: plan.id(entry.writer), overlap: entry.overlap)
    }
  }
}
