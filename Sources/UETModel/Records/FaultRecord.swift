/// A step of the queue that gave no answer: how often in a row, and what it said last.
///
/// A fault says nothing of a candidate by itself. One that comes again wherever a candidate is, and
/// nowhere without it, does; so what faulted is kept apart from how many faults there were.
package struct FaultRecord: Hashable, Sendable {
  package enum Step: Hashable, Sendable {
    case gate(tree: ObjectID, key: String)
    case merge(WorkstreamID)
    case repair(WorkstreamID)
    /// Merging these by themselves.
    case probe([WorkstreamID])
    /// No candidate's, as a landing.
    case other
  }

  package var step: Step
  package var count: Int
  /// Sequence numbers of the first one's event and of the last one's.
  package var first: Int
  package var event: Int
  package var message: String

  package init(_ step: Step, count: Int, first: Int, event: Int, message: String) {
    self.step = step
    self.first = first
    self.count = count
    self.event = event
    self.message = message
  }
}

extension FaultRecord {
  package var json: JSONValue {
    var object = JSONObject([("step", .string(step.name))])
    switch step {
    case .gate(let tree, let key):
      object.append("tree", .commit(tree))
      object.append("key", .string(key))
    case .merge(let id), .repair(let id): object.append("workstream", .string(id.rawValue))
    case .probe(let members): object.append("members", .list(members) { .string($0.rawValue) })
    case .other: break
    }
    object.append("count", .integer(Int64(count)))
    object.append("first", .integer(Int64(first)))
    object.append("event", .integer(Int64(event)))
    object.append("message", .string(message))
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("fault") }
    let step: Step =
      switch object["step"]?.string {
      case "gate":
        .gate(
          tree: try object.required("tree", \.objectID), key: try object.required("key", \.string))
      case "merge": .merge(try object.required("workstream", \.workstreamID))
      case "repair": .repair(try object.required("workstream", \.workstreamID))
      case "probe": .probe(try object.list("members", \.workstreamID))
      default: .other
      }
    self.init(
      step, count: try object.required("count", \.integer),
      first: try object.required("first", \.integer),
      event: try object.required("event", \.integer),
      message: try object.required("message", \.string))
  }
}

extension FaultRecord.Step {
  fileprivate var name: String {
    switch self {
    case .gate: "gate"
    case .merge: "merge"
    case .repair: "repair"
    case .probe: "probe"
    case .other: "other"
    }
  }
}
