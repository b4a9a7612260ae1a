import UETModel

extension QueueMachine {
  /// What a conflict adds to the record; `details` are what the engine found out about it.
  func conflictDraft(
    _ name: MergeName, _ paths: [String], _ message: String, _ details: JSONObject
  ) -> EventDraft {
    var draft = EventDraft(
      .mergeConflict, workstream: name.workstream,
      data: JSONObject([
        .onto: .commit(name.onto), .tip: .commit(name.tip),
        .paths: .array(paths.map(JSONValue.string)), .message: .string(message),
      ]), anchors: [name.tip])
    for member in details.members where draft.data[member.key] == nil {
      draft.data.append(member.key, member.value)
    }
    return draft
  }

  /// A conflict that a recorded resolution settled at once: the candidate keeps its place, and the
  /// merged tree goes to its gates like any other.
  func repaired(
    _ name: MergeName, _ commit: ObjectID, _ tree: ObjectID, _ conflict: EventDraft
  ) -> [EventDraft] {
    let resolved = EventDraft(
      .conflictResolved, workstream: name.workstream,
      data: JSONObject([
        .status: .string(ConflictRecord.State.auto.rawValue), .onto: .commit(name.onto),
        .tip: .commit(name.tip), .tree: .commit(tree),
      ]))
    let prepared = EventDraft(
      .mergePrepared, workstream: name.workstream,
      data: JSONObject([
        .onto: .commit(name.onto), .tip: .commit(name.tip), .commit: .commit(commit),
        .tree: .commit(tree),
      ]), anchors: [commit])
    return [conflict, resolved, prepared]
  }

  /// With whom a candidate conflicts: those who changed the paths, or what the target had before.
  func opponents(_ id: WorkstreamID) -> String {
    guard let makers = state[id]?.conflict?.makers, let first = makers.first else {
      return " with what the target had before"
    }
    let more = makers.count > 1 ? " and \(makers.count - 1) more" : ""
    return " with '\(first)'\(more)"
  }
}
