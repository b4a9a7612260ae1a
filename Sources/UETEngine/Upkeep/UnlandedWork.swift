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
    func isElsewhere(_ tip: ObjectID) throws -> Bool {
      try !repository.contains(tip)
        || heads.contains { try repository.isAncestor(tip, of: $0) }
    }
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
    results = try tips.filter { try !$0.value.allSatisfy(isElsewhere) }.keys.sorted()
    let prefix = "\(project.refPrefix)/salvage/\(state.run)/"
    for (name, id) in try repository.references(under: String(prefix.dropLast())) {
      let place = name.dropFirst(prefix.utf8.count).prefix { $0 != "/" }
      if let workstream = WorkstreamID(String(place)), state[workstream]?.state == .landed {
        continue
      }
      if try !isElsewhere(id) { kept += 1 }
    }
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
