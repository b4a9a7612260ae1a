/// One recorded fact: a line of a ledger commit's `events.jsonl`.
package struct Event: Hashable, Sendable {
  /// 1-based position in the writer's chain, without gaps.
  package let seq: Int
  package let writer: String
  /// Git's blob id of the line's canonical form without this member.
  package let id: ObjectID
  package let at: Timestamp
  package let fact: Fact
  package let workstream: WorkstreamID?
  package let attempt: Int?
  package let worker: String?

  package init(
    seq: Int, writer: String, id: ObjectID, at: Timestamp, type: EventType,
    workstream: WorkstreamID? = nil, attempt: Int? = nil, worker: String? = nil,
    data: JSONObject = JSONObject()
  ) {
    self.init(
      EventDraft(Fact(type, data), workstream: workstream, attempt: attempt, worker: worker),
      seq: seq, writer: writer, id: id, at: at)
  }

  private init(_ draft: EventDraft, seq: Int, writer: String, id: ObjectID, at: Timestamp) {
    (self.seq, self.writer, self.id, self.at) = (seq, writer, id, at)
    fact = draft.fact
    (workstream, attempt, worker) = (draft.workstream, draft.attempt, draft.worker)
  }

  package var type: EventType { fact.type }

  package var data: JSONObject { fact.members }

  /// Records a draft: `identify` gives git's blob id of the canonical line without `id`.
  package init(
    _ draft: EventDraft, seq: Int, writer: String, at: Timestamp,
    identify: ([UInt8]) -> ObjectID
  ) {
    // Canonical from the start: the event compares equal to what is read back.
    var draft = draft
    if !draft.data.isCanonical { draft.fact = Fact(draft.type, draft.data.canonical) }
    let bare = Event(draft, seq: seq, writer: writer, id: .zero, at: at)
    self.init(draft, seq: seq, writer: writer, id: identify(bare.lineWithoutID), at: at)
  }
}

extension Event {
  /// The canonical line without `id` and without a line end; `id` is git's blob id of these bytes.
  package var lineWithoutID: [UInt8] { encoded(includingID: false) }

  /// The line as it stands in `events.jsonl`, without a line end.
  package var line: [UInt8] { encoded(includingID: true) }

  private func encoded(includingID: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(320)
    encode(into: &bytes, includingID: includingID)
    return bytes
  }

  /// Appends the line. Written out by hand, since every event of a run passes here.
  private func encode(into bytes: inout [UInt8], includingID: Bool) {
    bytes += "{\"seq\":".utf8
    bytes += String(seq).utf8
    bytes += ",\"writer\":".utf8
    JSONValue.quote(writer, into: &bytes)
    if includingID {
      bytes += ",\"id\":\"".utf8
      id.appendHex(to: &bytes)
      bytes.append(UInt8(ascii: "\""))
    }
    bytes += ",\"at\":\"".utf8
    at.append(to: &bytes)
    bytes += "\",\"type\":".utf8
    JSONValue.quote(type.rawValue, into: &bytes)
    if let workstream {
      bytes += ",\"workstream\":".utf8
      JSONValue.quote(workstream.rawValue, into: &bytes)
    }
    if let attempt {
      bytes += ",\"attempt\":".utf8
      bytes += String(attempt).utf8
    }
    if let worker {
      bytes += ",\"worker\":".utf8
      JSONValue.quote(worker, into: &bytes)
    }
    bytes += ",\"data\":".utf8
    JSONValue.object(data.canonical).encode(into: &bytes, .compact)
    bytes.append(UInt8(ascii: "}"))
  }

  /// Reads a line of `events.jsonl`; members that are unknown are ignored.
  package init(line: ArraySlice<UInt8>) throws(EventError) {
    let value: JSONValue
    do { value = try JSONValue(parsing: line) } catch { throw .notJSON(error) }
    guard let object = value.object else { throw .missing("object") }
    guard let seq = object["seq"]?.integer else { throw .missing("seq") }
    guard let writer = object["writer"]?.string else { throw .missing("writer") }
    guard let id = object["id"]?.string.flatMap({ ObjectID($0) }) else { throw .missing("id") }
    guard let at = object["at"]?.string.flatMap({ Timestamp($0) }) else { throw .missing("at") }
    guard let type = object["type"]?.string else { throw .missing("type") }
    self.init(
      seq: seq, writer: writer, id: id, at: at, type: EventType(rawValue: type),
      workstream: object["workstream"]?.string.flatMap { WorkstreamID($0) },
      attempt: object["attempt"]?.integer, worker: object["worker"]?.string,
      data: object["data"]?.object ?? JSONObject())
  }
}

/// Why a line is no event.
package enum EventError: Error, Hashable, Sendable {
  case notJSON(JSONError)
  case missing(String)
}
