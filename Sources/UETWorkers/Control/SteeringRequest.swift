import UETModel

/// What a user asks of the process that works on a run; each kind of process reads what it knows.
///
/// It needs no token: the socket's folder and file admit its owner alone.
package struct SteeringRequest: Hashable, Sendable {
  package let name: String
  package var details: JSONObject

  package init(_ name: String, _ details: JSONObject = JSONObject()) {
    self.name = name
    self.details = details
  }
}

extension SteeringRequest {
  /// The one that only looks: why workstreams do not run.
  package static let why = "why"

  /// Whether it changes nothing, so that a worker may ask it as well.
  package var onlyLooks: Bool { name == Self.why }

  /// The value of a request's `do`.
  private static let verb = "steer"

  /// The request that a control server reads.
  package var json: JSONValue {
    ["do": .string(Self.verb), "request": .string(name), "details": .object(details)]
  }

  /// nil when it is another kind of request.
  package init?(json: JSONValue) {
    guard json["do"]?.string == Self.verb, let name = json["request"]?.string else { return nil }
    self.init(name, json["details"]?.object ?? JSONObject())
  }
}

/// What came of a request; given only when what it led to is durable.
package struct SteeringAnswer: Hashable, Sendable {
  package enum Outcome: String, CaseIterable, Hashable, Sendable {
    case done
    /// It was so already.
    case unchanged
    case refused
  }

  package var outcome: Outcome
  /// What was done or why not, on one line.
  package var message: String
  /// The next command to type.
  package var hint: String?
  /// What else there is to say, for programs.
  package var details = JSONObject()

  package init(_ outcome: Outcome, _ message: String, hint: String? = nil) {
    self.outcome = outcome
    self.message = message
    self.hint = hint
  }

  package static func refused(_ message: String, hint: String? = nil) -> SteeringAnswer {
    SteeringAnswer(.refused, message, hint: hint)
  }
}

extension SteeringAnswer {
  package var json: JSONValue {
    var object = JSONObject([
      ("ok", .bool(outcome != .refused)), ("outcome", .string(outcome.rawValue)),
      (outcome == .refused ? "error" : "message", .string(message)),
    ])
    object.append("hint", .text(hint))
    if !details.members.isEmpty { object.append("details", .object(details)) }
    return .object(object)
  }

  /// Reads any answer of a control server; one that was not carried out counts as refused.
  package init(json: JSONValue) {
    let outcome = json["outcome"]?.string.flatMap(Outcome.init)
    let isDone = json["ok"]?.bool == true
    self.init(
      isDone ? outcome ?? .done : .refused,
      json["message"]?.string ?? json["error"]?.string ?? "no reason given",
      hint: json["hint"]?.string)
    details = json["details"]?.object ?? JSONObject()
  }
}
