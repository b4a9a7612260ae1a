import UETModel

/// What all bundle files declare together, and everything that is wrong with them.
package struct LoadedBundles: Sendable {
  /// The valid workstreams, sorted by id; of duplicates the first in file order.
  package internal(set) var workstreams: [Workstream] = []
  /// For each workstream the indexes of those it depends on: patterns resolved, sorted, each once.
  package internal(set) var dependencies: [[Int]] = []
  /// In file order.
  package internal(set) var phases: [Phase] = []
  /// In file order; with an error among them the workstreams are not to be planned or run.
  package var diagnostics: [Diagnostic] = []
  /// Beside `workstreams`.
  var declarations: [Declaration] = []
  var sources: [SourceText] = []

  package init() {}

  /// The index of the workstream of that id, by binary search.
  package func index(of id: WorkstreamID) -> Int? {
    var (low, high) = (0, workstreams.count)
    while low < high {
      let middle = (low + high) / 2
      if workstreams[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < workstreams.count && workstreams[low].id == id ? low : nil
  }
}

extension LoadedBundles {
  /// Tools and gates that the workstreams name and `configuration` does not know.
  ///
  /// A plan needs no configuration, so there it is a warning; a run cannot do without.
  package func check(
    _ configuration: Configuration, severity: Diagnostic.Severity
  ) -> [Diagnostic] {
    var result: [Diagnostic] = []
    var nearest = Nearest(budget: 2_000_000)
    let tools = configuration.tools.keys.sorted()
    let gates = configuration.gates.keys.sorted()
    var seen: Set<String> = []
    for (workstream, declaration) in zip(workstreams, declarations) {
      if configuration.tools[workstream.tool] == nil {
        let similar = nearest.name(for: workstream.tool, among: tools)
        result.append(
          Diagnostic(
            severity, "unknown_tool", declaration.toolPlace(sources),
            "unknown tool \(workstream.tool.quoted(limit: 60))" + Self.suggestion(similar),
            hint: "declare it under 'tools' in the configuration", workstreams: [workstream.id]))
      }
      for other in configuration.tools[workstream.tool]?.fallbacks ?? []
      where configuration.tools[other] == nil && seen.insert(workstream.tool + "/" + other).inserted
      {
        let similar = nearest.name(for: other, among: tools)
        result.append(
          Diagnostic(
            severity, "unknown_tool", declaration.toolPlace(sources),
            "tool \(workstream.tool.quoted(limit: 60)) falls back on \(other.quoted(limit: 60)), "
              + "which is not configured" + Self.suggestion(similar),
            hint: "declare it under 'tools' in the configuration", workstreams: [workstream.id]))
      }
      if let wanted = configuration.unmetCapability(of: workstream) {
        result.append(
          Diagnostic(
            .warning, "unmet_capability", declaration.toolPlace(sources),
            "no tool has the capability \(wanted.quoted(limit: 60)); "
              + "tool \(workstream.tool.quoted(limit: 60)) does it",
            hint: "name it in 'capabilities' of a tool in the configuration",
            workstreams: [workstream.id]))
      }
      for (number, gate) in workstream.gates.enumerated()
      where gate.command == nil && configuration.gates[gate.name] == nil {
        let similar = nearest.name(for: gate.name, among: gates)
        result.append(
          Diagnostic(
            severity, "unknown_gate", declaration.gatePlace(number, sources),
            "gate \(gate.name.quoted(limit: 60)) has no command" + Self.suggestion(similar),
            hint: "declare it under 'gates' in the configuration, or give it a command",
            workstreams: [workstream.id]))
      }
    }
    return result.inFileOrder
  }

  private static func suggestion(_ name: String?) -> String {
    name.map { "; did you mean \($0.quoted(limit: 60))?" } ?? ""
  }
}
