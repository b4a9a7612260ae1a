import UETModel

/// Paths that differ in case only: two on Linux, one on most Macs and Windows machines.
enum CaseTwins {
  /// The sets of different spellings, each sorted, in the order of their first.
  ///
  /// Directories count as well: `Docs/a` and `docs/b` give `Docs` and `docs`.
  static func among(_ paths: [String]) -> [[String]] {
    // A spelling in lower case has a twin only if another has capitals, and few paths have.
    var folded: Set<String> = []
    for path in paths where path.utf8.contains(where: Self.mayFold) {
      for prefix in prefixes(path) where prefix.utf8.contains(where: Self.mayFold) {
        folded.insert(prefix.lowercased())
      }
    }
    guard !folded.isEmpty else { return [] }
    var spellings: [String: Set<String>] = [:]
    for path in paths {
      for prefix in prefixes(path) {
        let key = prefix.utf8.contains(where: Self.mayFold) ? prefix.lowercased() : String(prefix)
        if folded.contains(key) { spellings[key, default: []].insert(String(prefix)) }
      }
    }
    let twins = spellings.values.filter { $0.count > 1 }.map { $0.sorted() }.sorted {
      $0[0] < $1[0]
    }
    // Below two directories that are twins, everything is: the shortest says it.
    return twins.filter { twin in
      !twins.contains { other in
        twin.allSatisfy { path in other.contains { path.hasPrefix($0 + "/") } }
      }
    }
  }

  private static func mayFold(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  /// Each directory of the path, and the path.
  private static func prefixes(_ path: String) -> [Substring] {
    var result: [Substring] = []
    for place in path.utf8.indices where path.utf8[place] == UInt8(ascii: "/") {
      result.append(path[..<place])
    }
    return result + [path[...]]
  }
}
