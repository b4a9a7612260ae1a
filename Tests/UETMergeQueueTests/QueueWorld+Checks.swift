import UETModel
import UETTestSupport

@testable import UETMergeQueue

extension QueueWorld {
  func check(_ event: Event) throws {
    let record = event.workstream.flatMap { machine.state[$0] }
    switch event.type {
    case .gateStarted:
      let subject = event.data["inputs_tree"]?.objectID ?? event.commit(.tree)
      let isKnown = machine.state.workstreams.contains { record in
        record.verdicts.contains {
          ($0.subject == subject || $0.tree == subject) && $0.key == event.text(.gateKey)
        }
      }
      try Violation.unless(
        !machine.running.contains { $0.subject == subject && $0.key == event.text(.gateKey) },
        "a gate runs twice at once on what it reads")
      let isControl = event.text(.stage) == GateRecord.Stage.target.rawValue
      let isAgain = event.data[.again]?.bool == true
      // Two that were begun before it was known that they read the same may not agree.
      let isContested = hasFlaked && !learned.isEmpty
      try Violation.unless(
        !isKnown || isControl || isAgain || isContested, "a finished gate runs again")
      if isAgain { try checkAgain(event) }
      try Violation.unless(machine.running.count < policy.slots, "too many gates at once")
    case .integrationPaused:
      guard let key = event.text(.gateKey), flakeRate == 0, !hasFlaked else { return }
      let start = machine.state.integration.start ?? .zero
      try Violation.unless(isRed(start, key), "the target is not red")
    case .mergeStarted: try checkPlace(event)
    case .candidateEjected: try checkEjection(event)
    case .probeStarted where event.data[.ahead]?.bool == true:
      try Violation.unless(event.commit(.onto) == machine.tip, "goes ahead on something old")
      try Violation.unless(
        event.workstreams(.workstreams).allSatisfy(machine.line.contains),
        "goes ahead without a place")
    case .probeStarted:
      // Two on what was integrated between them may be one commit, and one gate.
      let commits = machine.probes.map(\.commit)
      let distinct = commits.count { $0 == nil } + Set(commits.compactMap { $0 }).count
      try Violation.unless(
        distinct < policy.slots,
        "too many probes at once: \(machine.probes), running \(machine.running)")
      try Violation.unless(event.commit(.onto) == machine.tip, "a probe of something old")
      let members = event.data[.workstreams]?.array?.compactMap(\.workstreamID) ?? []
      try Violation.unless(
        !members.contains { machine.evidence.refuted[$0] != nil }, "red alone, and probed again")
    case .probePrepared: try checkProbe(event)
    case .candidateQueued:
      guard let ejection = record?.candidate?.ejection, record?.state == .ejected else { return }
      let isEmpty = machine.state.integration.chain.isEmpty
      let onto = isEmpty ? event.commit(.start) : machine.tip
      let isForced = event.text(.reason) == QueueWorld.forced
      try Violation.unless(
        isForced || ejection.isFault || ejection.tip != event.commit(.tip) || ejection.onto != onto,
        "retried though nothing changed")
    case .repairStarted: try repairs.checkStart(event, machine)
    case .mergePrepared:
      let isOutdated = record.map { !machine.outdated($0).isEmpty } ?? false
      try Violation.unless(
        !isOutdated || event.commit(.replay) != nil, "the old commits of a replayed one come along")
    case .mergeSucceeded:
      try Violation.unless(event.commit(.onto) == machine.tip, "integrated onto something else")
      try event.commit(.commit).map(checkTested)
      try checkAssumed(event)
      try checkRepaired(event)
      try checkOrder(event)
    case .landingStarted:
      try Violation.unless(machine.state.integration.freeze == nil, "lands while frozen")
      let old = event.commit(.old)
      try Violation.unless(
        old == event.commit(.start) || old == event.commit(.commit),
        "lands on something else than it was built on")
      try checkProof(event)
    case .landed: try checkProof(event)
    default: break
    }
  }

  /// Only what was red once is asked again, and only where the policy says so.
  private func checkAgain(_ event: Event) throws {
    let subject = event.data["inputs_tree"]?.objectID ?? event.commit(.tree)
    let verdicts = machine.state.workstreams.flatMap(\.verdicts).filter {
      ($0.subject == subject || $0.tree == subject) && $0.key == event.text(.gateKey)
    }
    let last = verdicts.max { ($0.event ?? 0) < ($1.event ?? 0) }
    try Violation.unless(last?.passed == false, "what was not red is asked again")
    try Violation.unless(last?.isConfirmed == false, "what was red twice is asked again")
    let gates = policy.gates + policy.ownGates.values.joined()
    try Violation.unless(
      gates.contains { $0.key == event.text(.gateKey) && $0.isAskedTwice },
      "asked again against the policy")
  }

  /// What was repaired has passed its own gates on the tree that is integrated.
  private func checkRepaired(_ event: Event) throws {
    var members = event.batch.map(\.workstream)
    if members.isEmpty { members = [event.workstream].compactMap { $0 } }
    guard let tree = event.commit(.tree) else { return }
    for entry in machine.line.entries where entry.isRepaired && members.contains(entry.id) {
      for gate in policy.ownGates[entry.id] ?? [] {
        try Violation.unless(
          machine.verdict(on: tree, of: gate) == true,
          "'\(entry.id)' was repaired, and \(gate.name) was not asked again")
      }
    }
  }

  /// Only candidates whose scopes are known to be disjoint are integrated by one test where no
  /// batch is.
  private func checkAssumed(_ event: Event) throws {
    guard event.data[.assumed]?.bool == true else { return }
    let members = event.batch.map(\.workstream)
    for one in members {
      for other in members where one < other {
        let isDisjoint = policy.assumesDisjoint && policy.areDisjoint(one, other)
        try Violation.unless(isDisjoint, "'\(one)' and '\(other)' are not disjoint")
      }
    }
  }

  /// What a landing says of itself: all that is in it, in order, and every required gate passed on
  /// its tree.
  private func checkProof(_ event: Event) throws {
    guard let commit = event.commit(.commit), let start = event.commit(.start),
      let merges = event.data[.merges]?.array
    else { throw Violation("a landing without a proof") }
    let tips = merges.compactMap { $0["tip"]?.objectID }.map { repairs.replays[$0] ?? $0 }
    try Violation.unless(
      contents[commit] == (contents[start] ?? []).union(tips), "it holds something else")
    try Violation.unless(merges.last?["commit"]?.objectID == commit, "its last merge is another")
    try Violation.unless(event.commit(.tree) == trees[commit], "its tree is another")
    let gates = (event.data[.gates]?.array ?? []).compactMap { $0["gate"]?.string }
    for gate in policy.gates where gate.isRequired {
      try Violation.unless(gates.contains(gate.name), "\(gate.name) is not in the proof")
    }
  }

  /// The commit's tree is green for every required gate.
  func checkTested(_ commit: ObjectID) throws {
    for gate in policy.gates where gate.isRequired {
      let verdicts = machine.state.workstreams.flatMap(\.verdicts)
        .filter { $0.subject == subject(of: commit, gate.name) && $0.key == gate.key }
        .sorted { ($0.event ?? 0) < ($1.event ?? 0) }
      try Violation.unless(verdicts.last?.passed == true, "\(gate.name) has not passed on it")
      try Violation.unless(!isRed(commit, gate.key), "\(gate.name) is red on it")
    }
  }

  /// What is integrated is what the record says, and nothing that was set aside came in with it.
  func checkState() throws {
    let integration = machine.state.integration
    guard let start = integration.start, let tip = machine.tip else { return }
    let inChain = integration.chain.compactMap { machine.state[$0]?.candidate?.tip }
    let expected = (contents[start] ?? []).union(inChain)
    try Violation.unless(contents[tip] == expected, "something else is in the integration branch")
    let outcome = machine.outcome
    let isAtRest = outcome != nil && outcome?.pause == nil
    for record in machine.state.workstreams {
      let isIn = integration.chain.contains(record.id)
      try Violation.unless(isIn == (record.state == .integrated), "'\(record.id)' in the chain?")
      if record.state == .queued, isAtRest {
        try Violation.unless(
          record.reason?.isEmpty == false, "'\(record.id)' is held without a reason")
      }
    }
  }
}
