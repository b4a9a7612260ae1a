/// The dependencies of a plan in both directions, acyclic.
package struct DependencyGraph: Sendable {
  /// For each workstream those it waits for.
  package let before: [[Int]]
  /// For each workstream those that wait for it.
  package let after: [[Int]]
  /// Each workstream after all that it waits for.
  package let order: [Int]

  /// - Parameter before: Acyclic; a cycle's members would be missing from `order`.
  package init(_ before: [[Int]]) {
    self.before = before
    var after: [[Int]] = Array(repeating: [], count: before.count)
    for (index, needs) in before.enumerated() {
      for need in needs { after[need].append(index) }
    }
    var open = before.map(\.count)
    var order = before.indices.filter { open[$0] == 0 }
    order.reserveCapacity(before.count)
    var next = 0
    while next < order.count {
      for follower in after[order[next]] {
        open[follower] -= 1
        if open[follower] == 0 { order.append(follower) }
      }
      next += 1
    }
    self.after = after
    self.order = order
  }

  package var count: Int { before.count }

  /// For each workstream the longest time from its start to the end of all that follows it.
  package func tails(_ durations: [Int]) -> [Int] {
    var result = durations
    for index in order.reversed() {
      result[index] = durations[index] + (after[index].map { result[$0] }.max() ?? 0)
    }
    return result
  }

  /// For each workstream the earliest start that dependencies alone allow.
  package func heads(_ durations: [Int]) -> [Int] {
    var result = [Int](repeating: 0, count: count)
    for index in order {
      result[index] = before[index].map { result[$0] + durations[$0] }.max() ?? 0
    }
    return result
  }

  /// All that `roots` depend on, themselves included, ascending.
  package func closure(of roots: [Int]) -> [Int] {
    var seen = [Bool](repeating: false, count: count)
    var stack = roots
    for root in roots { seen[root] = true }
    while let index = stack.popLast() {
      for need in before[index] where !seen[need] {
        seen[need] = true
        stack.append(need)
      }
    }
    return (0..<count).filter { seen[$0] }
  }

  /// Whether each pair is kept apart by a path of dependencies, in either direction.
  ///
  /// Sources are handled 64 at a time, one bit each, in one pass along the order; so memory stays
  /// linear however large the graph is.
  package func areOrdered(_ pairs: [(Int, Int)]) -> [Bool] {
    var rank = [Int](repeating: 0, count: count)
    for (place, index) in order.enumerated() { rank[index] = place }
    let queries = pairs.map { rank[$0.0] < rank[$0.1] ? $0 : ($0.1, $0.0) }
    let sources = Set(queries.map { rank[$0.0] }).sorted()
    var result = [Bool](repeating: false, count: pairs.count)
    let bySource = Dictionary(grouping: queries.indices) { rank[queries[$0].0] }
    var masks = [UInt64](repeating: 0, count: count)
    for start in stride(from: 0, to: sources.count, by: 64) {
      let batch = sources[start..<min(start + 64, sources.count)]
      for place in batch[start]..<count { masks[order[place]] = 0 }
      for (bit, place) in batch.enumerated() { masks[order[place]] |= 1 << UInt64(bit) }
      for place in batch[start]..<count where masks[order[place]] != 0 {
        for follower in after[order[place]] { masks[follower] |= masks[order[place]] }
      }
      for (bit, place) in batch.enumerated() {
        for query in bySource[place] ?? [] {
          result[query] = masks[queries[query].1] & (1 << UInt64(bit)) != 0
        }
      }
    }
    return result
  }
}
