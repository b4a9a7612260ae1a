import UETModel

/// When landed work is taken out again by itself: from what is on record to what is wanted, and
/// why.
///
/// Pure, and a function of the fold alone: whoever takes the run next, after a crash as well, comes
/// to the same.
package struct RollbackPolicy: Hashable, Sendable {
  /// What is to be taken out, with all that builds on it.
  package struct Wish: Hashable, Sendable {
    package let workstreams: [WorkstreamID]
    package let finding: LandedFinding
  }

  /// The findings that are acted upon; people are told of the others.
  package var kinds: Set<LandedFinding.Kind>
  /// The workstreams of each phase.
  package var phases: [String: [WorkstreamID]]

  package init(kinds: Set<LandedFinding.Kind>, phases: [String: [WorkstreamID]] = [:]) {
    self.kinds = kinds
    self.phases = phases
  }

  /// The first that is wanted; nothing while a rollback has begun and not ended.
  package func wish(in state: RunState) -> Wish? {
    guard state.rollback == nil else { return nil }
    for finding in state.findings where isActedUpon(finding) {
      let workstreams = subjects(of: finding, in: state)
      if !workstreams.isEmpty { return Wish(workstreams: workstreams, finding: finding) }
    }
    return nil
  }

  /// A gate for security that is red after landing is a red gate, too.
  private func isActedUpon(_ finding: LandedFinding) -> Bool {
    if kinds.contains(finding.kind) { return true }
    if case .landing = finding.scope { return kinds.contains(.red) }
    return false
  }

  /// What the finding speaks of and has landed before it, in the order of the record.
  ///
  /// One that has not landed keeps its phase from its end: what landed of that is meant then.
  package func subjects(of finding: LandedFinding, in state: RunState) -> [WorkstreamID] {
    func landed(_ ids: [WorkstreamID]) -> [WorkstreamID] {
      ids.filter { id in
        guard let record = state[id], record.state == .landed else { return false }
        return (record.landedAt ?? 0) < finding.event
      }
    }
    switch finding.scope {
    case .landing(let ids): return landed(ids)
    case .run: return landed(state.workstreams.map(\.id))
    case .phase(let name): return landed(phases[name] ?? [])
    case .workstream(let id):
      if state[id]?.state == .landed { return landed([id]) }
      let names = phases.keys.filter { phases[$0]?.contains(id) == true }.sorted()
      return names.flatMap { landed(phases[$0] ?? []) }
    }
  }
}
