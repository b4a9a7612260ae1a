import UETModel

/// Compares what workstreams name with the files that a commit holds.
package struct FileCheck: Sendable {
  /// A pattern that no file matches and that is not to be created.
  package struct Unmatched: Hashable, Sendable {
    package let workstream: Int
    package let pattern: ScopePattern
    package let field: Conflict.Field
  }

  /// By workstream, then in the order of the fields.
  package private(set) var unmatched: [Unmatched] = []
  /// Files that no workstream may write, sorted; a directory that nobody owns any of stands for its
  /// files, with a `/` at its end.
  package private(set) var unowned: [String] = []
  /// Sets of files, directories and scopes that differ in case only.
  package private(set) var twins: [[String]] = []

  private let files: [String]
  private let tree: BaseTree?
  private var isOwned: [Bool]

  /// - Parameters:
  ///   - files: The paths of a commit's tree, in any order.
  ///   - tree: The same tree, which knows where its links lead.
  package init(_ workstreams: [Workstream], files: [String], tree: BaseTree? = nil) {
    self.tree = tree
    self.files = files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    isOwned = [Bool](repeating: false, count: files.count)
    var seen: [ScopePattern.Form: Bool] = [:]
    for (index, workstream) in workstreams.enumerated() {
      for pattern in workstream.scope.creates where seen[pattern.form] == nil {
        seen[pattern.form] = claim(pattern)
      }
      for pattern in workstream.scope.writes {
        let isFound = seen[pattern.form] ?? claim(pattern)
        seen[pattern.form] = isFound
        if !isFound, !Self.creates(workstream, pattern), !matchesBehindLink(pattern) {
          unmatched.append(Unmatched(workstream: index, pattern: pattern, field: .filesScope))
        }
      }
      for pattern in workstream.scope.reads
      where !matchesAny(pattern) && !matchesBehindLink(pattern) {
        unmatched.append(Unmatched(workstream: index, pattern: pattern, field: .reads))
      }
    }
    unowned = collectUnowned()
    twins = CaseTwins.among(self.files + Self.paths(workstreams))
  }

  /// Whether the pattern covers something that the workstream creates.
  private static func creates(_ workstream: Workstream, _ pattern: ScopePattern) -> Bool {
    workstream.scope.creates.contains { PatternOverlap.between($0, pattern).mayOverlap }
  }

  /// The plain paths that workstreams name.
  static func paths(_ workstreams: [Workstream]) -> [String] {
    var result: [String] = []
    for workstream in workstreams {
      let scope = workstream.scope
      for pattern in scope.writes + scope.creates + scope.reads {
        if case .path(let path) = pattern.form, !path.isEmpty { result.append(path) }
      }
    }
    return result
  }

  private mutating func claim(_ pattern: ScopePattern) -> Bool {
    var isFound = false
    for place in candidates(pattern) where pattern.matches(files[place]) {
      isOwned[place] = true
      isFound = true
    }
    return isFound
  }

  private func matchesAny(_ pattern: ScopePattern) -> Bool {
    candidates(pattern).contains { pattern.matches(files[$0]) }
  }

  /// Whether there is a file where a link leads that the pattern goes through.
  private func matchesBehindLink(_ pattern: ScopePattern) -> Bool {
    tree?.links(in: pattern).contains { $0.pattern.map(matchesAny) ?? false } ?? false
  }

  /// The files that start as the pattern must: all that need a closer look.
  private func candidates(_ pattern: ScopePattern) -> Range<Int> {
    guard case .path(let path) = pattern.form else { return files.indices }
    let low = firstPlace { !$0.utf8.lexicographicallyPrecedes(path.utf8) }
    let high = firstPlace {
      !$0.utf8.starts(with: path.utf8) && !$0.utf8.lexicographicallyPrecedes(path.utf8)
    }
    return low..<max(low, high)
  }

  /// The first place where the test holds, which holds for all after it too.
  private func firstPlace(where test: (String) -> Bool) -> Int {
    var (low, high) = (0, files.count)
    while low < high {
      let middle = (low + high) / 2
      if test(files[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private func collectUnowned() -> [String] {
    var owned: Set<Substring> = []
    for (place, file) in files.enumerated() where isOwned[place] {
      for directory in Self.directories(file) { owned.insert(directory) }
    }
    var result: [String] = []
    for (place, file) in files.enumerated() where !isOwned[place] {
      let whole = Self.directories(file).first { !owned.contains($0) }
      let entry = whole.map { $0 + "/" } ?? file
      if result.last != entry { result.append(entry) }
    }
    return result
  }

  /// The directories above a file, the outermost first.
  private static func directories(_ file: String) -> [Substring] {
    file.utf8.indices.filter { file.utf8[$0] == UInt8(ascii: "/") }.map { file[..<$0] }
  }
}
