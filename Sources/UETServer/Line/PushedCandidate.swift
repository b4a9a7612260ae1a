import UETModel

/// A commit that somebody pushed to be queued, as its reference tells of it.
///
/// Each change is a commit on top of the one before, whose message holds one JSON object and whose
/// other parent is the pushed commit, so that what was pushed before is kept.
package struct PushedCandidate: Hashable, Sendable {
  package enum State: String, Sendable {
    /// In line, or with the run that the line names.
    case waiting
    /// It conflicted, a gate was red, or it cannot be queued; the reason says which.
    case aside
    /// Its pusher took it back.
    case withdrawn
  }

  package var state: State
  /// The branch to land in, without `refs/heads/`.
  package var branch: String
  package var topic: String
  package var tip: ObjectID
  /// Who pushed it, where the host knows.
  package var by: String?
  /// Author of the first of its commits, as `NAME <EMAIL>`; with the subject it tells the same
  /// change from another.
  package var author: String
  package var subject: String
  package var wishes: CandidateWishes
  package var pushedAt: Timestamp
  /// Who looked at this very commit and has nothing against it.
  package var approvals: [String] = []
  /// Why it is set aside.
  package var reason: String?
  /// The run that set it aside, and what it was called there.
  package var run: RunID?
  package var workstream: WorkstreamID?
  /// What was pushed as this topic before, the last first.
  package var earlier: [ObjectID] = []
  /// The commit that tells all this: another with each change.
  package var id = ObjectID.zero

  /// So many earlier tips are told; all are kept.
  private static let mostEarlier = 50

  /// This one with something else pushed in its place.
  func replaced(by other: PushedCandidate) -> PushedCandidate {
    var next = other
    next.earlier = Array(([tip] + earlier).filter { $0 != other.tip }.prefix(Self.mostEarlier))
    return next
  }

  /// The order in which candidates are taken.
  static func isBefore(_ one: PushedCandidate, _ other: PushedCandidate) -> Bool {
    (one.branch, one.wishes.priority, one.pushedAt, one.topic)
      < (other.branch, other.wishes.priority, other.pushedAt, other.topic)
  }

  /// This one, taken back by its pusher.
  var withdrawn: PushedCandidate {
    var next = self
    (next.state, next.reason, next.run, next.workstream) = (.withdrawn, nil, nil, nil)
    return next
  }

  /// Whether a push without a topic means this one: the same change, done again.
  func isSameChange(as other: PushedCandidate) -> Bool {
    by == other.by && author == other.author && subject == other.subject
  }
}

/// What the options of a push ask for beyond the branch's own rules.
package struct CandidateWishes: Hashable, Sendable {
  /// Patterns outside of which it changes nothing.
  package var scope: [String] = []
  /// Gates besides those of every candidate.
  package var gates: [String] = []
  /// Topics that have to land before it.
  package var depends: [String] = []
  /// Smaller goes first.
  package var priority = 0

  package init() {}
}

extension PushedCandidate {
  /// The message of the commit that tells of it.
  var message: String {
    let what =
      switch state {
      case .waiting: "queue"
      case .aside: "set aside"
      case .withdrawn: "withdraw"
      }
    return "\(what) \(topic) for \(branch)\n\n\(JSONValue.object(json).encoded(.compact))\n"
  }

  private var json: JSONObject {
    JSONObject([
      "version": 1, "state": .string(state.rawValue), "branch": .string(branch),
      "topic": .string(topic), "tip": .string(tip.hex), "by": by.map(JSONValue.string),
      "author": .string(author), "subject": .string(subject),
      "scope": Self.list(wishes.scope), "gates": Self.list(wishes.gates),
      "depends": Self.list(wishes.depends),
      "priority": wishes.priority == 0 ? nil : .integer(Int64(wishes.priority)),
      "pushed_at": .string(pushedAt.description), "reason": reason.map(JSONValue.string),
      "approvals": Self.list(approvals),
      "run": (run?.rawValue).map(JSONValue.string),
      "workstream": (workstream?.rawValue).map(JSONValue.string),
      "earlier": Self.list(earlier.map(\.hex)),
    ])
  }

  private static func list(_ texts: [String]) -> JSONValue? {
    texts.isEmpty ? nil : .array(texts.map(JSONValue.string))
  }

  /// Reads the message of the commit `id`; nil where it is none of these, or of a newer version.
  package init?(message: String, id: ObjectID) {
    guard let json = LineMessage.json(message), json["version"]?.integer == 1,
      let state = json["state"]?.string.flatMap(State.init), let branch = json["branch"]?.string,
      let topic = json["topic"]?.string, let tip = json["tip"]?.string.flatMap({ ObjectID($0) }),
      let pushedAt = json["pushed_at"]?.string.flatMap({ Timestamp($0) })
    else { return nil }
    func texts(_ key: String) -> [String] { json[key]?.array?.compactMap(\.string) ?? [] }
    (self.state, self.branch, self.topic, self.tip) = (state, branch, topic, tip)
    (self.pushedAt, self.id) = (pushedAt, id)
    by = json["by"]?.string
    (author, subject) = (json["author"]?.string ?? "", json["subject"]?.string ?? "")
    wishes = CandidateWishes()
    (wishes.scope, wishes.gates) = (texts("scope"), texts("gates"))
    (wishes.depends, wishes.priority) = (texts("depends"), json["priority"]?.integer ?? 0)
    reason = json["reason"]?.string
    run = json["run"]?.string.flatMap { RunID($0) }
    workstream = json["workstream"]?.string.flatMap { WorkstreamID($0) }
    approvals = texts("approvals")
    earlier = texts("earlier").compactMap { ObjectID($0) }
  }
}

/// The messages of the commits in a host's line: a subject for people, and one JSON object.
enum LineMessage {
  static func json(_ message: String) -> JSONObject? {
    guard let start = message.firstRange(of: "\n\n")?.upperBound else { return nil }
    return (try? JSONValue(parsing: Array(message[start...].utf8)))?.object
  }
}
