import UETModel

/// What a host knows of the line in front of one branch, beside the candidates themselves.
///
/// Each change is a commit on top of the one before; what has landed or was taken back is a further
/// parent, so that nothing that was pushed is lost when its own reference goes.
package struct LineState: Hashable, Sendable {
  /// One candidate of the run under way.
  package struct Member: Hashable, Sendable {
    package let topic: String
    /// The commit that told of it when the run was begun: another one now means that something else
    /// was pushed since.
    package let candidate: ObjectID
    package let tip: ObjectID
    package let workstream: WorkstreamID

    package init(topic: String, candidate: ObjectID, tip: ObjectID, workstream: WorkstreamID) {
      (self.topic, self.candidate, self.tip) = (topic, candidate, tip)
      self.workstream = workstream
    }
  }

  /// The run that tests and lands some of the candidates.
  package struct Current: Hashable, Sendable {
    package let run: RunID
    package let startedAt: Timestamp
    package let members: [Member]

    package init(run: RunID, startedAt: Timestamp, members: [Member]) {
      (self.run, self.startedAt, self.members) = (run, startedAt, members)
    }
  }

  package var branch: String
  package var current: Current?
  /// Why nothing lands; nil where it does.
  package var frozen: String?
  /// Who froze it.
  package var frozenBy: String?
  /// Why each that waits was not taken when it was looked at last, by topic.
  package var held: [String: String] = [:]
  /// What a run takes, in seconds: of the last ones, the latest counting most.
  package var runSeconds: Double?
  /// What landed last, the latest first.
  package var landed: [String] = []
  package var id: ObjectID?

  package init(branch: String) { self.branch = branch }

  /// So many of those that have landed are told, for what depends on them.
  static let mostLanded = 1_000

  mutating func note(seconds: Double) {
    runSeconds = ((runSeconds ?? seconds) * 0.6 + seconds * 0.4).roundedToThousandths
  }

  mutating func note(landed topics: [String]) {
    guard !topics.isEmpty else { return }
    let others = landed.filter { !topics.contains($0) }
    landed = Array((topics.reversed() + others).prefix(Self.mostLanded))
  }
}

extension LineState {
  /// The message of the commit that holds it; `subject` says what has changed.
  func message(_ subject: String) -> String {
    "\(subject.terminalSafe)\n\n\(JSONValue.object(json).encoded(.compact))\n"
  }

  private var json: JSONObject {
    var object = JSONObject([
      "version": 1, "branch": .string(branch), "frozen": frozen.map(JSONValue.string),
      "frozen_by": frozenBy.map(JSONValue.string), "run_seconds": runSeconds.map(JSONValue.number),
      "landed": landed.isEmpty ? nil : .array(landed.map(JSONValue.string)),
    ])
    if !held.isEmpty {
      let reasons = held.sorted { $0.key < $1.key }
      object.append("held", .object(JSONObject(reasons.map { ($0.key, .string($0.value)) })))
    }
    guard let current else { return object }
    object.append("run", .string(current.run.rawValue))
    object.append("started_at", .string(current.startedAt.description))
    object.append(
      "members",
      .array(
        current.members.map { member in
          [
            "topic": .string(member.topic), "candidate": .string(member.candidate.hex),
            "tip": .string(member.tip.hex), "workstream": .string(member.workstream.rawValue),
          ]
        }))
    return object
  }

  /// Reads the message of the commit `id`; nil where it is none of these, or of a newer version.
  package init?(message: String, id: ObjectID) {
    guard let json = LineMessage.json(message), json["version"]?.integer == 1,
      let branch = json["branch"]?.string
    else { return nil }
    self.init(branch: branch)
    self.id = id
    (frozen, frozenBy) = (json["frozen"]?.string, json["frozen_by"]?.string)
    runSeconds = json["run_seconds"]?.double
    landed = json["landed"]?.array?.compactMap(\.string) ?? []
    for member in json["held"]?.object?.members ?? [] { held[member.key] = member.value.string }
    guard let run = json["run"]?.string.flatMap({ RunID($0) }),
      let startedAt = json["started_at"]?.string.flatMap({ Timestamp($0) })
    else { return }
    let members = json["members"]?.array?.compactMap { Member($0.object) } ?? []
    current = Current(run: run, startedAt: startedAt, members: members)
  }
}

extension LineState.Member {
  fileprivate init?(_ json: JSONObject?) {
    guard let topic = json?["topic"]?.string,
      let candidate = json?["candidate"]?.string.flatMap({ ObjectID($0) }),
      let tip = json?["tip"]?.string.flatMap({ ObjectID($0) }),
      let workstream = json?["workstream"]?.string.flatMap({ WorkstreamID($0) })
    else { return nil }
    self.init(topic: topic, candidate: candidate, tip: tip, workstream: workstream)
  }
}
