#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Wilcoxon's signed-rank test: whether differences lie as much on one side of 0 as on the other.
///
/// Of up to 25 differences the chance is exact (with ties too: all ways to give the ranks a sign
/// are counted), of more it is by the normal distribution with corrections for ties and continuity.
struct SignedRanks {
  /// How likely it is that the ranks of one side add up to so little, two-sided; 1 where there is
  /// nothing but zeros.
  let chance: Double

  private static let exactUpTo = 25

  init(_ differences: [Double]) {
    let sorted = differences.filter { $0 != 0 && $0.isFinite }.sorted { abs($0) < abs($1) }
    guard !sorted.isEmpty else {
      chance = 1
      return
    }
    // Twice the ranks, so that the mean of tied ones is a whole number.
    var doubled = [Int](repeating: 0, count: sorted.count)
    var ties = 0.0
    var start = 0
    while start < sorted.count {
      var end = start + 1
      while end < sorted.count, abs(sorted[end]) == abs(sorted[start]) { end += 1 }
      for place in start..<end { doubled[place] = start + 1 + end }
      let count = Double(end - start)
      ties += count * count * count - count
      start = end
    }
    let positive = sorted.indices.reduce(0) { sorted[$1] > 0 ? $0 + doubled[$1] : $0 }
    let least = min(positive, doubled.reduce(0, +) - positive)
    chance =
      sorted.count <= Self.exactUpTo
      ? Self.exact(doubled, least) : Self.normal(sorted.count, ties, Double(least) / 2)
  }

  private static func exact(_ doubled: [Int], _ least: Int) -> Double {
    var ways = [Double](repeating: 0, count: doubled.reduce(0, +) + 1)
    ways[0] = 1
    var top = 0
    for rank in doubled {
      for sum in stride(from: top, through: 0, by: -1) where ways[sum] > 0 {
        ways[sum + rank] += ways[sum]
      }
      top += rank
    }
    let all = ways.reduce(0, +)
    return min(1, 2 * ways[...least].reduce(0, +) / all)
  }

  private static func normal(_ count: Int, _ ties: Double, _ least: Double) -> Double {
    let n = Double(count)
    let mean = n * (n + 1) / 4
    let variance = n * (n + 1) * (2 * n + 1) / 24 - ties / 48
    guard variance > 0 else { return 1 }
    let z = max(0, mean - least - 0.5) / variance.squareRoot()
    return erfc(z / 2.0.squareRoot())
  }
}
