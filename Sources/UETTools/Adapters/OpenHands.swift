import UETModel

/// OpenHands: `openhands --headless --json`; status 0 also where the login was refused.
package enum OpenHands: ToolAdapter {
  package static let name = "openhands"
  package static let homes = [
    ToolHome(".openhands", ["settings.json", "agent_settings.json", "secrets.json", "mcp.json"])
  ]
  package static let knownVersions = "1.16"
  package static let loginVariables = ["LLM_API_KEY", "LLM_BASE_URL", "LLM_MODEL"]

  package static func launch(_ request: ToolRequest) -> ToolLaunch {
    let argv = [request.program, "--headless", "--json", "--override-with-envs"]
    var environment = ["OPENHANDS_SUPPRESS_BANNER": "1"]
    environment["LLM_MODEL"] = request.model
    return ToolLaunch(
      argv + request.extraArguments + ["-f", request.promptFile], environment: environment,
      files: [
        ToolFile(
          .home(variable: nil, folder: ".openhands"), named: "base_state",
          endingIn: "/base_state.json")
      ])
  }

  package static func reading(of request: ToolRequest) -> any ToolReading { OpenHandsReading() }
}

/// Folds what OpenHands says. Its figures are in a file that holds zeros until the very end.
struct OpenHandsReading: ToolReading {
  private var account = Account()
  private var fault: ToolOutcome?
  private var hasEvents = false
  private var state: JSONObject?

  mutating func take(line: ArraySlice<UInt8>) {
    if line.begins(with: "Conversation ID: ") {
      account.session = line.text.dropFirst(17).filter { $0 != "-" && !$0.isWhitespace }
      return
    }
    if line.ends(with: "\"kind\": \"ObservationEvent\"}") {
      hasEvents = true
      return
    }
    guard let object = line.jsonObject else { return account.hear(line) }
    hasEvents = true
    switch object.string("kind") {
    case "ConversationErrorEvent":
      let words = (object.string("code") ?? "") + "\n" + (object.string("detail") ?? "")
      fault =
        FaultWords.outcome(of: words)
        ?? .failed(FaultWords.firstLine(object.string("detail") ?? words))
    case "ActionEvent":
      if let message = object.object("action")?.string("message") { account.lastMessage = message }
    default: break
    }
  }

  mutating func take(file: [UInt8], at path: String) {
    if let session = account.session, !path.filter({ $0 != "-" }).contains(session) { return }
    state = file.jsonObject ?? state
  }

  func conclusion(_ ending: ToolEnding) -> ToolConclusion {
    let metrics = state?.object("stats")?.object("usage_to_metrics")?.members ?? []
    let records = metrics.flatMap { Self.records($0.value) }
    let outcome: ToolOutcome =
      if let fault { fault } else if ending.isClean {
        hasEvents
          ? .done
          : .unusable(account.lastWords ?? "it ended before it asked anything, with status 0")
      } else { account.outcome(ending) }
    let isComplete = !records.isEmpty || (fault != nil && state != nil)
    return account.conclusion(outcome, records, isComplete: isComplete && ending.isClean)
  }

  private static func records(_ metrics: JSONValue) -> [UsageRecord] {
    (metrics["token_usages"]?.array ?? []).compactMap(\.object).map { usage in
      UsageRecord(
        model: usage.string("model"),
        counts: .inclusive(
          input: usage.count("prompt_tokens"), cacheRead: usage.count("cache_read_tokens"),
          cacheWrite: usage.count("cache_write_tokens"), output: usage.count("completion_tokens"),
          reasoning: usage.count("reasoning_tokens")),
        extent: .request, source: .sessionFile)
    }
  }
}
