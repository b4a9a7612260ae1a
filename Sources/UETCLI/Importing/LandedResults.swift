import UETEngine
import UETModel

extension Project {
  /// Which of these workstreams have their result in the target, by the newest run that each is in.
  func landed(among ids: Set<WorkstreamID>) async throws -> Set<WorkstreamID> {
    var open = ids
    var landed: Set<WorkstreamID> = []
    for run in try reader.runs() where !open.isEmpty {
      let recorded = try state(of: run)
      guard recorded.workstreams.contains(where: { open.contains($0.id) }) else { continue }
      // Others land by hand, squash, revert: what the target holds now counts.
      let state = await asItStands(recorded)
      for record in state.workstreams where open.remove(record.id) != nil {
        if record.state == .landed { landed.insert(record.id) }
      }
    }
    return landed
  }
}
