import UETModel

/// What an import does, or would do, to one workstream.
package struct ImportChange: Hashable, Sendable {
  package enum Action: String, CaseIterable, Hashable, Sendable {
    case added, updated, unchanged
    /// It would be removed, and a person had a hand in it.
    case kept
    case removed
  }

  package var workstream: WorkstreamID
  package var name: ItemName
  package var action: Action
  /// The bundle that it stands in.
  package var file: String
  /// Fields that follow the source.
  package var fields: [String] = []
  /// Fields that a person edited or confirmed, while the source says something else now: what it
  /// says, as JSON.
  package var differences: [Difference] = []
  /// Why it is kept or removed.
  package var reason: String?

  package struct Difference: Hashable, Sendable {
    package var field: String
    package var source: String
  }

  package var json: JSONValue {
    var object = JSONObject()
    object.append("workstream", .string(workstream.rawValue))
    object.append("format", .string(name.format.rawValue))
    object.append("list", .string(name.list))
    object.append("id", .string(name.key))
    object.append("action", .string(action.rawValue))
    object.append("file", .string(file))
    object.append("fields", .array(fields.map(JSONValue.string)))
    object.append(
      "differences",
      .array(differences.map { ["field": .string($0.field), "source": .string($0.source)] }))
    object.append("reason", reason.map(JSONValue.string))
    return .object(object)
  }
}

/// Everything that an import writes.
package struct ImportOutcome: Sendable {
  /// A bundle and its new bytes; nil for one in which nothing is left.
  package struct File: Hashable, Sendable {
    package var path: String
    package var bytes: [UInt8]?
  }

  package var files: [File] = []
  /// In the order of the lists; what is removed or kept comes behind its list.
  package var changes: [ImportChange] = []
  package var findings: [Finding] = []
}
