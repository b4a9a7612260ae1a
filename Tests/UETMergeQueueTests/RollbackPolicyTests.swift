import Testing
import UETModel
import UETTestSupport

@testable import UETMergeQueue

/// From recorded events to what is to be taken out again, as a table.
@Suite struct RollbackPolicyTests {
  private static let everything = Set(LandedFinding.Kind.allCases)

  /// `a` and `b` landed one after the other, in phase `storage` with `c`, which has not; `d` landed
  /// with `b`.
  private func landed() throws -> RunState {
    var state = RunState(run: RunID(startedAt: Timestamp(seconds: 0), salt: 7))
    for name in ["a", "b", "c", "d"] {
      var record = WorkstreamRecord(id: ws(name))
      (record.state, record.tip) = (.succeeded, object(name))
      state.add(record)
    }
    for names in [["a"], ["b", "d"]] {
      for name in names {
        try add(.candidateQueued, name, [.tip: .commit(object(name))], to: &state)
        try add(.mergeSucceeded, name, [.commit: .commit(object("merge \(name)"))], to: &state)
      }
      try add(
        .landed, nil,
        [
          .target: "refs/heads/main", .commit: .commit(object("merge \(names[0])")),
          .workstreams: .list(names) { .string(ws($0).rawValue) },
        ], to: &state)
    }
    return state
  }

  private func add(
    _ type: EventType, _ name: String?, _ data: KeyValuePairs<EventKey, JSONValue?>,
    to state: inout RunState
  ) throws {
    let draft = EventDraft(type, workstream: name.map(ws), data: JSONObject(data))
    let event = Event(
      draft, seq: state.sequence + 1, writer: "main", at: Timestamp(seconds: 1)
    ) { _ in .zero }
    try state.apply(event)
  }

  private func policy(_ kinds: Set<LandedFinding.Kind>) -> RollbackPolicy {
    RollbackPolicy(kinds: kinds, phases: ["storage": [ws("a"), ws("b"), ws("c")]])
  }

  private func wanted(_ state: RunState, _ kinds: Set<LandedFinding.Kind>) -> [String]? {
    policy(kinds).wish(in: state)?.workstreams.map { String($0.rawValue.dropFirst(3)) }
  }

  private struct Row {
    let type: EventType
    var workstream: String?
    var data: KeyValuePairs<EventKey, JSONValue?> = [:]
    let kinds: Set<LandedFinding.Kind>
    let wanted: [String]?
  }

  private var rows: [Row] {
    let smoke: KeyValuePairs<EventKey, JSONValue?> = [.stage: "landing", .gate: "GATE_SMOKE"]
    let security: KeyValuePairs<EventKey, JSONValue?> = [
      .stage: "landing", .gate: "GATE_SECURITY_DEPS",
    ]
    let failure: KeyValuePairs<EventKey, JSONValue?> = [.kind: "E_SECURITY"]
    return [
      // What landed last goes, where a gate is red there; a fault says nothing about it.
      Row(type: .gateFailed, workstream: "d", data: smoke, kinds: [.red], wanted: ["b", "d"]),
      Row(
        type: .gateFailed, workstream: "d", data: smoke, kinds: [.security, .budget], wanted: nil),
      Row(
        type: .gateFailed, workstream: "d", data: security, kinds: [.security], wanted: ["b", "d"]),
      Row(type: .gateFailed, workstream: "d", data: security, kinds: [.red], wanted: ["b", "d"]),
      Row(type: .gateFailed, workstream: "d", data: security, kinds: [.budget], wanted: nil),
      Row(
        type: .gateFailed, workstream: "d",
        data: [.stage: "landing", .gate: "GATE_SMOKE", .fault: true], kinds: Self.everything,
        wanted: nil),
      Row(
        type: .gateFailed, workstream: "d", data: [.stage: "attempt", .gate: "GATE_SECURITY"],
        kinds: Self.everything, wanted: nil),
      // A budget is that of a workstream, of a phase, or of the run.
      Row(type: .budgetExceeded, workstream: "a", kinds: [.budget], wanted: ["a"]),
      Row(type: .budgetExceeded, data: [.phase: "storage"], kinds: [.budget], wanted: ["a", "b"]),
      Row(type: .budgetExceeded, data: [.phase: "other"], kinds: [.budget], wanted: nil),
      Row(type: .budgetExceeded, kinds: [.budget], wanted: ["a", "b", "d"]),
      Row(type: .budgetExceeded, kinds: [.red, .security], wanted: nil),
      // One that has not landed keeps its phase from its end.
      Row(type: .budgetExceeded, workstream: "c", kinds: [.budget], wanted: ["a", "b"]),
      Row(
        type: .taskFailed, workstream: "c", data: failure, kinds: [.security], wanted: ["a", "b"]),
      Row(type: .taskFailed, workstream: "c", data: failure, kinds: [.red, .budget], wanted: nil),
      Row(
        type: .taskFailed, workstream: "c", data: [.kind: "E_TOOL_FAILURE"],
        kinds: Self.everything, wanted: nil),
    ]
  }

  @Test func whatIsRecordedSaysWhatIsWanted() throws {
    for (number, row) in rows.enumerated() {
      var state = try landed()
      if row.type == .taskFailed, let name = row.workstream {
        state.update(ws(name)) { $0.state = .running }
      }
      try add(row.type, row.workstream, row.data, to: &state)
      #expect(wanted(state, row.kinds) == row.wanted, "row \(number): \(row.type)")
    }
  }

  /// One rollback answers one finding; while it goes on nothing else is begun, and what a person
  /// gave up is not begun again.
  @Test func eachFindingIsAnsweredOnce() throws {
    var state = try landed()
    try add(.budgetExceeded, "a", [.reason: "12 of 10 dollars"], to: &state)
    let first = try #require(policy([.budget]).wish(in: state))
    #expect(first.finding.reason == "the budget of 'ws-a' is exceeded: 12 of 10 dollars")
    try add(.budgetExceeded, "d", [:], to: &state)
    try add(
      .compensationStarted, nil,
      [
        .workstreams: ["ws-a"], .target: "refs/heads/main", .old: .commit(object("merge b")),
        .evidence: .integer(Int64(first.finding.event)),
      ], to: &state)
    #expect(wanted(state, Self.everything) == nil)
    try add(.compensationFinished, nil, [.status: "abandoned"], to: &state)
    #expect(wanted(state, Self.everything) == ["d"])
  }

  /// What lands after a finding is not meant by it, nor is what nobody has landed when it is found.
  @Test func whatLandsLaterIsNotMeant() throws {
    var state = try landed()
    try add(.budgetExceeded, nil, [:], to: &state)
    try add(.candidateQueued, "c", [.tip: .commit(object("c"))], to: &state)
    try add(.mergeSucceeded, "c", [.commit: .commit(object("merge c"))], to: &state)
    try add(
      .landed, nil,
      [
        .target: "refs/heads/main", .commit: .commit(object("merge c")), .workstreams: ["ws-c"],
      ], to: &state)
    #expect(wanted(state, [.budget]) == ["a", "b", "d"])
    var empty = RunState(run: RunID(startedAt: Timestamp(seconds: 0), salt: 7))
    empty.add(WorkstreamRecord(id: ws("a")))
    try add(.budgetExceeded, "a", [:], to: &empty)
    #expect(empty.findings.isEmpty)
  }
}
