extension SpendingRecord {
  package var json: JSONValue {
    var object = JSONObject()
    object.append("spent_usd", spent.member)
    object.append("assumed_usd", assumed.member)
    if unpriced > 0 { object.append("unpriced", .integer(Int64(unpriced))) }
    object.append("reservations", .list(reservations, \.json))
    object.append("tools", .list(tools, \.json))
    object.append("told", .list(told, \.json))
    object.append("overrides", .list(overrides, \.json))
    object.append("halt", halt?.json)
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("spending") }
    spent = object.money("spent_usd") ?? .zero
    assumed = object.money("assumed_usd") ?? .zero
    unpriced = try object.optional("unpriced", \.integer) ?? 0
    reservations = try object.list("reservations") { try? Reservation(json: $0) }
    tools = try object.list("tools") { try? Tool(json: $0) }
    told = try object.list("told") { try? Notice(json: $0) }
    overrides = try object.list("overrides") { try? Override(json: $0) }
    halt = object["halt"].flatMap { BudgetScope(json: $0) }
  }
}

extension Money {
  /// nil for nothing, which is left out.
  fileprivate var member: JSONValue? { self == .zero ? nil : exact }

  /// Dollars where these say it exactly, else the count of picodollars as text.
  fileprivate var exact: JSONValue {
    Money(dollars: dollars) == self ? json : .string(String(picodollars))
  }
}

extension JSONObject {
  fileprivate func money(_ name: String) -> Money? {
    self[name].flatMap { value in
      value.string.flatMap { Int64($0) }.map(Money.init(picodollars:)) ?? Money(json: value)
    }
  }
}

extension SpendingRecord.Reservation {
  fileprivate var json: JSONValue {
    var object = JSONObject([
      ("workstream", .string(workstream.rawValue)), ("attempt", .integer(Int64(attempt))),
      ("tool", .string(tool)), ("reserved_usd", amount.exact),
    ])
    object.append("cap_usd", cap?.exact)
    if isCut { object.append("cut", true) }
    return .object(object)
  }

  fileprivate init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object, let amount = object.money("reserved_usd") else {
      throw JSONShapeError("reservation")
    }
    self.init(
      workstream: try object.required("workstream", \.workstreamID),
      attempt: try object.required("attempt", \.integer),
      tool: try object.required("tool", \.string), amount: amount, cap: object.money("cap_usd"),
      isCut: try object.optional("cut", \.bool) ?? false)
  }
}

extension SpendingRecord.Tool {
  fileprivate var json: JSONValue {
    var object = JSONObject([
      ("tool", .string(name)), ("attempts", .integer(Int64(attempts))),
    ])
    object.append("total_usd", total.member)
    object.append("largest_usd", largest.member)
    object.append("largest_request_usd", largestRequest.member)
    return .object(object)
  }

  fileprivate init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("tool") }
    self.init(
      name: try object.required("tool", \.string),
      attempts: try object.required("attempts", \.integer),
      total: object.money("total_usd") ?? .zero, largest: object.money("largest_usd") ?? .zero,
      largestRequest: object.money("largest_request_usd") ?? .zero)
  }
}

extension SpendingRecord.Notice {
  fileprivate var json: JSONValue {
    ["budget": scope.json, "level": .string(level.rawValue), "limit_usd": limit.exact]
  }

  fileprivate init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object, let limit = object.money("limit_usd"),
      let scope = object["budget"].flatMap({ BudgetScope(json: $0) })
    else { throw JSONShapeError("budget") }
    self.init(
      scope: scope,
      level: try object.required("level") { $0.string.flatMap(SpendingRecord.Level.init) },
      limit: limit)
  }
}

extension SpendingRecord.Override {
  fileprivate var json: JSONValue {
    var object: JSONObject = ["budget": scope.json]
    object.append("limit_usd", limit?.exact)
    return .object(object)
  }

  fileprivate init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object, let scope = object["budget"].flatMap({ BudgetScope(json: $0) })
    else { throw JSONShapeError("budget") }
    self.init(scope: scope, limit: object.money("limit_usd"))
  }
}

extension AttemptSpending {
  var json: JSONValue? {
    if self == AttemptSpending() { return nil }
    var object = JSONObject()
    object.append("spent_usd", spent.member)
    object.append("assumed_usd", assumed.member)
    object.append("reserved_usd", reserved?.exact)
    if isCut { object.append("cut", true) }
    if unpriced > 0 { object.append("unpriced", .integer(Int64(unpriced))) }
    if isIncomplete { object.append("complete", false) }
    if told > 0 { object.append("told", .integer(Int64(told))) }
    if requests > 0 { object.append("requests", .integer(Int64(requests))) }
    if tokens > 0 { object.append("tokens", .integer(Int64(tokens))) }
    if cachedTokens > 0 { object.append("cached_tokens", .integer(Int64(cachedTokens))) }
    object.append("handed_tokens", handedTokens.map { .integer(Int64($0)) })
    if longestInput > 0 { object.append("longest_input", .integer(Int64(longestInput))) }
    object.append("model", model.map(JSONValue.string))
    return .object(object)
  }

  init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("spending") }
    spent = object.money("spent_usd") ?? .zero
    assumed = object.money("assumed_usd") ?? .zero
    reserved = object.money("reserved_usd")
    isCut = try object.optional("cut", \.bool) ?? false
    unpriced = try object.optional("unpriced", \.integer) ?? 0
    isIncomplete = !(try object.optional("complete", \.bool) ?? true)
    told = try object.optional("told", \.integer) ?? 0
    requests = try object.optional("requests", \.integer) ?? 0
    tokens = try object.optional("tokens", \.integer) ?? 0
    cachedTokens = try object.optional("cached_tokens", \.integer) ?? 0
    handedTokens = try object.optional("handed_tokens", \.integer)
    longestInput = try object.optional("longest_input", \.integer) ?? 0
    model = try object.optional("model", \.string)
  }
}
