import UETGit
import UETModel
import UETScheduling

extension Project {
  /// What workers must not change, as it is now: digests alone, for the record.
  var guarded: JSONValue {
    .object(
      JSONObject(
        members: repository.guardedParts.sorted { $0.key < $1.key }
          .map { JSONObject.Member($0.key, .string($0.value)) }))
  }

  /// What of that differs from the record, where attempts were at work when their orchestrator
  /// died: nobody looked at what they did. It stays as it is, for nothing but digests is known of
  /// what was there.
  func changed(since recorded: JSONValue?, _ state: RunState) -> EventDraft? {
    guard let known = recorded?.object else { return nil }
    let suspects = state.workstreams.compactMap { record in
      record.lastAttempt.flatMap { last in
        last.outcome == .running ? AttemptName(record.id, last.number) : nil
      }
    }
    if suspects.isEmpty { return nil }
    let now = repository.guardedParts
    let changes = Set(now.keys).union(known.keys).filter { now[$0] != known[$0]?.string }
      .sorted().compactMap(Self.change)
    if changes.isEmpty { return nil }
    warn("what was changed since the run started stays as it is; look at it if it was not you")
    return .protectedChange(changes, suspects, for: suspects.count == 1 ? suspects[0] : nil)
  }

  private static func change(_ part: String) -> SharedChange? {
    let words = part.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2 else { return nil }
    let kinds: [String: SharedChange.Kind] = [
      "setting": .configuration, "info": .info, "hook": .hook,
    ]
    return kinds[words[0]].map { SharedChange($0, words[1], isProtected: true) }
  }
}
