import Foundation
import Testing
import UETTestSupport

@testable import UETModel

/// What is done with any member, and with any body, without knowing its names.
private protocol AnyMember {
  func rewrite(_ old: JSONObject, into new: inout JSONObject)
  var name: String { get }
}

extension Member: AnyMember where Value: MemberValue {
  fileprivate var name: String { key }

  fileprivate func rewrite(_ old: JSONObject, into new: inout JSONObject) {
    new[key] = old[key].flatMap { Value(json: $0) }?.json
  }
}

private protocol AnyTold {
  var members: JSONObject { get }
  static var declared: [AnyMember] { get }
}

extension Told: AnyTold {
  fileprivate static var declared: [AnyMember] {
    Mirror(reflecting: Names.names).children.compactMap { $0.value as? AnyMember }
  }
}

extension Fact {
  fileprivate var told: AnyTold? { Mirror(reflecting: self).children.first?.value as? AnyTold }
}

@Suite struct FactTests {
  /// Lines of real runs: of each type one for each form that its members take.
  private func recorded() throws -> [ArraySlice<UInt8>] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let data = try Data(contentsOf: folder.appending(path: "Recorded/events.jsonl"))
    return Array(data).split(separator: 0x0A)
  }

  @Test func everyRecordedLineIsWrittenAgainAsItWas() throws {
    for line in try recorded() {
      let event = try Event(line: line)
      #expect(event.line[...] == line)
      let draft = EventDraft(
        event.fact, workstream: event.workstream, attempt: event.attempt, worker: event.worker)
      let again = Event(draft, seq: event.seq, writer: event.writer, at: event.at) { _ in event.id }
      #expect(again == event)
      #expect(again.line[...] == line)
    }
  }

  @Test func everyRecordedMemberHasItsTypeAndIsWrittenByIt() throws {
    for line in try recorded() {
      let event = try Event(line: line)
      guard let told = event.fact.told else { continue }
      let declared = type(of: told).declared
      var rest = told.members
      var again = JSONObject()
      for member in declared {
        member.rewrite(told.members, into: &again)
        rest[member.name] = nil
      }
      rest[Event.from] = nil
      #expect(rest.isEmpty, "\(event.type) has \(rest.keys) undeclared")
      again[Event.from] = told.members[Event.from]
      #expect(again.canonical == told.members, "\(event.type)")
    }
  }

  @Test func everyTypeIsRecordedAndKnownByItsName() throws {
    let types = Set(try recorded().map { try Event(line: $0).type })
    #expect(Fact.known.subtracting(types) == [])
    for type in Fact.known {
      let fact = Fact(type, JSONObject())
      #expect(fact.type == type)
      if case .unknown = fact { Issue.record("'\(type)' is not read") }
    }
  }

  @Test func whatIsUnknownOrMalformedStaysWhereItIs() throws {
    let data: JSONObject = [
      "base": 7, "colour": "green", "files": "many", "missing": ["a", 1, "b"], "tip": "no commit",
    ]
    let event = Event(
      EventDraft(Fact("task_completed", data), workstream: WorkstreamID("ws-1")), seq: 1,
      writer: "main", at: Timestamp(seconds: 0)
    ) { _ in .zero }
    guard case .taskCompleted(var fact) = try Event(line: event.line[...]).fact else {
      Issue.record("not read as what it is")
      return
    }
    #expect((fact.base, fact.tip, fact.files) == (nil, nil, nil))
    #expect(fact.missing == ["a", "b"])
    #expect(fact.has(\.files) && !fact.has(\.tree))
    #expect(fact.members == data)
    fact.files = 3
    fact.base = nil
    #expect(
      fact.members == [
        "colour": "green", "files": 3, "missing": ["a", 1, "b"], "tip": "no commit",
      ])
  }
}
