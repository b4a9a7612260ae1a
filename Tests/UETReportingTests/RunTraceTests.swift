import Testing
import UETModel

@testable import UETReporting

/// A run as a trace.
@Suite struct RunTraceTests {
  private static let run = RunID(startedAt: Timestamp(seconds: 1000), salt: 1)
  private static let base = ObjectID(String(repeating: "b", count: 40))
  private static let tip = ObjectID(String(repeating: "c", count: 40))

  private struct Story {
    var trace = RunTrace(run)
    var seq = 0

    mutating func tell(
      _ at: Double, _ fact: Fact, _ name: String? = nil, attempt: Int? = nil, worker: String? = nil
    ) {
      seq += 1
      let draft = EventDraft(
        fact, workstream: name.flatMap { WorkstreamID($0) }, attempt: attempt, worker: worker)
      let time = Timestamp(seconds: 1000).advanced(bySeconds: at)
      trace.take(Event(draft, seq: seq, writer: "main", at: time) { _ in .zero })
    }
  }

  /// "a" fails once; "b" builds on it; both are merged, tested and landed.
  private func story() throws -> Story {
    let (tip, a) = (try #require(Self.tip), try #require(WorkstreamID("ws-a")))
    var story = Story()
    story.tell(0, .runStarted(.init { $0.base = Self.base }))
    story.tell(1, .taskAssigned(.init()), "ws-a", attempt: 1, worker: "w1")
    story.tell(
      3, .taskFailed(.init { ($0.kind, $0.message) = (.toolFailure, "boom") }), "ws-a", attempt: 1)
    story.tell(4, .taskAssigned(.init { $0.tool = "other" }), "ws-a", attempt: 2, worker: "w1")
    let gate = Told<Fact.GateRun> { ($0.gate, $0.stage, $0.seconds) = ("LINT", .attempt, 1) }
    story.tell(6, .gateStarted(gate), "ws-a", attempt: 2)
    story.tell(7, .gatePassed(gate), "ws-a", attempt: 2)
    story.tell(8, .taskCompleted(.init { $0.tip = tip }), "ws-a", attempt: 2)
    story.tell(8, .taskAssigned(.init()), "ws-b", attempt: 1, worker: "w2")
    let inputs = [AttemptRecord.Input(workstream: a, commit: tip)]
    story.tell(9, .taskStarted(.init { $0.inputs = inputs }), "ws-b", attempt: 1)
    story.tell(12, .taskCompleted(.init()), "ws-b", attempt: 1)
    story.tell(13, .mergeStarted(.init()), "ws-a")
    story.tell(14, .mergePrepared(.init()), "ws-a")
    let unit = Told<Fact.GateRun> { ($0.gate, $0.stage, $0.commit) = ("UNIT", .integration, tip) }
    story.tell(14, .gateStarted(unit), "ws-a")
    story.tell(20, .gateFailed(unit), "ws-a")
    story.tell(21, .landingStarted(.init()))
    story.tell(22, .landed(.init { $0.workstreams = [a] }))
    // What was known already took no time; what goes on still is no span yet.
    story.tell(23, .gatePassed(.init { ($0.gate, $0.reused) = ("UNIT", 3) }), "ws-b")
    story.tell(24, .taskAssigned(.init()), "ws-c", attempt: 1)
    return story
  }

  @Test func whatTookTimeIsASpan() throws {
    let trace = try story().trace
    let spans = trace.spans(RunState(run: Self.run))
    #expect(
      spans.map(\.name) == [
        "run", "attempt", "gate", "attempt", "attempt", "merge", "gate", "landing",
      ])
    #expect(spans.dropFirst().allSatisfy { $0.end > $0.start } && spans[0].parent == nil)
    let (first, lint, second, other) = (spans[1], spans[2], spans[3], spans[4])
    #expect(first.status == .error && first.message == "boom" && second.status == .ok)
    #expect(lint.parent == second.id && lint.end.seconds(since: lint.start) == 1)
    // A second try makes good the first; what builds on a result is linked to it.
    #expect(second.links == [first.id] && other.links == [second.id])
    let (merge, unit, landing) = (spans[5], spans[6], spans[7])
    #expect(merge.links == [second.id] && unit.links == [merge.id] && landing.links == [merge.id])
    #expect(unit.status == .error && unit.parent == spans[0].id)
    #expect(Set(spans.map(\.id)).count == spans.count)
    let attributes = first.attributes.map { "\($0.key)=\($0.value.string ?? "")" }
    #expect(
      attributes.contains("uet.worker=w1") && attributes.contains("error.type=E_TOOL_FAILURE"))
  }

  @Test func aRunThatIsResumedIsTheSameTrace() throws {
    let trace = try story().trace
    let state = RunState(run: Self.run)
    let all = trace.spans(state)
    for after in 0..<25 {
      let rest = trace.spans(state, after: after)
      #expect(rest.first == all.first && Array(rest.dropFirst()) == all.suffix(rest.count - 1))
    }
    // A worker is told its attempt's id before that is a span.
    let id = try #require(WorkstreamID("ws-a"))
    let told = TraceIdentity(Self.run, base: Self.base).traceparent(id, 2)
    #expect(told == "00-\(trace.ids.trace)-\(all[3].id)-01")
    #expect(trace.ids.trace.count == 32 && all[3].id.count == 16)
    #expect(TraceIdentity(Self.run, base: Self.tip).trace != trace.ids.trace)
  }

  @Test func theDocumentIsWhatCollectorsRead() throws {
    let trace = try story().trace
    let spans = trace.spans(RunState(run: Self.run))
    let document = OTLPDocument.json(
      spans, trace: trace.ids.trace, resource: [("service.name", "x")], version: "1.0")
    let scope = try #require(document["resourceSpans"]?.array?.first?["scopeSpans"]?.array?.first)
    let list = try #require(scope["spans"]?.array)
    #expect(list.count == spans.count && list[0]["parentSpanId"] == nil)
    #expect(list[1]["startTimeUnixNano"]?.string == "1001000000000")
    #expect(list[1]["status"]?["code"]?.integer == 2 && list[3]["links"]?.array?.count == 1)
    let bytes = OTLPMessage.bytes(
      spans, trace: trace.ids.trace, resource: [("service.name", "x")], version: "1.0")
    // A message in a message in a message, each with its length.
    #expect(bytes.first == 0x0A && bytes.count > 500)
    let empty = OTLPMessage.bytes([], trace: trace.ids.trace, resource: [], version: "")
    #expect(
      empty == [0x0A, 17, 0x0A, 0, 0x12, 13, 0x0A, 11, 0x0A, 7] + "git-uet".utf8 + [0x12, 0])
  }
}
