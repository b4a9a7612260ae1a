import Testing
import UETTestSupport

@testable import UETModel

@Suite struct ConflictRecordTests {
  private static func commit(_ digit: Int) -> JSONValue {
    .string(String(repeating: "\(digit)", count: 40))
  }

  private var id: WorkstreamID? { WorkstreamID("ws-a") }

  /// A queued candidate with tip 1, and the events that follow.
  private func fold(_ events: [(EventType, JSONObject)]) throws -> RunState {
    let id = try #require(id)
    let at = Timestamp(seconds: 0)
    var state = RunState(run: RunID(startedAt: at, salt: 1))
    var record = WorkstreamRecord(id: id)
    (record.state, record.tip) = (.succeeded, ObjectID(String(repeating: "1", count: 40)))
    state.add(record)
    let first: [(EventType, JSONObject)] = [(.candidateQueued, [:])]
    for (type, data) in first + events {
      let draft = EventDraft(type, workstream: id, data: data)
      try state.apply(Event(draft, seq: state.sequence + 1, writer: "main", at: at) { _ in .zero })
    }
    return state
  }

  private func torn(onto: Int) -> (EventType, JSONObject) {
    (
      .mergeConflict,
      [
        "tip": Self.commit(1), "onto": Self.commit(onto), "paths": ["a.txt"],
        "tried": [["method": "replay", "reason": "its commit conflicts"]],
      ]
    )
  }

  private let failed: (EventType, JSONObject) = (
    .repairFailed,
    ["method": "resolver", "reason": "left markers", "salvage": "refs/uet/salvage/x"]
  )

  @Test func whatWasTriedCountsOnTopOfTheSameAlone() throws {
    let started: (EventType, JSONObject) = (.repairStarted, ["method": "resolver"])
    let id = try #require(id)
    var conflict = try #require(try fold([torn(onto: 2), started])[id]?.conflict)
    #expect(conflict.underWay == .resolver)
    conflict = try #require(
      try fold([torn(onto: 2), started, failed, torn(onto: 2)])[id]?.conflict)
    #expect(conflict.tries.map(\.method) == [.resolver, .replay] && conflict.underWay == nil)
    #expect(conflict.tries[0].salvage == "refs/uet/salvage/x")
    conflict = try #require(try fold([torn(onto: 2), failed, torn(onto: 3)])[id]?.conflict)
    #expect(conflict.tries.map(\.method) == [.replay])
  }

  @Test func aReplayBelongsToTheMergeAlone() throws {
    let id = try #require(id)
    let prepared: (EventType, JSONObject) = (
      .mergePrepared, ["onto": Self.commit(2), "replay": Self.commit(4), "tip": Self.commit(1)]
    )
    let state = try fold([torn(onto: 2), prepared])
    let candidate = try #require(state[id]?.candidate)
    #expect(candidate.mergedTip.hex.hasPrefix("444") && candidate.mergedBase?.hex.first == "2")
    #expect(candidate.tip.hex.hasPrefix("111"))
    #expect(try fold([torn(onto: 2), prepared, torn(onto: 3)])[id]?.candidate?.replay == nil)
    let plain: (EventType, JSONObject) = (.mergePrepared, ["onto": Self.commit(3)])
    #expect(try fold([prepared, plain])[id]?.candidate?.replay == nil)
  }

  @Test func theFormReadsBackAsItWas() throws {
    let id = try #require(id)
    let resolved: (EventType, JSONObject) = (
      .conflictResolved,
      ["status": "AGENT_RESOLVED", "method": "resolver", "commit": Self.commit(5)]
    )
    let prepared: (EventType, JSONObject) = (
      .mergePrepared, ["onto": Self.commit(2), "replay": Self.commit(4)]
    )
    for events in [[torn(onto: 2), failed], [torn(onto: 2), resolved, prepared]] {
      let record = try #require(try fold(events)[id])
      #expect(try WorkstreamRecord(json: record.json) == record)
    }
  }
}
