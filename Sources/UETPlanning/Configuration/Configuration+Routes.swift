import UETModel

extension Configuration {
  /// The tools that can do a workstream, the first choice first: the one that its bundle names and
  /// those that it falls back on. Where it asks for a capability that some tools say they have,
  /// those that have it, the named one and its own before all others, which follow by name.
  package func tools(for workstream: Workstream) -> [String] {
    let named = [workstream.tool] + (tools[workstream.tool]?.fallbacks ?? [])
    let able = capable(of: workstream)
    var seen: Set<String> = []
    if able.isEmpty { return named.filter { seen.insert($0).inserted } }
    return (named.filter(able.contains) + able.sorted()).filter { seen.insert($0).inserted }
  }

  /// Those that say that they can do what it asks for.
  private func capable(of workstream: Workstream) -> Set<String> {
    guard let wanted = workstream.capability else { return [] }
    return Set(tools.filter { $0.value.capabilities.contains(wanted) }.keys)
  }

  /// What workstreams ask for and no tool says that it can, where any says what it can do.
  package func unmetCapability(of workstream: Workstream) -> String? {
    guard let wanted = workstream.capability,
      tools.contains(where: { !$0.value.capabilities.isEmpty }),
      capable(of: workstream).isEmpty
    else { return nil }
    return wanted
  }
}
