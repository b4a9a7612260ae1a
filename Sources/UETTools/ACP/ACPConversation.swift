import UETModel

/// The client's half of one conversation in the Agent Client Protocol (version 1): a message in,
/// messages out.
///
/// It offers the agent neither files nor terminals: the agent works in the worktree by itself, and
/// is asked nothing but whether it may. It knows no clock: the shell keeps the time that `patience`
/// allows, and says when it is over.
package struct ACPConversation: Sendable {
  package enum Effect: Hashable, Sendable {
    /// A message to the agent.
    case send(JSONObject)
    /// A word for people, for the log.
    case note(String)
    /// Why the agent cannot be used, for the log and the outcome.
    case fault(String)
    /// Percent of its own plan that is done, and what it is at.
    case progress(percent: Int, message: String?)
    /// All is said: the agent's input can be closed.
    case close
  }

  enum Phase: Hashable, Sendable {
    /// `initialize` is not answered. Then opening, or over.
    case greeting
    /// A session is asked for. Then choosing, prompting, or over.
    case opening
    /// A mode or a model is asked for. Then choosing, prompting, or over.
    case choosing
    /// The agent works. Then cancelling, or over.
    case prompting
    /// It was told to stop. Then over.
    case cancelling
    case over
  }

  package static let protocolVersion = 1

  let settings: ACPSettings
  let prompt: String
  private let program: String
  /// A path as the agent writes it, without links and relative to the worktree; nil outside of it.
  private let place: @Sendable (String) -> String?
  private(set) var phase = Phase.greeting
  var session: String?
  /// What is still to be chosen, the next first.
  var choices: [ACPChoice] = []
  var offers = ACPOffers()
  /// The request whose answer is waited for.
  private var awaited: (id: Int, method: String)?
  private var lastID = 0
  private var calls: [String: ACPToolCall] = [:]
  private var progress: Int?
  /// How often in a row the agent said that it tries its request again.
  private var retries = 0
  /// Some would go on for minutes, a request a second.
  private static let mostRetries = 6
  /// What earlier attempts of the session cost, by what the agent says.
  private var costBefore = 0.0

  package init(
    _ settings: ACPSettings, prompt: String, version: String,
    place: @escaping @Sendable (String) -> String?
  ) {
    self.settings = settings
    self.prompt = prompt
    program = version
    self.place = place
  }

  package var isOver: Bool { phase == .over }

  /// Seconds that may pass without an answer; nil where the attempt's own limit counts.
  package var patience: Double? {
    switch phase {
    case .greeting: 60
    case .opening, .choosing: 120
    case .prompting, .over: nil
    case .cancelling: 3
    }
  }

  package mutating func begin() -> [Effect] {
    let capabilities: JSONObject = [
      "fs": ["readTextFile": false, "writeTextFile": false], "terminal": false,
    ]
    return [
      request(
        "initialize",
        [
          "protocolVersion": .integer(Int64(Self.protocolVersion)),
          "clientCapabilities": .object(capabilities),
          "clientInfo": ["name": "git-uet", "version": .string(program)],
        ])
    ]
  }

  /// Takes one message of the agent's.
  package mutating func take(_ message: JSONObject) -> [Effect] {
    if let method = message.string("method") {
      let parameters = message.object("params") ?? JSONObject()
      guard let id = message["id"] else { return hear(method, parameters) }
      return answer(id, method, parameters)
    }
    guard let id = message["id"]?.integer, let awaited, awaited.id == id else { return [] }
    self.awaited = nil
    if let error = message.object("error") { return refused(awaited.method, error) }
    return accepted(awaited.method, message.object("result") ?? JSONObject())
  }

  /// Somebody wants the agent to stop.
  package mutating func cancel(_ reason: String) -> [Effect] {
    guard phase == .prompting, let session else { return end([.note(reason)]) }
    phase = .cancelling
    return [
      .note(reason),
      .send(message(["method": "session/cancel", "params": ["sessionId": .string(session)]])),
    ]
  }

  /// `patience` is over.
  package mutating func lost() -> [Effect] {
    switch phase {
    case .greeting:
      return end([.fault("it did not answer 'initialize' within \(Int(patience ?? 0)) s")])
    case .opening, .choosing:
      let method = awaited?.method ?? "it"
      return end([.fault("it did not answer '\(method)' within \(Int(patience ?? 0)) s")])
    case .cancelling: return end([.note("it did not answer that it stopped")])
    case .prompting, .over: return []
    }
  }

  /// The agent says no more.
  package mutating func ended() -> [Effect] {
    phase == .over ? [] : end([])
  }

  mutating func end(_ effects: [Effect]) -> [Effect] {
    phase = .over
    return effects + [.close]
  }

  mutating func enter(_ next: Phase) { phase = next }

  mutating func request(_ method: String, _ parameters: JSONObject) -> Effect {
    lastID += 1
    awaited = (lastID, method)
    return .send(
      message([
        "id": .integer(Int64(lastID)), "method": .string(method), "params": .object(parameters),
      ]))
  }

  private func message(_ members: JSONObject) -> JSONObject {
    JSONObject(members: [JSONObject.Member("jsonrpc", "2.0")] + members.members)
  }
}

// MARK: What the agent says unasked

extension ACPConversation {
  private mutating func hear(_ method: String, _ parameters: JSONObject) -> [Effect] {
    if method == "_session/retrying" { return retried(parameters) }
    guard method == "session/update", let update = parameters.object("update") else { return [] }
    retries = 0
    let account = ACPFigures(update, parameters)
    if let cost = account.cost {
      if phase != .prompting { costBefore = max(costBefore, cost) }
      if let limit = settings.maxCost, phase == .prompting, cost - costBefore >= limit {
        return cancel("\(ACPRecord.limitReached) \(dollars(limit))")
      }
    }
    switch update.string("sessionUpdate") {
    case "tool_call", "tool_call_update":
      guard let id = update.string("toolCallId") else { return [] }
      if ["completed", "failed"].contains(update.string("status")) {
        calls[id] = nil
      } else {
        calls[id, default: ACPToolCall()].take(update)
      }
      return []
    case "plan": return planned(update["entries"]?.array ?? [])
    default: return []
    }
  }

  /// vibe tells of each of its retries.
  private mutating func retried(_ parameters: JSONObject) -> [Effect] {
    retries += 1
    guard retries == Self.mostRetries, phase == .prompting else { return [] }
    let words = ["category", "detail"].compactMap { parameters.string($0) }
    return cancel("\(ACPRecord.waitAsked) \(FaultWords.firstLine(words.joined(separator: ", ")))")
  }

  private mutating func planned(_ entries: [JSONValue]) -> [Effect] {
    guard !entries.isEmpty else { return [] }
    let done = entries.filter { $0["status"]?.string == "completed" }.count
    let percent = done * 100 / entries.count
    guard percent != progress else { return [] }
    progress = percent
    let current = entries.first { $0["status"]?.string == "in_progress" }?["content"]?.string
    return [.progress(percent: percent, message: current.map(FaultWords.firstLine))]
  }
}

// MARK: What the agent asks

extension ACPConversation {
  private mutating func answer(
    _ id: JSONValue, _ method: String, _ parameters: JSONObject
  ) -> [Effect] {
    guard method == "session/request_permission" else {
      let error: JSONObject = [
        "code": -32601, "message": .string("git-uet does not offer '\(method)'"),
      ]
      return [.send(message(["id": id, "error": .object(error)]))]
    }
    func reply(_ outcome: JSONObject) -> Effect {
      .send(message(["id": id, "result": ["outcome": .object(outcome)]]))
    }
    guard phase == .prompting else { return [reply(["outcome": "cancelled"])] }
    let told = parameters.object("toolCall") ?? JSONObject()
    var call = told.string("toolCallId").flatMap { calls[$0] } ?? ACPToolCall()
    call.take(told)
    let objection = settings.policy.objection(to: call, at: call.paths.map(place))
    let options = (parameters["options"]?.array ?? []).compactMap(\.object)
    let wanted =
      objection == nil ? ["allow_once", "allow_always"] : ["reject_once", "reject_always"]
    let option = wanted.lazy.compactMap { kind in
      options.first { $0.string("kind") == kind }?.string("optionId")
    }.first
    let notes = objection.map { [Effect.note("refused \(call.words): \($0)")] } ?? []
    guard let option else { return notes + [reply(["outcome": "cancelled"])] }
    return notes + [reply(["outcome": "selected", "optionId": .string(option)])]
  }
}
