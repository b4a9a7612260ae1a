import UETModel

/// Something that a session is told to use.
struct ACPChoice: Hashable, Sendable {
  enum What: String, Hashable, Sendable {
    case mode, model
  }

  var what: What
  var id: String
}

// MARK: What the agent answers

extension ACPConversation {
  mutating func accepted(_ method: String, _ result: JSONObject) -> [Effect] {
    switch method {
    case "initialize": return greeted(result)
    case "session/new", "session/load":
      guard let id = result.string("sessionId") ?? session else {
        return end([.fault("it opened a session without an id")])
      }
      session = id
      return offered(result)
    case "session/prompt": return end([])
    default: return chooseNext()
    }
  }

  mutating func refused(_ method: String, _ error: JSONObject) -> [Effect] {
    if method == "session/load" {
      session = nil
      return [.note("it could not take up the session; a new one is begun"), open()]
    }
    // What the error says of it stands in the record of the conversation.
    return end([])
  }

  private mutating func greeted(_ result: JSONObject) -> [Effect] {
    let version = result["protocolVersion"]?.integer
    guard version == Self.protocolVersion else {
      let words = version.map { "version \($0)" } ?? "no version"
      return end([
        .fault(
          "it speaks \(words) of the Agent Client Protocol, and git-uet \(Self.protocolVersion)")
      ])
    }
    enter(.opening)
    guard let old = settings.resumes else { return [open()] }
    guard result.object("agentCapabilities")?["loadSession"]?.bool == true else {
      return [.note("it cannot take up a session; a new one is begun"), open()]
    }
    session = old
    return [open()]
  }

  private mutating func open() -> Effect {
    var parameters: JSONObject = [
      "cwd": .string(settings.folder),
      "mcpServers": .array(settings.servers.map(JSONValue.object)),
    ]
    guard let session else { return request("session/new", parameters) }
    parameters.append("sessionId", .string(session))
    return request("session/load", parameters)
  }

  /// Keeps what is wanted and not so yet; refuses what the agent does not have.
  private mutating func offered(_ result: JSONObject) -> [Effect] {
    var notes: [Effect] = []
    offers = ACPOffers(result)
    for (what, wanted) in [(ACPChoice.What.mode, settings.mode), (.model, settings.model)] {
      guard let wanted else { continue }
      guard let offer = offers[what] else {
        if what == .model {
          if !settings.modelIsKnown {
            notes.append(.note("it offers no choice of models; it uses which it likes"))
          }
          continue
        }
        return end([.fault("it offers no modes, and '\(wanted)' is asked for")])
      }
      guard offer.ids.contains(wanted) else {
        let list = offer.ids.prefix(20).joined(separator: ", ")
        return end([.fault("it has no \(what.rawValue) '\(wanted)', but \(list)")])
      }
      if offer.current != wanted { choices.append(ACPChoice(what: what, id: wanted)) }
    }
    enter(.choosing)
    return notes + chooseNext()
  }

  private mutating func chooseNext() -> [Effect] {
    guard let session else { return end([]) }
    guard !choices.isEmpty else {
      enter(.prompting)
      return [
        request(
          "session/prompt",
          [
            "sessionId": .string(session),
            "prompt": [["type": "text", "text": .string(prompt)]],
          ])
      ]
    }
    let choice = choices.removeFirst()
    if let option = offers[choice.what]?.option {
      return [
        request(
          "session/set_config_option",
          [
            "sessionId": .string(session), "configId": .string(option),
            "value": .string(choice.id),
          ])
      ]
    }
    return [
      request(
        "session/set_\(choice.what.rawValue)",
        ["sessionId": .string(session), "\(choice.what.rawValue)Id": .string(choice.id)])
    ]
  }
}

/// What a session lets one choose, as its opening tells.
struct ACPOffers: Hashable, Sendable {
  struct Offer: Hashable, Sendable {
    var ids: [String]
    var current: String?
    /// The configuration option by which it is set; nil for a request of its own.
    var option: String?
  }

  private var offers: [ACPChoice.What: Offer] = [:]

  init() {}

  /// From the result of `session/new`: `modes` and `models`, or options of the configuration.
  init(_ result: JSONObject) {
    for option in (result["configOptions"]?.array ?? []).compactMap(\.object) {
      let category = option.string("category") ?? option.string("id") ?? ""
      guard let what = ACPChoice.What(rawValue: category), let id = option.string("id") else {
        continue
      }
      offers[what] = Offer(
        ids: Self.values(option["options"]), current: option.string("currentValue"), option: id)
    }
    if let modes = result.object("modes") {
      offers[.mode] = Offer(
        ids: (modes["availableModes"]?.array ?? []).compactMap { $0["id"]?.string },
        current: modes.string("currentModeId"))
    }
    if let models = result.object("models") {
      offers[.model] = Offer(
        ids: (models["availableModels"]?.array ?? []).compactMap { $0["modelId"]?.string },
        current: models.string("currentModelId"))
    }
  }

  subscript(what: ACPChoice.What) -> Offer? { offers[what] }

  /// Values may stand in groups.
  private static func values(_ options: JSONValue?) -> [String] {
    (options?.array ?? []).flatMap { option in
      option["value"]?.string.map { [$0] } ?? values(option["options"])
    }
  }
}
