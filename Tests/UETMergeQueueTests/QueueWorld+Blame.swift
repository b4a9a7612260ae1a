import UETModel
import UETTestSupport

@testable import UETMergeQueue

/// Who gets a place, who is blamed, and what a restart knows.
extension QueueWorld {
  static let forced = "a person insists"

  /// A place is for one that may have it: what it contains is in before it, its own tree is not
  /// known to be red, and there is room.
  func checkPlace(_ event: Event) throws {
    guard let id = event.workstream, let record = machine.state[id] else { return }
    let room = max(policy.window, policy.slots)
    let isNew = !machine.line.contains(id)
    let inLine = machine.line.entries.count { !$0.isBroken }
    try Violation.unless(!isNew || inLine < room, "the line is too long")
    for input in record.candidate?.inputs ?? [] where isNew {
      let state = machine.state[input.workstream]?.state
      let isAhead = machine.line.contains(input.workstream)
      try Violation.unless(
        state == .integrated || state == .landed || isAhead,
        "'\(id)' has a place before '\(input.workstream)', which it contains")
    }
    guard isNew, let tree = record.candidate?.tree else { return }
    let isRed = policy.gates.contains {
      $0.isRequired && machine.isKnownRedAlone(tree, $0)
    }
    try Violation.unless(!isRed, "'\(id)' is taken though its own tree is red")
  }

  /// Nobody in line is passed over but who is expected to go, and each comes after all that it
  /// contains.
  func checkOrder(_ event: Event) throws {
    var members = event.batch.map(\.workstream)
    if members.isEmpty { members = [event.workstream].compactMap { $0 } }
    let vain = machine.inVain
    let last = members.last.flatMap(machine.line.position) ?? 0
    for (position, entry) in machine.line.entries[..<last].enumerated() {
      let isLost = vain.contains(entry.id) && !machine.awaitsRepair(entry)
      if isLost || members.contains(entry.id) { continue }
      try Violation.unless(
        event.data[.ahead]?.bool == true, "'\(entry.id)' is passed over in line")
      for id in members where machine.line.position(of: id) ?? 0 > position {
        try checkAhead(id, over: entry)
      }
    }
    let chain = machine.state.integration.chain + members
    for (position, id) in chain.enumerated() {
      for input in machine.state[id]?.candidate?.inputs ?? [] {
        let isIn =
          chain[..<position].contains(input.workstream)
          || machine.state[input.workstream]?.state == .landed
        try Violation.unless(isIn, "'\(id)' comes before '\(input.workstream)', which it contains")
      }
    }
  }

  /// One that is set aside is to blame: what was red or in conflict holds nobody else but those
  /// that are integrated, and a gate has said so.
  func checkEjection(_ event: Event) throws {
    guard let id = event.workstream, let candidate = machine.state[id]?.candidate,
      let onto = event.commit(.onto)
    else { throw Violation("an ejection of nothing") }
    try Violation.unless(event.text(.reason)?.isEmpty == false, "'\(id)' goes without a reason")
    let chain = machine.state.integration.chain
    try Violation.unless(
      event.workstreams(.predecessors).allSatisfy(chain.contains), "its forerunners have gone")
    if event.data[.fault]?.bool == true { return try checkFault(id, candidate, event) }
    guard let gate = event.text(.gate) else { return try checkConflict(id, candidate, onto) }
    guard let tree = event.commit(.tree), let commit = event.commit(.commit) else {
      throw Violation("a red result without a tree")
    }
    let subject = inputs(of: commit)[gate] ?? tree
    let keys = (policy.gates + (policy.ownGates[id] ?? [])).filter { $0.name == gate }.map(\.key)
    try Violation.unless(
      keys.contains { refused.contains(Refusal(subject: subject, key: $0)) },
      "'\(id)' is blamed for what was not red")
    try Violation.unless(
      !keys.contains { trouble.isRed($0, without: contents[commit] ?? []) }
        || machine.state.integration.startTree == nil,
      "'\(id)' is blamed for what the target is red for")
    let others = (contents[commit] ?? []).subtracting(contents[candidate.tip] ?? [])
    let integrated = contents[machine.tip ?? .zero] ?? []
    try Violation.unless(
      others.isSubset(of: integrated), "'\(id)' is blamed while others are not decided")
    try Violation.unless(
      contents[commit]?.contains(candidate.tip) == true, "'\(id)' is not in what was red")
  }

  /// A fault is blamed only on what it follows.
  private func checkFault(
    _ id: WorkstreamID, _ candidate: CandidateRecord, _ event: Event
  ) throws {
    let integrated = contents[machine.tip ?? .zero] ?? []
    if let commit = event.commit(.commit) {
      let others = (contents[commit] ?? []).subtracting(contents[candidate.tip] ?? [])
      try Violation.unless(
        others.isSubset(of: integrated), "'\(id)' is blamed while others are not decided")
    }
    // Where faults come at random, many of them may come to one.
    guard faultRate == 0, !trouble.isRandom else { return }
    let cause = trouble.deadly.union(trouble.unmergeable)
    try Violation.unless(
      !cause.isDisjoint(with: contents[candidate.tip] ?? []),
      "'\(id)' is blamed for a fault of the machine")
  }

  private func checkConflict(
    _ id: WorkstreamID, _ candidate: CandidateRecord, _ onto: ObjectID
  ) throws {
    let before = contents[onto] ?? []
    let integrated = contents[machine.tip ?? .zero] ?? []
    try Violation.unless(
      before.isSubset(of: integrated), "'\(id)' conflicts with what is not integrated")
    let both = before.union(contents[candidate.tip] ?? [])
    let new = both.subtracting(before)
    let isTorn = conflicts.contains { $0.isSubset(of: both) && !$0.isDisjoint(with: new) }
    let isOutdated = machine.state[id].map { !machine.outdated($0).isEmpty } ?? false
    try Violation.unless(isTorn || isOutdated, "'\(id)' does not conflict")
  }

  /// A probe holds its members and what is integrated, and nothing else.
  func checkProbe(_ event: Event) throws {
    guard let commit = event.commit(.commit), let onto = event.commit(.onto) else { return }
    let members = event.workstreams(.workstreams)
    let tips = members.compactMap { machine.state[$0]?.candidate?.tip }
    let expected = tips.reduce(into: contents[onto] ?? []) { $0.formUnion(contents[$1] ?? []) }
    try Violation.unless(contents[commit] == expected, "a probe of \(members) holds something else")
  }

  /// A process that starts from the record now knows of the candidates what this one knows.
  func checkRecall() throws {
    guard !machine.state.integration.probes.isEmpty else { return }
    let again = QueueMachine(policy: policy, state: machine.state).evidence
    let known = machine.evidence
    try Violation.unless(
      known.cleared.isSubset(of: again.cleared), "\(known.cleared) are cleared no more")
    try Violation.unless(known.torn.isSubset(of: again.torn), "a conflict is forgotten")
    for group in known.red {
      let isKnown = again.red.contains { Set($0).isSubset(of: group) }
      try Violation.unless(isKnown, "\(group) was red and is so no more")
    }
    for id in known.refuted.keys {
      try Violation.unless(again.refuted[id] != nil, "'\(id)' was red by itself")
    }
  }
}
