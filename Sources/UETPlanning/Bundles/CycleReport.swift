import UETModel

/// Shows each knot of dependencies as its shortest cycle, with the file of each edge.
enum CycleReport {
  /// How many workstreams of a long cycle are named.
  private static let maximumShown = 12

  static func diagnostics(
    _ declarations: [Declaration], _ dependencies: [[Int]], sources: [SourceText]
  ) -> [Diagnostic] {
    ShortestCycle.all(in: dependencies).map { cycle in
      let places = cycle.indices.map { step in
        edgePlace(cycle[step], cycle[(step + 1) % cycle.count], declarations, sources)
      }
      let ids = cycle.map { declarations[$0].workstream.id }
      return Diagnostic(
        .error, "dependency_cycle", places[0], message(ids, places),
        hint: "remove one of these dependencies", workstreams: ids)
    }
  }

  private static func message(_ ids: [WorkstreamID], _ places: [SourcePlace]) -> String {
    var steps: [String] = []
    for (id, place) in zip(ids, places).prefix(maximumShown) {
      steps.append("\(id) (\(place.description.terminalSafe))")
    }
    if ids.count > maximumShown { steps.append("... \(ids.count - maximumShown) more") }
    steps.append(ids[0].rawValue)
    return "\(ids.count) workstreams depend on one another: " + steps.joined(separator: " -> ")
  }

  /// Where one workstream names the other, by id or, failing that, by a pattern.
  private static func edgePlace(
    _ from: Int, _ to: Int, _ declarations: [Declaration], _ sources: [SourceText]
  ) -> SourcePlace {
    let id = declarations[to].workstream.id
    let entries = declarations[from].workstream.dependsOn
    let entry =
      entries.firstIndex(of: id.rawValue)
      ?? entries.firstIndex { IDPattern($0)?.matches(id) == true }
    guard let entry else { return declarations[from].workstream.source }
    return declarations[from].dependencyPlace(entry, sources)
  }
}
