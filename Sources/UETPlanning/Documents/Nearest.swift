/// Finds the name a person most likely meant.
package struct Nearest {
  /// Cells of the distance table that may still be filled: bounds the time for many unknown names.
  private var budget: Int

  package init(budget: Int = 100_000_000) { self.budget = budget }

  /// The candidate within a third of the text's length in edits; among equals the first. nil when
  /// none is.
  package mutating func name(
    for text: String, among candidates: some Sequence<String>, except excluded: String? = nil
  ) -> String? {
    let wanted = Array(text.utf8)
    guard wanted.count <= 200 else { return nil }
    var best: String?
    var limit = max(1, wanted.count / 3)
    for candidate in candidates {
      let count = candidate.utf8.count
      guard abs(count - wanted.count) <= limit, budget > 0, candidate != excluded else { continue }
      guard let distance = distance(wanted, Array(candidate.utf8), limit: limit) else { continue }
      if best == nil || distance <= limit { (best, limit) = (candidate, distance - 1) }
      if limit < 0 { break }
    }
    return best
  }

  /// Edits (insert, delete, replace, swap of neighbours) between two texts; nil beyond `limit`.
  private mutating func distance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int? {
    var before: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
      budget -= right.count
      var next = [row + 1]
      next.reserveCapacity(right.count + 1)
      var least = row + 1
      for column in right.indices {
        let isEqual = left[row] == right[column]
        var cost = min(last[column] + (isEqual ? 0 : 1), last[column + 1] + 1, next[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          cost = min(cost, before[column - 1] + 1)
        }
        next.append(cost)
        least = min(least, cost)
      }
      if least > limit { return nil }
      (before, last) = (last, next)
    }
    return last[right.count] <= limit ? last[right.count] : nil
  }
}
