/// Which files past commits changed together.
package struct CoChange: Hashable, Sendable {
  /// For each commit, the newest first, the files that it changed.
  package private(set) var commits: [[String]] = []

  /// A commit that changes more files than this was about none of them.
  package static let mostFiles = 40

  package init() {}

  package mutating func add(_ files: [String]) {
    if files.count > 1, files.count <= Self.mostFiles { commits.append(files) }
  }

  package struct Share: Hashable, Sendable {
    /// In how many commits both changed, of how many in which the file of the scope did.
    package var together = 0
    package var of = 0
  }

  /// What changed with any of these files, in at least two commits, and half as often again as it
  /// changes anyway: a list of changes is touched by every commit.
  package func files(with scope: Set<String>) -> [String: Share] {
    var (counts, everywhere): ([String: Int], [String: Int]) = ([:], [:])
    var all = 0
    for files in commits {
      for file in files { everywhere[file, default: 0] += 1 }
      guard files.contains(where: scope.contains) else { continue }
      all += 1
      for file in files where !scope.contains(file) { counts[file, default: 0] += 1 }
    }
    return counts.filter { file, count in
      let expected = Double(everywhere[file] ?? 0) * Double(all) / Double(max(1, commits.count))
      return count > 1 && (Double(count) >= 1.5 * expected || all == commits.count)
    }.mapValues { Share(together: $0, of: all) }
  }
}
