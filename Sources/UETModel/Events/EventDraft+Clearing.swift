extension EventDraft {
  /// Members that hold what people and programs said, in words that nothing is decided by.
  private static let spoken: Set<String> = [
    "answer", "message", "missing", "question", "reason",
  ]

  /// This draft with `clear` applied to what was said.
  package func cleared(by clear: (String) -> String) -> EventDraft {
    var draft = self
    var members = data.members
    var isChanged = false
    let paths = if case .scopeViolation = fact { "paths" } else { "" }
    for place in members.indices
    where Self.spoken.contains(members[place].key) || members[place].key == paths {
      let value = members[place].value.cleared(by: clear)
      if value != members[place].value { (members[place].value, isChanged) = (value, true) }
    }
    if isChanged { draft.data = JSONObject(members: members) }
    return draft
  }
}

extension JSONValue {
  fileprivate func cleared(by clear: (String) -> String) -> JSONValue {
    switch self {
    case .string(let text): .string(clear(text))
    case .array(let values): .array(values.map { $0.cleared(by: clear) })
    default: self
    }
  }
}
