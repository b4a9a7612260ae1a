import UETModel

/// What an item may write, as far as its list and the repository tell.
package struct ScopeProposal: Hashable, Sendable {
  package enum Ground: String, Hashable, Sendable {
    /// Fields that are made for it say so, and there is nothing to ask.
    case declared
    /// Its text names paths, or what is declared leaves a question.
    case proposed
    /// What it is a part of names paths, and it names none.
    case inherited
    /// Nothing is known: it may touch everything.
    case unknown
  }

  package var ground: Ground
  package var placed: [PlacedPath]

  /// The whole repository: the scope of what is not known. It overlaps with every other.
  package static let everything = "."

  /// Patterns of `files_scope`, sorted as they were named; never empty.
  package var writes: [String] {
    ground == .unknown ? [Self.everything] : patterns { _ in true }
  }

  /// Patterns of `files_create`.
  package var creates: [String] { patterns(where: \.isCreated) }

  private func patterns(where wanted: (PlacedPath) -> Bool) -> [String] {
    var result: [String] = []
    for path in placed where wanted(path) {
      if let pattern = path.pattern, !result.contains(pattern) { result.append(pattern) }
    }
    return result
  }

  /// - Parameter counts: Whether declared paths of the format say what is going to be written.
  init(_ item: WorkItem, _ placed: [PlacedPath], declaredCounts: Bool) {
    let declared = placed.filter { $0.named.kind == .declared && $0.pattern != nil }
    let prose = placed.filter { $0.pattern != nil }
    if !declared.isEmpty {
      self.placed = declared
      let isSure = declared.allSatisfy { $0.standing != .several && $0.standing != .unknown }
      ground = declaredCounts && isSure ? .declared : .proposed
    } else {
      self.placed = prose
      ground = prose.isEmpty ? .unknown : .proposed
    }
  }

  /// For an item that names nothing: what it is a part of.
  func inherited() -> ScopeProposal {
    var copy = self
    copy.ground = .inherited
    return copy
  }
}

/// The scopes of all items of a list.
struct ListScopes {
  private(set) var proposals: [ScopeProposal] = []
  private(set) var findings: [Finding] = []

  init(_ list: WorkList, _ paths: RepositoryPaths) {
    var others: [Substring: Set<String>] = [:]
    for item in list.items {
      for path in item.paths where path.text.contains("/") && !path.needsProof {
        guard let name = path.text.split(separator: "/").last else { continue }
        others[name, default: []].insert(path.text)
      }
    }
    var known: [NamedPath: PlacedPath?] = [:]
    var places: [String: Int] = [:]
    for (index, item) in list.items.enumerated() {
      let placed = item.paths.compactMap { path -> PlacedPath? in
        if let place = known[path] { return place }
        let place = PlacedPath(path, in: paths, others: others)
        known[path] = .some(place)
        return place
      }
      // What Backlog.md lists was written down after the work.
      proposals.append(ScopeProposal(item, placed, declaredCounts: list.format != .backlog))
      places[item.key] = index
      if item.state == .open { note(item, placed) }
    }
    for (index, item) in list.items.enumerated() where proposals[index].ground == .unknown {
      inherit(index, item, list.items, places)
    }
  }

  private mutating func inherit(
    _ index: Int, _ item: WorkItem, _ items: [WorkItem], _ places: [String: Int]
  ) {
    var above = item.parent.flatMap { places[$0] }
    var steps = 0
    while let parent = above, steps < 32 {
      if proposals[parent].ground != .unknown {
        proposals[index] = proposals[parent].inherited()
        if item.state == .open {
          note(
            "scope_of_parent", item, "names no path; it has the scope of \(items[parent].key)",
            weight: .note)
        }
        return
      }
      above = items[parent].parent.flatMap { places[$0] }
      steps += 1
    }
    if item.state == .open, !item.isGroup {
      note("no_scope", item, "its scope is not known: it may touch everything")
    }
  }

  private mutating func note(
    _ code: String, _ item: WorkItem, _ message: String, weight: Finding.Weight = .warning
  ) {
    findings.append(
      Finding(
        code, item.place.file, line: item.place.line, "\(item.key): \(message)",
        item: item.id, weight: weight))
  }

  private mutating func note(_ item: WorkItem, _ placed: [PlacedPath]) {
    for path in placed {
      let shown = path.named.text.quoted(limit: 60)
      switch path.standing {
      case .exists, .new: continue
      case .existed:
        note("path_existed", item, "\(shown) was there once and is gone", weight: .note)
      case .suffix:
        note(
          "path_completed", item, "\(shown) is taken as \((path.pattern ?? "").quoted(limit: 80))",
          weight: .note)
      case .several:
        note("path_ambiguous", item, "\(shown) may be any of \(path.candidates) files")
      case .unknown:
        note(
          "path_unknown", item,
          path.pattern == nil
            ? "there is no \(shown), and nothing says where"
            : "neither \(shown) nor its folder is there"
        )
      }
    }
  }
}
