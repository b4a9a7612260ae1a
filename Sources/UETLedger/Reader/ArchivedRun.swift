import UETModel

/// What the archive says of one run: how it ended, and every reference it had.
///
/// All of it follows from the run's chain and references, so that two clones that archive the same
/// run write the same.
package struct ArchivedRun: Hashable, Sendable {
  package let run: RunID
  package var status: RunState.Status
  package var startedAt: Timestamp?
  package var endedAt: Timestamp?
  package var counts: [WorkstreamState: Int]
  /// By the name below the prefix, as `runs/RUN/main`, or `branches/NAME` for
  /// `refs/heads/uet/RUN/NAME`.
  ///
  /// Several commits stand at a name where clones that knew nothing of each other archived both.
  package var references: [String: Set<ObjectID>]

  package init(_ state: RunState, references: [String: Set<ObjectID>]) {
    run = state.run
    status = state.status
    startedAt = state.startedAt
    endedAt = state.endedAt
    counts = state.counts
    self.references = references
  }

  static let formatVersion = 1

  /// Where the run's chains are below the prefix.
  static func chain(_ run: RunID, _ writer: String) -> String { "runs/\(run)/\(writer)" }

  static func branch(_ name: String) -> String { "branches/\(name)" }

  /// The last commit of a chain; the smallest id where there are several, so that all clones agree.
  package func tip(of writer: String) -> ObjectID? {
    references[Self.chain(run, writer)]?.min()
  }

  /// The writers of its chains.
  package var writers: [String] {
    let prefix = "runs/\(run)/"
    return references.keys.filter { $0.hasPrefix(prefix) }.map {
      String($0.dropFirst(prefix.count))
    }
    .sorted()
  }
}

extension ArchivedRun {
  package var json: JSONValue {
    var object = JSONObject([
      ("version", .integer(Int64(Self.formatVersion))), ("run", .string(run.rawValue)),
      ("status", .string(status.rawValue)),
    ])
    object.append("started_at", startedAt.map { .string($0.description) })
    object.append("ended_at", endedAt.map { .string($0.description) })
    let members = WorkstreamState.allCases.compactMap { state in
      counts[state].map { JSONObject.Member(state.rawValue, .integer(Int64($0))) }
    }
    object.append("counts", .object(JSONObject(members: members)))
    let names = references.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    object.append(
      "refs",
      .object(
        JSONObject(
          members: names.map { name, tips in
            JSONObject.Member(name, .array(tips.sorted().map { .string($0.hex) }))
          })))
    return .object(object)
  }

  /// Reads what `json` wrote; nil for anything else, and for what a newer version wrote.
  init?(json: JSONValue) {
    guard let version = json["version"]?.integer, version <= Self.formatVersion,
      let run = json["run"]?.string.flatMap({ RunID($0) }),
      let status = json["status"]?.string.flatMap(RunState.Status.init),
      let names = json["refs"]?.object
    else { return nil }
    self.run = run
    self.status = status
    startedAt = json["started_at"]?.timestamp
    endedAt = json["ended_at"]?.timestamp
    counts = [:]
    for state in WorkstreamState.allCases {
      if let count = json["counts"]?[state.rawValue]?.integer { counts[state] = count }
    }
    references = [:]
    for member in names.members {
      let tips = (member.value.array ?? []).compactMap { $0.objectID }
      if !tips.isEmpty { references[member.key] = Set(tips) }
    }
  }
}
