import UETModel

/// The paths of a repository, to be found by the ends that references name.
package struct PathIndex: Sendable {
  /// In the order of git's trees.
  package let paths: [String]
  private let places: [String: Int]
  private let named: [Substring: [Int]]
  private let folders: [Substring: [Int]]
  /// Tests, by what they are about.
  private let tests: [String: [Int]]

  package init(_ paths: [String]) {
    self.paths = paths
    places = Dictionary(paths.enumerated().map { ($1, $0) }) { first, _ in first }
    named = Dictionary(grouping: paths.indices) { Self.name(paths[$0]) }
    folders = Dictionary(grouping: paths.indices) { Self.folder(paths[$0]) }
    tests = Dictionary(grouping: paths.indices.filter { TestNames.isTest(paths[$0]) }) {
      TestNames.subject(paths[$0])
    }
  }

  package static func name(_ path: String) -> Substring {
    path.lastIndex(of: "/" as Character).map { path[path.index(after: $0)...] } ?? path[...]
  }

  package static func folder(_ path: String) -> Substring {
    path.lastIndex(of: "/").map { path[..<$0] } ?? path[..<path.startIndex]
  }

  package func contains(_ path: String) -> Bool { places[path] != nil }

  /// The files directly in a folder.
  package func files(in folder: some StringProtocol) -> [String] {
    (folders[Substring(folder)] ?? []).map { paths[$0] }
  }

  /// The files that any of the patterns covers, in the order of the index.
  package func paths(in patterns: [ScopePattern]) -> [String] {
    var found: Set<Int> = []
    for pattern in patterns {
      if case .path(let own) = pattern.form, !own.isEmpty {
        // One path names a file, or all below a folder.
        if let place = places[own] { found.insert(place) }
        let below = own + "/"
        for (folder, files) in folders where folder == own || folder.hasPrefix(below) {
          found.formUnion(files)
        }
      } else {
        found.formUnion(paths.indices.filter { pattern.matches(paths[$0]) })
      }
    }
    return found.sorted().map { paths[$0] }
  }

  /// Files that are named so.
  package func files(named name: some StringProtocol) -> [String] {
    (named[Substring(name)] ?? []).map { paths[$0] }
  }

  /// The paths that end so, after a `/` or as a whole: one is meant, several may be.
  package func ending(in end: String) -> [String] {
    files(named: Self.name(end)).filter { $0 == end || $0.hasSuffix("/" + end) }
  }

  /// Tests that are named for a file; none where many are, as for `main`.
  package func tests(of path: String) -> [String] {
    if TestNames.isTest(path) { return [] }
    let subject = TestNames.subject(path)
    guard subject.utf8.count > 2, let all = tests[subject], all.count < 6 else { return [] }
    return all.map { paths[$0] }
  }

  /// A path relative to a folder, with `.` and `..` taken away; nil where it leaves the repository.
  package static func joined(_ folder: some StringProtocol, _ path: some StringProtocol) -> String?
  {
    var parts = String(folder).split(separator: "/").map(String.init)
    for part in String(path).split(separator: "/") {
      switch part {
      case ".": continue
      case "..":
        if parts.isEmpty { return nil }
        parts.removeLast()
      default: parts.append(String(part))
      }
    }
    return parts.joined(separator: "/")
  }
}
