import Testing
import UETModel
import UETPlanning
import UETScheduling
import UETTestSupport

@testable import UETEngine

/// Which results the gates of waves hold back.
@Suite struct WaveHoldsTests {
  private static let tips = (1...4).compactMap { ObjectID(String(repeating: "\($0)", count: 40)) }

  private func id(_ name: String) throws -> WorkstreamID {
    try #require(WorkstreamID("ws-\(name)"))
  }

  private func plan(_ change: (inout GateRequest) -> Void = { _ in }) throws -> WavePlan {
    var request = GateRequest(name: "GATE_X")
    request.waveBoundary = true
    request.command = .arguments(["true"])
    change(&request)
    let workstreams = try ["a", "b"].map { name in
      var workstream = Workstream(
        id: try id(name), tasks: [], tool: "shell", scope: Workstream.Scope(writes: []))
      workstream.gates = [request]
      return workstream
    }
    return WavePlan(
      waves: [WavePlan.Wave(number: 1, workstreams, Configuration())].compactMap { $0 })
  }

  private struct Record {
    var state = RunState(run: RunID(startedAt: Timestamp(seconds: 0), salt: 1))

    mutating func add(
      _ type: EventType, _ id: WorkstreamID? = nil, _ pairs: KeyValuePairs<EventKey, JSONValue?>
    ) throws {
      let draft = EventDraft(type, workstream: id, data: JSONObject(pairs))
      try state.apply(
        Event(
          draft, seq: state.sequence + 1, writer: "main", at: Timestamp(seconds: 1),
          identify: { _ in .zero }))
    }
  }

  /// Both have started; `done` have succeeded.
  private func record(done: [String]) throws -> Record {
    var record = Record()
    try record.add(
      .runStarted, nil,
      [.workstreams: [["id": "ws-a", "after": []], ["id": "ws-b", "after": []]]])
    for name in ["a", "b"] {
      try record.add(.taskReady, try id(name), [:])
      try record.add(.taskAssigned, try id(name), [:])
    }
    for (name, tip) in zip(done, Self.tips) {
      try record.add(.taskCompleted, try id(name), [.tip: .commit(tip)])
    }
    return record
  }

  private func end(_ record: inout Record, _ type: EventType, apart: [String] = []) throws {
    let members = record.state.results(of: try [id("a"), id("b")])
    let data: KeyValuePairs<EventKey, JSONValue?> = [
      .wave: 1, .gate: "GATE_X", .inputs: members.json, .message: "status 1",
      .apart: .list(try apart.map { WaveGateRecord.Apart(workstream: try id($0), paths: ["p"]) }) {
        $0.json
      },
    ]
    try record.add(.gateStarted, nil, data)
    try record.add(type, nil, data)
  }

  @Test func aWaveThatIsNotOverIsHeldByABlockingGateAlone() throws {
    let state = try record(done: ["a"]).state
    #expect(
      WaveHolds(try plan(), state)[try id("a")]
        == "GATE_X waits for the rest of wave 1: 'ws-b' is RUNNING")
    #expect(WaveHolds(try plan { $0.blocking = false }, state).holds.isEmpty)
    #expect(WaveHolds(try plan { $0.required = false }, state).holds.isEmpty)
  }

  @Test func aRedOneHoldsAllUntilAPersonLetsThemGo() throws {
    var record = try record(done: ["a", "b"])
    #expect(WaveHolds(try plan(), record.state).holds.first?.isRed == false, "it has not run")
    try end(&record, .gateFailed)
    for change in [{ $0.blocking = true }, { $0.blocking = false }] as [(inout GateRequest) -> Void]
    {
      let holds = WaveHolds(try plan(change), record.state)
      #expect(holds.holds.first?.workstreams == [try id("a"), try id("b")])
      #expect(holds[try id("b")] == "GATE_X is red on wave 1: status 1")
    }
    let (draft, answer) = try plan().release("ws-b", record.state, reason: nil, by: "Ada")
    #expect(answer.outcome == .done)
    try record.add(.waveReleased, nil, [.inputs: try #require(draft?.data[.inputs])])
    #expect(WaveHolds(try plan(), record.state).holds.isEmpty)
    try record.add(.taskRetried, try id("a"), [:])
    #expect(WaveHolds(try plan(), record.state)[try id("b")] != nil, "that was said of others")
  }

  @Test func aGreenOneHoldsOnlyWhatDoesNotMerge() throws {
    var record = try record(done: ["a", "b"])
    try end(&record, .gatePassed, apart: ["b"])
    let holds = WaveHolds(try plan(), record.state)
    #expect(holds[try id("a")] == nil)
    #expect(holds[try id("b")] == "does not merge with the rest of wave 1: p")
  }
}
