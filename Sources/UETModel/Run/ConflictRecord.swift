/// A conflict of a candidate with what it was merged onto, and what became of it.
package struct ConflictRecord: Hashable, Sendable {
  package enum State: String, CaseIterable, Hashable, Sendable {
    /// Next: any other.
    case pending = "PENDING"
    /// By a resolution that was recorded before. Next: PENDING (it conflicts again, with something else).
    case auto = "AUTO_RESOLVED"
    /// By the resolver tool. Next: PENDING.
    case agent = "AGENT_RESOLVED"
    /// By a person. Next: PENDING.
    case human = "HUMAN_RESOLVED"
    /// Nothing more is tried by itself. Next: HUMAN_RESOLVED, PENDING.
    case quarantined = "QUARANTINED"

    package var successors: Set<State> {
      switch self {
      case .pending: [.auto, .agent, .human, .quarantined, .pending]
      case .auto, .agent, .human: [.pending]
      case .quarantined: [.human, .pending]
      }
    }

    package var isOpen: Bool { self == .pending || self == .quarantined }
  }

  /// A place in a file where both sides differ, as a few lines of text from others.
  package struct Hunk: Hashable, Sendable {
    package let path: String
    package let text: String

    package init(path: String, text: String) { (self.path, self.text) = (path, text) }
  }

  package var state = State.pending
  /// The commit that it was merged onto, and the candidate's.
  package var onto: ObjectID
  package var tip: ObjectID
  /// The recorded merge base; nil where git found it.
  package var base: ObjectID?
  package var paths: [String] = []
  package var message: String?
  /// Candidates in `onto` that changed these paths; none where they stood in the target before.
  package var makers: [WorkstreamID] = []
  /// Some of the places, of bounded length.
  package var hunks: [Hunk] = []
  /// Sequence number of the event.
  package var seq: Int
  /// The repaired candidate: a commit on top of `onto` and `tip`.
  package var resolution: ObjectID?

  package init(onto: ObjectID, tip: ObjectID, seq: Int) {
    (self.onto, self.tip, self.seq) = (onto, tip, seq)
  }

  /// Reads what `merge_conflict` holds.
  init?(_ event: Event, tip: ObjectID?) {
    guard let onto = event.commit(.onto), let tip = event.commit(.tip) ?? tip else { return nil }
    self.init(onto: onto, tip: tip, seq: event.seq)
    base = event.commit(.base)
    paths = (event.data[.paths]?.array ?? []).compactMap(\.string)
    message = event.text(.message)
    makers = (event.data[.makers]?.array ?? []).compactMap(\.workstreamID)
    hunks = (event.data[.hunks]?.array ?? []).compactMap(Hunk.init)
  }
}

extension ConflictRecord.Hunk {
  package var json: JSONValue { ["path": .string(path), "text": .string(text)] }

  init?(json: JSONValue) {
    guard let path = json["path"]?.string, let text = json["text"]?.string else { return nil }
    self.init(path: path, text: text)
  }
}

extension ConflictRecord {
  package var json: JSONValue {
    var object = JSONObject([
      ("state", .string(state.rawValue)), ("onto", .commit(onto)), ("tip", .commit(tip)),
      ("seq", .integer(Int64(seq))),
    ])
    object.append("base", .commit(base))
    object.append("paths", .list(paths) { .string($0) })
    object.append("message", .text(message))
    object.append("makers", .list(makers) { .string($0.rawValue) })
    object.append("hunks", .list(hunks, \.json))
    object.append("resolution", .commit(resolution))
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("conflict") }
    self.init(
      onto: try object.required("onto", \.objectID), tip: try object.required("tip", \.objectID),
      seq: try object.required("seq", \.integer))
    state = try object.required("state") { $0.string.flatMap(State.init) }
    base = try object.optional("base", \.objectID)
    paths = try object.list("paths", \.string)
    message = try object.optional("message", \.string)
    makers = try object.list("makers", \.workstreamID)
    hunks = try object.list("hunks", Hunk.init)
    resolution = try object.optional("resolution", \.objectID)
  }
}

extension RunState {
  /// What the events of a conflict say of it.
  mutating func foldConflict(_ event: Event, _ id: WorkstreamID) throws(Illegal) {
    switch event.type {
    case .mergeConflict:
      update(id) { record in
        // Of two in a row the last one counts: the same candidate on top of something else.
        record.conflict =
          ConflictRecord(event, tip: record.candidate?.tip ?? record.tip) ?? record.conflict
      }
    case .conflictResolved:
      guard let conflict = self[id]?.conflict else { return }
      let state = event.text(.status).flatMap(ConflictRecord.State.init) ?? .human
      guard conflict.state.successors.contains(state) else {
        throw Illegal(
          message:
            "the conflict of '\(id)' cannot go from \(conflict.state.rawValue) to \(state.rawValue)"
        )
      }
      update(id) { record in
        record.conflict?.state = state
        record.conflict?.resolution = event.commit(.commit)
        record.conflict?.onto = event.commit(.onto) ?? conflict.onto
      }
    case .mergePrepared:
      // What it conflicted with is not before it any more.
      update(id) { record in
        if record.conflict?.state.isOpen == true { record.conflict = nil }
      }
    default: break
    }
  }
}
