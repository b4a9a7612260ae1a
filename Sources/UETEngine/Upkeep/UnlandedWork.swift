import UETGit
import UETLedger
import UETModel

/// What of a run is kept by nothing but the run itself.
struct UnlandedWork: Sendable {
  /// Workstreams whose result is neither in the target nor in a branch that is no run's.
  private(set) var results: [WorkstreamID] = []
  /// How many references keep work of those, or of attempts that led to nothing.
  private(set) var kept = 0

  /// `state` as its target shows it.
  init(_ state: RunState, in project: Project) throws {
    let repository = project.repository
    let own = "refs/heads/uet/\(state.run)/"
    let heads = try
      (repository.references(under: "refs/heads") + repository.references(under: "refs/remotes"))
      .filter { !$0.name.contains("/uet/") }.map(\.id)
    var tips: [WorkstreamID: Set<ObjectID>] = [:]
    for record in state.workstreams where record.state != .landed {
      if let tip = record.tip { tips[record.id, default: []].insert(tip) }
    }
    for (name, id) in try repository.references(under: String(own.dropLast())) {
      // What a person added to a branch is work as well.
      guard let workstream = WorkstreamID(String(name.dropFirst(own.utf8.count))),
        state[workstream]?.state != .landed || state[workstream]?.tip != id
      else { continue }
      tips[workstream, default: []].insert(id)
    }
    let prefix = "\(project.refPrefix)/salvage/\(state.run)/"
    let salvaged = try repository.references(under: String(prefix.dropLast())).filter { name, _ in
      let place = name.dropFirst(prefix.utf8.count).prefix { $0 != "/" }
      return WorkstreamID(String(place)).map { state[$0]?.state != .landed } ?? true
    }.map(\.id)
    let lacking = try repository.lacking(tips.values.joined() + salvaged, in: heads)
    results = tips.filter { !$0.value.isDisjoint(with: lacking) }.keys.sorted()
    kept = salvaged.count(where: lacking.contains)
  }

  /// For people; nil where there is nothing.
  var words: String? {
    var parts: [String] = []
    if let first = results.first {
      let names = results.count == 1 ? "" : " and \(results.count - 1) more"
      parts.append("'\(first)'\(names) \(results.count == 1 ? "has" : "have") not landed")
    }
    if kept > 0 {
      parts.append(
        "\(kept.counting("reference")) \(kept == 1 ? "keeps" : "keep") work that did not land")
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", and ")
  }
}

extension Repository {
  /// Those of `tips` that are here, and in none of `ends`: by one walk, not by one for each.
  func lacking(
    _ tips: some Sequence<ObjectID>, in ends: [ObjectID]
  ) throws(GitError) -> Set<ObjectID> {
    let here = Set(tips.filter(contains))
    if here.isEmpty { return [] }
    return here.intersection(try commits(inAnyOf: Array(here), notIn: ends))
  }
}
