import Testing
import UETModel

@testable import UETEngine

/// What rows of the Python pipeline come to, without a database.
@Suite struct PipelineHistoryTests {
  private static let now = Timestamp("2026-01-01T00:00:00Z") ?? Timestamp(seconds: 0)

  /// Rows by table; the columns are those of the first one.
  static func history(
    _ tables: [String: [JSONObject]], now: Timestamp = Self.now
  ) throws -> PipelineHistory {
    let columns = tables.mapValues { Set($0.flatMap(\.keys)).union(["run_id"]) }
    let read = try #require(PipelineTables(tables, columns: columns))
    return PipelineHistory(read, now: now)
  }

  private func only(_ tables: [String: [JSONObject]]) throws -> PastRun {
    let history = try Self.history(tables)
    try #require(history.runs.count == 1, "\(history)")
    return history.runs[0]
  }

  private func at(_ text: String) -> Timestamp? { Timestamp("2025-11-21T10:\(text)Z") }

  private static let run: JSONObject = [
    "run_id": "r", "status": "in_progress", "created_at": "2025-11-21T10:00:00Z",
    "updated_at": "2025-11-21T10:00:00Z",
  ]

  private func row(_ status: String, _ from: String, _ to: String) -> JSONObject {
    [
      "ws_id": "ws-a", "run_id": "r", "status": .string(status),
      "created_at": .string("2025-11-21T10:\(from)Z"),
      "updated_at": .string("2025-11-21T10:\(to)Z"),
    ]
  }

  private func step(
    _ name: String, _ status: String, _ from: String, _ to: String?, _ result: String? = nil
  ) -> JSONObject {
    var object: JSONObject = [
      "run_id": "r", "ws_id": "ws-a", "step_name": .string(name), "status": .string(status),
      "started_at": .string("2025-11-21T10:\(from)Z"),
    ]
    object.append("completed_at", to.map { .string("2025-11-21T10:\($0)Z") })
    object.append("result_json", result.map(JSONValue.string))
    return object
  }

  private func event(_ type: String, _ time: String, _ payload: String? = nil) -> JSONObject {
    var object: JSONObject = [
      "run_id": "r", "ws_id": "ws-a", "event_type": .string(type),
      "timestamp": .string("2025-11-21T10:\(time)Z"),
    ]
    object.append("payload_json", payload.map(JSONValue.string))
    return object
  }

  @Test(arguments: [
    ("2025-11-21T10:05:35Z", "2025-11-21T10:05:35.000000Z"),
    ("2025-11-21T10:05:35.123456Z", "2025-11-21T10:05:35.123456Z"),
    ("2025-11-21T10:05:35.5", "2025-11-21T10:05:35.500000Z"),
    ("2025-11-21 10:05:35", "2025-11-21T10:05:35.000000Z"),
    ("2025-11-21T10:05:35.123456+00:00", "2025-11-21T10:05:35.123456Z"),
    ("2025-11-21T10:05:35+01:30", "2025-11-21T08:35:35.000000Z"),
    ("2025-11-21T23:05:35-0600", "2025-11-22T05:05:35.000000Z"),
  ])
  func timesAreReadAsTheyAreWritten(_ written: String, _ meant: String) {
    #expect(Timestamp(written: written)?.description == meant)
  }

  @Test(arguments: [
    "", "yesterday", "2025-11-21", "2025-11-21T10:05:35+1", "2025-11-21T10:05:35+aa:bb",
  ])
  func whatIsNoTimeIsNone(_ written: String) {
    #expect(Timestamp(written: written) == nil)
  }

  @Test func eventsOfTheWorkstreamBoundItsAttempts() throws {
    let run = try only([
      "runs": [Self.run], "workstreams": [row("done", "00:01", "09:00")],
      "events": [
        event("workstream_start", "00:10"),
        event("workstream_end", "00:20", #"{"final_status": "failed"}"#),
        event("workstream_start", "01:00"),
        event("workstream_end", "02:00", #"{"final_status": "done"}"#),
      ],
      "step_attempts": [
        step("edit", "success", "00:10", "00:12"),
        step("static", "failed", "00:12", "00:19", #"{"results": [{"stderr": "x\nE501\n"}]}"#),
        step("runtime", "success", "01:10", "01:30"),
      ],
    ])
    let attempts = run.work[0].attempts
    #expect(attempts.map(\.start) == [at("00:10"), at("01:00")])
    #expect(attempts.map(\.end) == [at("00:20"), at("02:00")])
    #expect(attempts.map(\.outcome) == [.failed, .succeeded])
    #expect(attempts[0].kind == .gateFailure && attempts[0].message == "E501")
    #expect(attempts[0].gates.map(\.name) == ["static"] && !attempts[0].gates[0].passed)
    #expect(attempts[1].gates.map(\.name) == ["runtime"] && attempts[1].gates[0].passed)
    #expect(run.status == .succeeded, "the last word counts")
  }

  @Test func stepsBoundThemWhereNoEventDoes() throws {
    let run = try only([
      "step_attempts": [
        step("edit", "success", "00:00", "00:10", #"{"tool_id": "aider"}"#),
        step("static", "success", "00:10", "00:20"),
        step("runtime", "failed", "00:20", "00:30", #"{"timed_out": true}"#),
        step("edit", "success", "01:00", "01:10"),
        step("runtime", "success", "01:10", "01:20"),
      ]
    ])
    let attempts = run.work[0].attempts
    #expect(attempts.map(\.start) == [at("00:00"), at("01:00")])
    #expect(attempts[0].tool == "aider")
    #expect(attempts.last?.outcome == .succeeded && attempts.last?.end == at("01:20"))
    #expect(run.status == .succeeded)
  }

  @Test func theEventBusAloneIsEnough() throws {
    func bus(_ type: String, _ time: String, _ payload: String? = nil) -> JSONObject {
      var object: JSONObject = [
        "run_id": "r", "task_id": "ws-a", "worker_id": "w1", "event_type": .string(type),
        "timestamp": .string("2025-11-21T10:\(time)+00:00"),
      ]
      object.append("payload_json", payload.map(JSONValue.string))
      return object
    }
    let run = try only([
      "uet_events": [
        bus("TASK_ASSIGNED", "00:00"), bus("TASK_STARTED", "00:01"),
        bus("TASK_FAILED", "00:30", #"{"error": "no key"}"#),
      ]
    ])
    let attempt = try #require(run.work.first?.attempts.first)
    #expect(run.work[0].attempts.count == 1 && attempt.worker == "w1")
    #expect(attempt.start == at("00:00") && attempt.end == at("00:30"))
    #expect(attempt.message == "no key" && run.status == .failed)
  }

  @Test func theRowAloneIsTheLastResort() throws {
    let done = try only(["workstreams": [row("done", "00:00", "03:00")]])
    #expect(done.work[0].attempts.map(\.end) == [at("03:00")] && done.status == .succeeded)
    // Made and ended in one moment: how long it took is not known, and not made up.
    let history = try Self.history(["workstreams": [row("done", "00:00", "00:00")]])
    #expect(history.runs[0].work[0].attempts.isEmpty)
    #expect(history.remarks.contains { $0.code == "no_times" }, "\(history.remarks)")
  }

  @Test func whatHasNoEndBrokeOff() throws {
    let run = try only([
      "runs": [Self.run], "workstreams": [row("editing", "00:01", "00:02")],
      "events": [event("workstream_start", "00:01")],
    ])
    #expect(run.status == .interrupted && run.reason == "no end was recorded")
    let attempt = try #require(run.work.first?.attempts.first)
    #expect(attempt.kind == .orchestratorCrash && attempt.end == at("00:02"))
  }

  @Test func whatMayGoOnIsLeftOut() throws {
    let tables = [
      "runs": [Self.run], "events": [event("workstream_start", "00:01")],
    ]
    let soon = try #require(Timestamp("2025-11-21T10:30:00Z"))
    #expect(try Self.history(tables, now: soon).open == ["r"])
    #expect(try Self.history(tables, now: soon).runs.isEmpty)
    #expect(try Self.history(tables).runs.map(\.origin.name) == ["r"])
  }

  @Test func whatWasOnlyPlayedThroughHasNoDuration() throws {
    let history = try Self.history([
      "runs": [Self.run],
      "step_attempts": [step("edit", "success", "00:00", "00:01", #"{"dry_run": true}"#)],
    ])
    #expect(history.runs.isEmpty && history.open.isEmpty)
    #expect(history.remarks.map(\.code) == ["dry_run"])
  }

  /// Later versions call columns by other names.
  @Test func otherNamesOfColumnsAreKnown() throws {
    let run = try only([
      "runs": [
        [
          "run_id": "r", "state": "failed", "created_at": "2025-11-21T10:00:00Z",
          "ended_at": "2025-11-21T10:09:00Z",
        ]
      ],
      "step_attempts": [
        [
          "step_attempt_id": "s", "run_id": "r", "workstream_id": "ws-a", "step_id": "edit",
          "state": "failed", "started_at": "2025-11-21T10:01:00Z",
          "ended_at": "2025-11-21T10:02:00Z",
        ]
      ],
    ])
    #expect(run.status == .failed && run.end == at("09:00"))
    #expect(run.work[0].attempts[0].kind == .toolFailure)
  }

  /// Still later ones have a run for each workstream, and name its tools in place of its steps.
  @Test func aRunOfOneWorkstreamHasItsSteps() throws {
    let run = try only([
      "runs": [
        [
          "run_id": "r", "workstream_id": "ws-a", "state": "succeeded",
          "created_at": "2025-11-21T10:00:00Z", "ended_at": "2025-11-21T10:05:00Z",
        ]
      ],
      "step_attempts": [
        [
          "step_attempt_id": "s", "run_id": "r", "tool_id": "aider", "state": "succeeded",
          "started_at": "2025-11-21T10:01:00Z", "ended_at": "2025-11-21T10:02:00Z",
        ]
      ],
    ])
    let attempt = try #require(run.work.first?.attempts.first)
    #expect(run.status == .succeeded && run.work.map(\.id.rawValue) == ["ws-a"])
    #expect(attempt.tool == "aider" && attempt.gates.isEmpty)
    #expect(attempt.start == at("01:00") && attempt.end == at("02:00"))
    #expect(attempt.outcome == .succeeded)
  }

  @Test func namesThatAreNoneHereAreMadeAndSaid() throws {
    var odd = row("done", "00:00", "03:00")
    odd["ws_id"] = "Fix_Login"
    let history = try Self.history(["workstreams": [odd]])
    #expect(history.runs[0].work.map(\.id.rawValue) == ["ws-fix-login"])
    #expect(history.remarks.map(\.code) == ["renamed_workstream"])
  }

  @Test func workersThatContradictAreLeftOut() throws {
    let worker: JSONObject = [
      "worker_id": "w1", "adapter_type": "aider", "spawned_at": "2025-11-21T10:00:00Z",
    ]
    func bus(_ id: String) -> JSONObject {
      [
        "run_id": "r", "workstream_id": .string(id), "worker_id": "w1",
        "event_type": "task_started", "timestamp": "2025-11-21T10:00:10Z",
      ]
    }
    // One worker that is said to do two things at once.
    let run = try only([
      "runs": [Self.run], "workers": [worker], "uet_events": [bus("ws-a"), bus("ws-b")],
      "events": [event("heartbeat", "00:50")],
    ])
    let moments = try #require(HistoryWriting.sound(run))
    #expect(run.pool.count == 1)
    #expect(!moments.contains { $0.draft.type.rawValue == "worker_spawned" })
    #expect(moments.map(\.at) == moments.map(\.at).sorted())
  }
}
