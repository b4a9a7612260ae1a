import Testing
import UETTestSupport

@testable import UETModel

@Suite struct RunStateJSONTests {
  private static let commits = (1...4).compactMap {
    ObjectID(String(repeating: "\($0)", count: 40))
  }

  private func roundTrip(_ state: RunState) throws -> RunState {
    let documents = Dictionary(
      uniqueKeysWithValues: state.workstreams.map { ($0.id, $0.json.encoded(.pretty)) })
    let summary = try JSONValue(parsing: state.summaryJSON.encoded())
    return try RunState(summary: summary) { id in
      documents[id].flatMap { try? JSONValue(parsing: $0) }
    }
  }

  @Test(arguments: UInt64(1)...20)
  func everyStateOfAWalkReadsBackAsItWas(seed: UInt64) throws {
    let run = RunID(startedAt: Timestamp(seconds: 0), salt: 1)
    var walk = RandomRun(run: run, seed: seed, commits: Self.commits)
    #expect(try roundTrip(walk.state) == walk.state)
    for _ in 0..<40 {
      _ = walk.drafts(Int.random(in: 1...12, using: &walk.random))
      #expect(try roundTrip(walk.state) == walk.state, "seed \(seed), event \(walk.state.sequence)")
    }
  }

  /// A member that is added to a type must be added to its JSON form too, and then here.
  @Test func everyStoredMemberIsKnownToTheEncoding() {
    func members(_ value: Any) -> [String] {
      Mirror(reflecting: value).children.compactMap(\.label)
    }
    let at = Timestamp(seconds: 0)
    #expect(
      members(RunState(run: RunID(startedAt: at, salt: 1))) == [
        "run", "status", "reason", "base", "target", "imported", "workers", "leastWorkers",
        "startedAt", "endedAt", "sequence",
        "updatedAt", "plan", "workstreams", "pool", "breakers", "providers", "mode", "spending",
        "integration", "inboxes",
        "waves", "releases", "verdicts", "rollback", "findings",
        "unknownEvents", "places",
      ])
    guard let id = WorkstreamID("ws-a") else { return }
    #expect(
      members(WorkstreamRecord(id: id)) == [
        "id", "state", "dependsOn", "reason", "attempts", "tip", "finishedAt", "notBefore",
        "forgiven", "isFresh", "notes", "culprit", "queuedAt", "integrated", "landedAt", "isFound",
        "hasNothing",
        "source",
        "inputs",
        "isWithdrawn",
        "conflict", "candidate", "gates", "verdicts",
        "reviewRequested", "reviews",
      ])
    #expect(
      members(AttemptRecord(number: 1, worker: nil, assignedAt: at)) == [
        "number", "worker", "tool", "executor", "outcome", "assignedAt", "startedAt", "endedAt",
        "base",
        "inputs",
        "tip", "error", "asks", "provider", "isTransient", "stop", "message", "tree", "salvage",
        "files",
        "missing",
        "handoff", "changes", "isSuspect", "spending", "questions", "session", "progress", "note",
      ])
    #expect(
      members(GateRecord(name: "", stage: .attempt, result: .passed)) == [
        "name", "stage", "result", "tree", "required", "seconds", "message",
        "isFlaky", "reused", "warm", "testedTree",
      ])
    #expect(
      members(WaveGateRecord(wave: 1, gate: "", members: [])) == [
        "wave", "gate", "members", "result", "required", "faults", "commit", "tree", "seconds",
        "message", "isFlaky", "apart",
      ])
    #expect(members(WaveRelease(wave: 1, members: [])) == ["wave", "members", "reason", "by"])
    #expect(members(WorkerRecord(name: "")) == ["name", "state", "workstream", "last", "since"])
    #expect(
      members(BreakerRecord(tool: "")) == [
        "tool", "state", "failures", "isBroken", "openings", "until", "probe", "reason",
      ])
    #expect(
      members(IntegrationRecord()) == [
        "start", "startTree", "startInputs", "tip", "tree", "gateInputs", "landedIn",
        "landedCommit", "lastLanded", "chain",
        "published",
        "decisions",
        "window", "faults", "faultedAt", "faulted", "restarts", "pause", "landing", "freeze",
        "ejections",
        "gateSeconds", "strategy", "probes",
      ])
    #expect(
      members(ProbeRecord(members: [], onto: .zero)) == [
        "members", "onto", "commit", "tree", "gateInputs", "left", "isExplained",
      ])
    #expect(
      members(CandidateRecord(tip: .zero)) == [
        "tip", "base", "repairs", "inputs", "rank", "priority", "dependencies", "decisionsBefore",
        "admittedAt", "ejection", "tree", "promotedAt", "replay",
      ])
    #expect(
      members(ConflictRecord(onto: .zero, tip: .zero, seq: 1)) == [
        "state", "onto", "tip", "base", "paths", "message", "makers", "earlier", "hunks", "seq",
        "resolution",
        "tries", "underWay", "method", "isOfBase",
      ])
    #expect(
      members(ConflictRecord.Earlier(commit: .zero, subject: "")) == [
        "commit", "subject", "workstream", "run",
      ])
    #expect(
      members(ConflictRecord.Try(method: .replay, reason: "")) == ["method", "reason", "salvage"])
    #expect(members(CandidateRecord.Replay(tip: .zero, onto: .zero)) == ["tip", "onto"])
    #expect(
      members(ReviewRecord(writer: "", seq: 1, decision: .approved, tip: .zero, at: at)) == [
        "writer", "seq", "decision", "tip", "at", "by", "message", "overrules",
      ])
    let rollback = RollbackRecord(workstreams: [], target: "", old: .zero)
    #expect(
      members(rollback) == ["workstreams", "target", "old", "part", "steps", "failure"])
    #expect(
      members(RollbackRecord.Step(workstream: id, onto: .zero, commit: .zero)) == [
        "workstream", "onto", "commit",
      ])
    #expect(
      members(RollbackRecord.Failure(workstream: id, reason: "")) == [
        "workstream", "gate", "reason",
      ])
    let finding = LandedFinding(event: 1, kind: .red, scope: .run, reason: "")
    #expect(members(finding) == ["event", "kind", "scope", "reason"])
    #expect(members(InboxRecord(writer: "")) == ["writer", "last", "refused", "problems"])
    let origin = EventOrigin(writer: "", seq: 1, id: .zero, at: at, commit: .zero)
    #expect(members(origin) == ["writer", "seq", "id", "at", "commit", "isOwn"])
    #expect(
      members(CandidateRecord.Ejection(tip: .zero)) == [
        "tip", "onto", "gate", "tree", "gateInputs", "commit", "isFault", "predecessors",
        "evidence",
      ])
    let verdict = VerdictRecord(tree: .zero, gate: "", key: "", passed: true)
    #expect(
      members(verdict) == [
        "tree", "gate", "key", "passed", "event", "isFlaky", "isConfirmed", "inputs",
        "testedTree", "isOfCommit",
      ])
    let landing = IntegrationRecord.Landing(target: "", old: .zero, new: .zero)
    #expect(members(landing) == ["target", "old", "new", "tree", "gateInputs"])
  }

  @Test func aNewerFormIsRefused() throws {
    let summary = try JSONValue(parsing: #"{"version":2}"#)
    #expect(throws: JSONShapeError("version")) {
      try RunState(summary: summary) { _ in nil }
    }
  }

  @Test func aMissingRecordIsNamed() throws {
    var walk = RandomRun(run: RunID(startedAt: Timestamp(seconds: 0), salt: 1), seed: 1)
    _ = walk.next()
    let summary = walk.state.summaryJSON
    #expect(throws: JSONShapeError("ws-1")) { try RunState(summary: summary) { _ in nil } }
  }
}
