/// A test beside the line: with the verdicts on its tree it says what is known of its members, also
/// to a process that goes on after a crash.
package struct ProbeRecord: Hashable, Sendable {
  /// In the order in which they were merged.
  package var members: [WorkstreamID]
  package var onto: ObjectID
  /// The merge of all of them and its tree; nil where they conflict.
  package var commit: ObjectID?
  package var tree: ObjectID?
  /// What gates read of that.
  package var gateInputs = GateInputs()
  /// Those of them that are not decided yet.
  package var left: [WorkstreamID]
  /// Whether one of them was set aside, which explains what was red.
  package var isExplained = false

  package init(
    members: [WorkstreamID], onto: ObjectID, commit: ObjectID? = nil, tree: ObjectID? = nil
  ) {
    self.members = members
    self.onto = onto
    self.commit = commit
    self.tree = tree
    left = members
  }
}

extension ProbeRecord {
  package var json: JSONValue {
    var object = JSONObject([("onto", .commit(onto))])
    object.append("members", .list(members) { .string($0.rawValue) })
    object.append("commit", .commit(commit))
    object.append("tree", .commit(tree))
    object.append("gate_inputs", gateInputs.nonEmpty?.json)
    object.append("left", .list(left) { .string($0.rawValue) })
    if isExplained { object.append("explained", true) }
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("probe") }
    self.init(
      members: try object.list("members", \.workstreamID),
      onto: try object.required("onto", \.objectID),
      commit: try object.optional("commit", \.objectID),
      tree: try object.optional("tree", \.objectID))
    gateInputs = try object.optional("gate_inputs", \.gateInputs) ?? GateInputs()
    left = try object.list("left", \.workstreamID)
    isExplained = try object.optional("explained", \.bool) ?? false
  }
}
