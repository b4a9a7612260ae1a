import UETModel

extension RunState {
  /// The run as one JSON object: the checkpoint's members, with each workstream's record in place.
  func report(_ waits: [WorkstreamID: String] = [:]) -> JSONValue {
    var object = summaryJSON.object ?? JSONObject()
    object["workstreams"] = .array(
      workstreams.map { record in
        var object = record.json.object ?? JSONObject()
        object.append("waits_for", waits[record.id].map(JSONValue.string))
        return .object(object)
      })
    let counts = WorkstreamState.allCases.compactMap { state in
      self.counts[state].map { JSONObject.Member(state.rawValue, .integer(Int64($0))) }
    }
    object["counts"] = .object(JSONObject(members: counts))
    return .object(object)
  }
}
