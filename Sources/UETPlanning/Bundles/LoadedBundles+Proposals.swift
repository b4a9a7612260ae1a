import UETModel

extension LoadedBundles {
  /// For each file a warning where scopes were proposed by a program and no person confirmed them.
  package func proposals() -> [Diagnostic] {
    var files: [Int: [Int]] = [:]
    for (index, workstream) in workstreams.enumerated() where workstream.isProposed {
      files[declarations[index].file, default: []].append(index)
    }
    return files.sorted { $0.key < $1.key }.map { _, indexes in
      let first =
        indexes.min { declarations[$0].idOffset < declarations[$1].idOffset } ?? indexes[0]
      let ids = indexes.map { workstreams[$0].id }
      let unknown = indexes.count { workstreams[$0].scope.writes.contains { $0.isEverything } }
      let what =
        ids.count == 1
        ? "the scope of '\(ids[0])' is" : "the scopes of \(ids.count) workstreams are"
      let some =
        unknown == 0
        ? ""
        : unknown == 1 && ids.count == 1 ? "; it is everything" : "; \(unknown) of them everything"
      return Diagnostic(
        .warning, "proposed_scope", declarations[first].idPlace(sources),
        "\(what) proposed, and nobody has confirmed \(ids.count == 1 ? "it" : "them")\(some)",
        hint: "look at what is proposed, then confirm: git uet import --confirm"
          + (ids.count == 1 ? " \(ids[0])" : ""),
        workstreams: ids)
    }
  }
}

extension ScopePattern {
  /// Whether it covers the whole repository.
  fileprivate var isEverything: Bool {
    if case .path(let path) = form { path.isEmpty } else { false }
  }
}
