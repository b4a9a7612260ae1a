import UETModel
import UETTestSupport

@testable import UETMergeQueue

/// What repairs come to in a simulated world, and the rules that they are held to.
struct RepairWorld {
  /// Candidates whose commits apply one by one, and whose conflicts the tool resolves.
  var replayable: Set<ObjectID> = []
  var resolvable: Set<ObjectID> = []
  /// The candidate's tip of each replayed one.
  var replays: [ObjectID: ObjectID] = [:]
  /// Repairs whose end is on record.
  private var finished: Set<Subject> = []

  private struct Subject: Hashable {
    let workstream: WorkstreamID
    let tip: ObjectID
    let onto: ObjectID
  }

  static let orders: [[RepairMethod]] = [
    [], [.resolutions, .replay, .person], [.resolver, .person], [.replay, .resolver, .person],
    [.resolver, .replay, .quarantine], [.replay, .quarantine], [.resolver],
  ]

  func outcome(of name: RepairName) -> RepairOutcome {
    guard resolvable.contains(name.tip) else {
      return .failed("left markers", kept: nil, details: JSONObject())
    }
    let commit = object("\(name.onto.hex)+\(name.tip.hex) by hand")
    return .resolved(commit: commit, tree: .zero, details: JSONObject())
  }

  /// Only the first in line is repaired, one at a time, where it is configured, and what ended is
  /// not run again.
  func checkStart(_ event: Event, _ machine: QueueMachine) throws {
    guard case .repairStarted(let fact) = event.fact, let name = RepairName(fact, event) else {
      throw Violation("a repair of nothing")
    }
    let subject = Subject(workstream: name.workstream, tip: name.tip, onto: name.onto)
    try Violation.unless(!finished.contains(subject), "a finished repair runs again")
    try Violation.unless(machine.policy.repair.contains(name.method), "a repair nobody wants")
    try Violation.unless(machine.repairing == nil, "two repairs at once")
    let first = machine.line.entries.first
    try Violation.unless(
      first?.id == name.workstream && first?.isTorn == true && name.onto == machine.tip,
      "'\(name.workstream)' is not the first, or not in conflict")
  }

  mutating func noteDurable(_ event: Event) throws {
    switch event.type {
    case .candidateQueued: finished = finished.filter { $0.workstream != event.workstream }
    case .repairFailed, .conflictResolved:
      guard let id = event.workstream, let tip = event.commit(.tip), let onto = event.commit(.onto),
        event.text(.method) == RepairMethod.resolver.rawValue || event.type == .repairFailed
          || event.text(.status) == ConflictRecord.State.agent.rawValue
      else { return }
      finished.insert(Subject(workstream: id, tip: tip, onto: onto))
    default: break
    }
  }
}
