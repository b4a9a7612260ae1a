import UETModel

extension ConflictGraph {
  /// How many pairs are listed one by one.
  package static let maximumListed = 10_000

  /// How many pairs conflict. Workstreams with the same needs are counted together, so that large
  /// groups are cheap.
  package func countPairs() -> Int {
    var classes: [[Int]: Int] = [:]
    for index in needs.indices where !isExclusive[index] { classes[needs[index], default: 0] += 1 }
    classes[[]] = nil
    let list = classes.map { (needs: $0.key, size: $0.value) }.sorted { $0.needs[0] < $1.needs[0] }
    var classesOf: [[Int]] = Array(repeating: [], count: locks.count)
    for (index, entry) in list.enumerated() {
      for lock in entry.needs { classesOf[lock].append(index) }
    }
    var mark = [Int](repeating: -1, count: list.count)
    var total = 0
    for (index, entry) in list.enumerated() {
      for lock in entry.needs {
        for other in locks[lock].clashes {
          for neighbour in classesOf[other] where neighbour <= index && mark[neighbour] != index {
            mark[neighbour] = index
            total +=
              neighbour == index
              ? entry.size * (entry.size - 1) / 2 : entry.size * list[neighbour].size
          }
        }
      }
    }
    let alone = exclusive.count
    return total + alone * (count - alone) + alone * (alone - 1) / 2
  }

  /// The first conflicting pairs, by index; `ordered` is still to be filled in.
  package func list(_ workstreams: [Workstream], limit: Int = maximumListed) -> [Conflict] {
    var result: [Conflict] = []
    for left in workstreams.indices {
      guard result.count < limit else { return result }
      for right in conflicts(with: left) where right > left {
        guard result.count < limit else { return result }
        result.append(conflict(left, right, workstreams))
      }
    }
    return result
  }

  /// Why two workstreams conflict, which they do.
  package func conflict(_ left: Int, _ right: Int, _ workstreams: [Workstream]) -> Conflict {
    let overlaps = self.overlaps(left, right, workstreams)
    var group: String?
    if let (mine, _) = firstClash(left, right), overlaps.isEmpty {
      if case .group(let name) = locks[mine].kind { group = name }
    }
    let reason: Conflict.Reason =
      if firstClash(left, right) == nil { .serial } else if group != nil { .conflictGroup } else {
        .scope
      }
    return Conflict(left: left, right: right, reason: reason, group: group, overlaps: overlaps)
  }

  private func overlaps(
    _ left: Int, _ right: Int, _ workstreams: [Workstream]
  ) -> [Conflict.Overlap] {
    var result: [Conflict.Overlap] = []
    for mine in needs[left] {
      guard case .pattern(let pattern) = locks[mine].kind else { continue }
      for theirs in needs[right] where clash(mine, theirs) {
        guard case .pattern(let other) = locks[theirs].kind else { continue }
        guard result.count < Conflict.maximumOverlaps else { return result }
        let (one, oneField) = Self.written(pattern, by: workstreams[left])
        let (two, twoField) = Self.written(other, by: workstreams[right])
        result.append(
          Conflict.Overlap(left: one, leftField: oneField, right: two, rightField: twoField))
      }
    }
    return result
  }

  /// The pattern as the workstream wrote it, and where.
  private static func written(
    _ pattern: ScopePattern, by workstream: Workstream
  ) -> (ScopePattern, Conflict.Field) {
    if let own = workstream.scope.writes.first(where: { $0.form == pattern.form }) {
      return (own, .filesScope)
    }
    let own = workstream.scope.creates.first { $0.form == pattern.form }
    return (own ?? pattern, .filesCreate)
  }
}
