import UETModel

/// Merges that cannot be carried out.
extension QueueMachine {
  /// More often than is put up with; where another one is broken, a single time.
  func isBroken(_ id: WorkstreamID) -> Bool {
    guard let fault = state.fault(of: .merge(id)) else { return false }
    return fault.count > policy.maxFaults || line.entries.contains { $0.isBroken && $0.id != id }
  }

  /// Others were merged since.
  func brokenSettlement(_ id: WorkstreamID, _ onto: ObjectID) -> [EventDraft]? {
    guard let fault = state.fault(of: .merge(id)), health.merged > fault.first,
      fault.event > health.merged, fault.count > policy.maxFaults
    else { return nil }
    return [brokenEjection(id, onto, fault)]
  }

  /// The first in line is merged once more when another could be.
  func brokenMerge() -> EventDraft? {
    guard let entry = line.entries.first, entry.isBroken,
      let fault = state.fault(of: .merge(entry.id)), health.merged > fault.event,
      !line.entries.contains(where: \.isUnderWay), let onto = tip,
      let tip = state[entry.id]?.candidate?.tip
    else { return nil }
    return mergeStart(entry.id, tip, onto: onto)
  }

  private func brokenEjection(
    _ id: WorkstreamID, _ onto: ObjectID, _ fault: FaultRecord
  ) -> EventDraft {
    ejection(id, "it cannot be merged: \(fault.message) (\(fault.count) times)", onto: onto) {
      $0.fault = true
    }
  }

  /// When nothing else is left to be merged that would show whether merging works at all, a gate on
  /// what is there already has to do; where there is none, that something could be merged before.
  func brokenEnd() -> [EventDraft]? {
    guard running.isEmpty, repairing == nil, !line.entries.contains(where: \.isUnderWay),
      let entry = line.entries.first, case .broken(let onto) = entry.merge,
      let fault = state.fault(of: .merge(entry.id))
    else { return nil }
    let broken = line.entries.count(where: \.isBroken)
    if broken > 1 {
      return [pause(.fault, "\(broken) candidates cannot be merged alike: \(fault.message)")]
    }
    if let gate = policy.gates.first(where: \.isRequired), let tree = tipTree {
      if health.isSound(gate.key, since: fault.event) {
        return [brokenEjection(entry.id, onto, fault)]
      }
      let isOffToo = self.fault(tree, gate).map { $0.event > fault.event } ?? false
      if !isOffToo, let draft = control(entry.id, gate) { return [draft] }
    } else if !state.integration.chain.isEmpty {
      return [brokenEjection(entry.id, onto, fault)]
    }
    let times = "\(fault.count) times in a row"
    return [pause(.fault, "'\(entry.id)' could not be merged, \(times): \(fault.message)")]
  }
}
