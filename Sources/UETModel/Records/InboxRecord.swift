/// How far the inbox of one writer was admitted.
package struct InboxRecord: Hashable, Sendable {
  /// A chain of that writer's name that could not be read on, and why.
  package struct Problem: Hashable, Sendable {
    /// The full name of its reference.
    package let reference: String
    package let reason: String

    package init(reference: String, reason: String) {
      self.reference = reference
      self.reason = reason
    }
  }

  package let writer: String
  /// The last event that was admitted or refused; nil before the first.
  package var last: EventOrigin?
  /// How many of its events were refused.
  package var refused = 0
  /// What is wrong now, one for each reference; none once an event of the writer is admitted.
  package var problems: [Problem] = []

  package init(writer: String) { self.writer = writer }

  /// The sequence number up to which the chain was admitted; 0 before the first event.
  package var sequence: Int { last?.seq ?? 0 }
}

/// Where an event of the main chain was admitted from.
package struct EventOrigin: Hashable, Sendable {
  package let writer: String
  /// Its sequence number, id and time in the writer's own chain.
  package let seq: Int
  package let id: ObjectID
  package let at: Timestamp
  /// The commit of that chain which holds it.
  package let commit: ObjectID
  /// The inbox is that of the clone that holds the run.
  package let isOwn: Bool

  package init(
    writer: String, seq: Int, id: ObjectID, at: Timestamp, commit: ObjectID, isOwn: Bool = false
  ) {
    self.writer = writer
    self.seq = seq
    self.id = id
    self.at = at
    self.commit = commit
    self.isOwn = isOwn
  }
}

extension EventOrigin {
  /// The member `from` of an admitted event's data.
  package var json: JSONValue {
    var object = JSONObject([
      ("writer", .string(writer)), ("seq", .integer(Int64(seq))), ("id", .commit(id)),
      ("at", .string(at.description)), ("commit", .commit(commit)),
    ])
    if isOwn { object.append("own", true) }
    return .object(object)
  }

  package init?(json: JSONValue) {
    guard let writer = json["writer"]?.string, let seq = json["seq"]?.integer,
      let id = json["id"]?.objectID, let at = json["at"]?.timestamp,
      let commit = json["commit"]?.objectID
    else { return nil }
    self.init(
      writer: writer, seq: seq, id: id, at: at, commit: commit, isOwn: json["own"]?.bool ?? false)
  }
}

extension RunState {
  package func inbox(_ writer: String) -> InboxRecord? { inboxes.first { $0.writer == writer } }

  /// Changes a writer's record, made where there is none; they are kept sorted by name.
  mutating func updateInbox(_ writer: String, _ body: (inout InboxRecord) -> Void) {
    let place = inboxes.firstIndex { $0.writer >= writer } ?? inboxes.count
    if place == inboxes.count || inboxes[place].writer != writer {
      inboxes.insert(InboxRecord(writer: writer), at: place)
    }
    body(&inboxes[place])
  }
}
