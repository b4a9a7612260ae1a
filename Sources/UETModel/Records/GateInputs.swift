/// What the gates that declare their inputs read of one tree: by the name of each, the id of the
/// tree cut down to that.
package struct GateInputs: Hashable, Sendable {
  package private(set) var cuts: [String: ObjectID]

  package init(_ cuts: [String: ObjectID] = [:]) { self.cuts = cuts }

  package var isEmpty: Bool { cuts.isEmpty }

  package subscript(gate: String) -> ObjectID? { cuts[gate] }

  package mutating func note(_ gate: String, _ cut: ObjectID) { cuts[gate] = cut }

  /// nil where there are none, which is how that is written.
  package var nonEmpty: GateInputs? { isEmpty ? nil : self }
}

extension GateInputs {
  /// What is no id is left out.
  package init?(json: JSONValue) {
    guard let object = json.object else { return nil }
    cuts = [:]
    for member in object.members { cuts[member.key] = member.value.objectID }
  }

  package var json: JSONValue {
    .object(JSONObject(cuts.sorted { $0.key < $1.key }.map { ($0.key, .commit($0.value)) }))
  }
}

extension JSONValue {
  var gateInputs: GateInputs? { GateInputs(json: self) }
}
