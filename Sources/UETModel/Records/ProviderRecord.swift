/// What a provider of models has told the run's attempts: to wait, and how many it bears at once.
package struct ProviderRecord: Hashable, Sendable {
  package let name: String
  /// Nothing that asks it starts before.
  package var until: Timestamp?
  /// When that was told.
  package var since: Timestamp?
  package var reason: String?
  /// How often in a row it asked to wait.
  package var waits = 0
  /// How many attempts may ask it at once; nil for as many as there are.
  package var concurrency: Int?
  /// How many asked it when it first said that these are too many.
  package var overload: Int?

  package init(name: String) { self.name = name }
}

extension ProviderRecord {
  /// Seconds from when it was told to when it ends.
  package var pause: Double {
    guard let since, let until else { return 0 }
    return until.seconds(since: since)
  }

  package var json: JSONValue {
    var object = JSONObject([("provider", .string(name))])
    object.append("until", .time(until))
    object.append("since", .time(since))
    object.append("reason", .text(reason))
    if waits > 0 { object.append("waits", .integer(Int64(waits))) }
    object.append("concurrency", .integer(concurrency))
    object.append("overload", .integer(overload))
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("provider") }
    self.init(name: try object.required("provider", \.string))
    until = try object.optional("until", \.timestamp)
    since = try object.optional("since", \.timestamp)
    reason = try object.optional("reason", \.string)
    waits = try object.optional("waits", \.integer) ?? 0
    concurrency = try object.optional("concurrency", \.integer)
    overload = try object.optional("overload", \.integer)
  }
}
