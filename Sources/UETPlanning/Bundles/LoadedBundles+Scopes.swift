import UETModel

extension LoadedBundles {
  /// These bundles with scopes as they are in the tree that work starts from: what links lead to is
  /// part of them. Says where that is so, and where brackets can be meant in two ways.
  package func placed(in tree: BaseTree?) -> LoadedBundles {
    var result = self
    let named = FileCheck.paths(workstreams)
    for index in workstreams.indices {
      var placing = ScopePlacing(
        tree: tree, named: named, workstream: workstreams[index],
        declaration: declarations[index], sources: sources)
      placing.run()
      result.workstreams[index].scope = placing.scope
      result.diagnostics += placing.diagnostics
    }
    result.diagnostics = result.diagnostics.inFileOrder
    return result
  }
}

extension LoadedBundles {
  /// Paths of scopes that differ in case only, each set where the second of them stands.
  package func caseTwins() -> [Diagnostic] {
    CaseTwins.among(FileCheck.paths(workstreams)).prefix(100).compactMap { names in
      let list = names.map { $0.quoted() }.joined(separator: " and ")
      guard let last = names.last, let (owner, place) = place(of: last) else { return nil }
      return Diagnostic(
        .warning, "case_twins", place,
        "\(list) differ in case only: two paths here, one where case does not count",
        hint: "write them alike", workstreams: [owner])
    }
  }

  private func place(of path: String) -> (WorkstreamID, SourcePlace)? {
    for (workstream, declaration) in zip(workstreams, declarations) {
      let scope = workstream.scope
      let fields: [(Conflict.Field, [ScopePattern])] = [
        (.filesScope, scope.writes), (.filesCreate, scope.creates), (.reads, scope.reads),
      ]
      for (field, patterns) in fields {
        for (number, pattern) in patterns.enumerated() {
          guard case .path(let own) = pattern.form, own == path || own.hasPrefix(path + "/")
          else { continue }
          return (workstream.id, declaration.patternPlace(field, number, sources))
        }
      }
    }
    return nil
  }
}

/// The scope of one workstream, compared with a tree.
private struct ScopePlacing {
  let tree: BaseTree?
  /// Paths that workstreams name; they need not be there yet.
  let named: [String]
  let workstream: Workstream
  let declaration: Declaration
  let sources: [SourceText]
  private(set) var scope: Workstream.Scope
  private(set) var diagnostics: [Diagnostic] = []

  init(
    tree: BaseTree?, named: [String], workstream: Workstream, declaration: Declaration,
    sources: [SourceText]
  ) {
    (self.tree, self.named, self.workstream) = (tree, named, workstream)
    (self.declaration, self.sources) = (declaration, sources)
    scope = workstream.scope
  }

  mutating func run() {
    scope.writes += look(at: workstream.scope.writes, .filesScope)
    scope.creates += look(at: workstream.scope.creates, .filesCreate)
    scope.reads += look(at: workstream.scope.reads, .reads)
  }

  /// What links in the patterns lead to.
  private mutating func look(
    at patterns: [ScopePattern], _ field: Conflict.Field
  ) -> [ScopePattern] {
    var added: [ScopePattern] = []
    for (number, pattern) in patterns.enumerated() {
      lookAtReadings(of: pattern, field, number)
      for link in tree?.links(in: pattern) ?? [] {
        tell(of: link, pattern, field, number)
        guard let target = link.pattern, !patterns.contains(where: { $0.form == target.form }),
          !added.contains(where: { $0.form == target.form })
        else { continue }
        added.append(target)
      }
    }
    return added
  }

  private mutating func tell(
    of link: ScopeLink, _ pattern: ScopePattern, _ field: Conflict.Field, _ number: Int
  ) {
    let (name, text) = (link.link.quoted(), pattern.text.quoted())
    if let target = link.pattern {
      let known = workstream.scope.writes + workstream.scope.creates
      if ScopePattern.covers(field == .reads ? workstream.scope.reads : known, all: [target]) {
        return
      }
      let real = target.text.quoted()
      return note(
        .warning, "scope_through_link", field, number,
        link.isNamed
          ? "\(name) is a symbolic link; \(real), to which it leads, is part of the scope as well"
          : "\(text) goes through the symbolic link \(name): \(real) is part of the scope as well",
        hint: link.isNamed
          ? "name \(real) too, or alone where the link is not to change" : "write \(real)")
    }
    if link.goal == .submodule {
      return note(
        .warning, "scope_in_submodule", field, number,
        "\(text) lies in the submodule \(name), of which only the commit it is at can change here",
        hint: "name \(name), or plan that work in its own repository")
    }
    let way =
      link.goal == .circle ? "leads in a circle" : "leads out of the files of the repository"
    let isHarmless = link.isNamed || field == .reads
    note(
      isHarmless ? .warning : .error, "scope_leads_out", field, number,
      (link.isNamed
        ? "\(name) is a symbolic link that \(way)"
        : "\(text) goes through the symbolic link \(name), which \(way)")
        + "; what is written behind it is no part of a result",
      hint: isHarmless
        ? "only the link itself can change" : "name files of the repository, or take the link out")
  }

  /// Tells where a tree, or other scopes, have what brackets mean in either way, or in neither.
  private mutating func lookAtReadings(
    of pattern: ScopePattern, _ field: Conflict.Field, _ number: Int
  ) {
    guard let literal = pattern.literalReading else { return }
    let others = pattern.alternatives(without: literal)
    guard !others.isEmpty else { return }
    let other = tree?.first(of: others) ?? otherName(pattern, literal)
    let isThere = tree?.first(of: literal.alternatives) != nil
    let glob = pattern.globReading
    guard other != nil ? isThere : (!isThere && glob != nil) else { return }
    let text = pattern.text.quoted()
    let both =
      other.map { "the name with these characters and, as a glob, \($0.quoted())" }
      ?? "a name with these characters or a glob, and nothing is there yet"
    note(
      .warning, "two_readings", field, number,
      "\(text) can mean \(both); both are part of the scope",
      hint: "write \(literal.text.quoted()) for just the name"
        + (glob.map { ", \($0.quoted()) for just the glob" } ?? ""))
  }

  private func otherName(_ pattern: ScopePattern, _ literal: ScopePattern) -> String? {
    named.prefix(10_000).first { pattern.matches($0) && !literal.matches($0) }
  }

  private mutating func note(
    _ severity: Diagnostic.Severity, _ code: String, _ field: Conflict.Field, _ number: Int,
    _ message: String, hint: String
  ) {
    diagnostics.append(
      Diagnostic(
        severity, code, declaration.patternPlace(field, number, sources), message, hint: hint,
        workstreams: [workstream.id]))
  }
}
