extension RunState {
  /// Notes a finding with every attempt that may have made it.
  mutating func foldSharedChange(_ fact: Told<Fact.SharedChanges>) {
    let (changes, isUnattributed) = (fact.changes ?? [], fact.isUnattributed)
    for suspect in fact.suspects ?? [] {
      guard let id = suspect.workstream else { continue }
      update(id) { record in
        guard let place = record.attempts.firstIndex(where: { $0.number == suspect.attempt }) else {
          return
        }
        record.attempts[place].changes += changes
        if isUnattributed { record.attempts[place].isSuspect = true }
      }
    }
  }
}
