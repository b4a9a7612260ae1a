import Testing
import UETTestSupport

@testable import UETModel

@Suite struct EventTests {
  private func identify(_ bytes: [UInt8]) -> ObjectID {
    ObjectID(String(repeating: "ab", count: 20)) ?? .zero
  }

  @Test func theLineIsThatOfTheFormat() throws {
    let draft = EventDraft(
      .taskCompleted, workstream: WorkstreamID("ws-01"), attempt: 1, worker: "w2",
      data: ["z": 1, "a": ["y": 4.0, "b": "\u{e9}\n\u{1b}[31m"]])
    let at = try #require(Timestamp("2026-11-21T01:30:55.123456Z"))
    let event = Event(draft, seq: 12, writer: "main", at: at, identify: identify)
    let id = String(repeating: "ab", count: 20)
    let head = #"{"seq":12,"writer":"main","#
    let rest =
      #""at":"2026-11-21T01:30:55.123456Z","type":"task_completed","workstream":"ws-01","#
      + #""attempt":1,"worker":"w2","data":{"a":{"b":"é\n\u001b[31m","y":4.0},"z":1}}"#
    #expect(String(decoding: event.line, as: UTF8.self) == head + "\"id\":\"\(id)\"," + rest)
    #expect(String(decoding: event.lineWithoutID, as: UTF8.self) == head + rest)
    let read = try Event(line: event.line[...])
    #expect(read.line == event.line)
  }

  @Test func anEventWithoutOptionalMembersStillHasData() throws {
    let event = Event(
      EventDraft(.heartbeat), seq: 1, writer: "main", at: Timestamp(seconds: 0),
      identify: identify)
    #expect(
      String(decoding: event.lineWithoutID, as: UTF8.self)
        == #"{"seq":1,"writer":"main","at":"1970-01-01T00:00:00.000000Z","type":"heartbeat","data":{}}"#
    )
    #expect(try Event(line: event.line[...]) == event)
  }

  @Test func anUnknownTypeIsKept() throws {
    let line =
      #"{"seq":3,"writer":"main","id":"\#(String(repeating: "0", count: 40))","#
      + #""at":"1970-01-01T00:00:00Z","type":"made_tea","data":{"milk":true},"later":1}"#
    let event = try Event(line: Array(line.utf8)[...])
    #expect(event.type.rawValue == "made_tea")
    #expect(!event.type.isKnown)
    #expect(event.data["milk"] == true)
  }

  @Test(arguments: [
    ("{}", "seq"), (#"{"seq":1}"#, "writer"), (#"{"seq":1,"writer":"main","id":"x"}"#, "id"),
    ("[]", "object"),
  ])
  func whatIsMissingIsNamed(line: String, member: String) {
    #expect(throws: EventError.missing(member)) { try Event(line: Array(line.utf8)[...]) }
  }

  @Test func aTruncatedLineIsNoEventAtAnyByte() {
    let event = Event(
      EventDraft(.taskReady, workstream: WorkstreamID("ws-1"), data: ["reason": "x"]), seq: 1,
      writer: "main", at: Timestamp(seconds: 0), identify: identify)
    for length in 0..<event.line.count {
      #expect(throws: EventError.self) { try Event(line: event.line.prefix(length)) }
    }
  }
}
