import UETModel

/// Kimi CLI 1.51, the last that works: later ones print a notice and end with status 0.
package enum Kimi: ToolAdapter {
  package static let name = "kimi"
  package static let provider: String? = "moonshotai"
  package static let homes = [
    ToolHome(
      ".kimi", variable: "KIMI_SHARE_DIR",
      ["config.toml", "config.json", "credentials", "device_id"])
  ]
  package static let knownVersions = "1.51"
  package static let loginVariables = [
    "KIMI_API_KEY", "KIMI_BASE_URL", "KIMI_MODEL_NAME", "MOONSHOT_API_KEY", "KIMI_SHARE_DIR",
  ]

  package static func launch(_ request: ToolRequest) -> ToolLaunch {
    var argv = [request.program, "--print", "--output-format", "stream-json"]
    argv += request.option("--model", "-m", value: request.model)
    argv += request.option(
      "--max-steps-per-turn", value: request.maxTurns.map { String($0) })
    return ToolLaunch(
      argv + request.extraArguments, readsPrompt: true,
      files: [
        ToolFile(
          .home(variable: "KIMI_SHARE_DIR", folder: ".kimi"), named: "wire",
          endingIn: "/wire.jsonl")
      ])
  }

  package static func reading(of request: ToolRequest) -> any ToolReading {
    KimiReading(model: request.model, prompt: request.prompt)
  }
}

/// Folds what Kimi CLI leaves: tokens are only in the session's `wire.jsonl`, which is written as
/// it goes.
struct KimiReading: ToolReading {
  let model: String?
  let prompt: String
  private var account = Account()
  private var isRetired = false
  private var hasReachedLimit = false
  private var hasAnswer = false
  private var requests: [String: TokenCounts] = [:]
  private var order: [String] = []

  init(model: String?, prompt: String) {
    self.model = model
    self.prompt = prompt
  }

  mutating func take(line: ArraySlice<UInt8>) {
    if line.begins(with: "{\"role\":\"tool\"") { return }
    guard let object = line.jsonObject else {
      if !hasAnswer, line.holds("no longer maintained", within: 500) { isRetired = true }
      if line.begins(with: "Max number of steps reached") { hasReachedLimit = true }
      return account.hear(line)
    }
    guard object.string("role") == "assistant" else { return }
    hasAnswer = true
    account.lastMessage = object.string("content") ?? account.lastMessage
  }

  /// Sessions of other worktrees stand beside ours: the prompt tells which is which.
  mutating func take(file: [UInt8], at path: String) {
    var isOurs = false
    for object in file.jsonLines {
      guard let message = object.object("message"), let payload = message.object("payload") else {
        continue
      }
      switch message.string("type") {
      case "TurnBegin":
        isOurs = payload.string("user_input").map { Self.same($0, prompt) } ?? false
      case "StatusUpdate":
        guard isOurs, let usage = payload.object("token_usage") else { continue }
        let id = payload.string("message_id") ?? String(order.count)
        if requests[id] == nil { order.append(id) }
        requests[id] = TokenCounts(
          input: usage.count("input_other"), cacheRead: usage.count("input_cache_read"),
          cacheWrite5m: usage.count("input_cache_creation"), output: usage.count("output"))
      default: break
      }
    }
  }

  private static func same(_ one: String, _ other: String) -> Bool {
    one.split(whereSeparator: \.isWhitespace) == other.split(whereSeparator: \.isWhitespace)
  }

  func conclusion(_ ending: ToolEnding) -> ToolConclusion {
    let records = order.compactMap { requests[$0] }.map {
      UsageRecord(model: model, counts: $0, extent: .request, source: .sessionFile)
    }
    let outcome: ToolOutcome =
      if isRetired {
        .unusable("this version is retired and does nothing; 1.51.0 is the last that works")
      } else if hasReachedLimit {
        .turnLimit
      } else if ending == .exited(75) {
        FaultWords.outcome(of: account.spoken) ?? .rateLimited(wait: nil)
      } else if ending.isClean {
        hasAnswer ? .done : account.outcome(.exited(1))
      } else { account.outcome(ending) }
    let isComplete = !records.isEmpty || !hasAnswer
    return account.conclusion(outcome, records, isComplete: isComplete)
  }
}
