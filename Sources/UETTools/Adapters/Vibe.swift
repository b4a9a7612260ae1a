import UETModel

/// Mistral Vibe: `vibe -p`, with a report of the session in a folder of our own.
package enum Vibe: ToolAdapter {
  package static let name = "vibe"
  package static let provider: String? = "mistral"
  package static let homes = [
    ToolHome(".vibe", variable: "VIBE_HOME", [".env", "config.toml", "agents", "prompts"])
  ]
  package static let knownVersions = "3.0"
  package static let loginVariables = ["MISTRAL_API_KEY", "VIBE_HOME"]

  package static func launch(_ request: ToolRequest) -> ToolLaunch {
    var argv = [request.program, "-p", "--auto-approve", "--trust"]
    argv += request.option("--output", value: "streaming")
    argv += ["--output-dir", request.scratch]
    argv += request.option("--max-price", value: request.maxCost.map(dollars))
    argv += request.option("--max-turns", value: request.maxTurns.map { String($0) })
    return ToolLaunch(
      argv + request.extraArguments,
      // It would ask a provider that refuses for five minutes, once a second.
      environment: ["VIBE_API_RETRY_MAX_ELAPSED_TIME": "30"], readsPrompt: true,
      files: [
        ToolFile(.absolute(request.scratch), named: "export", endingIn: "/export.json"),
        ToolFile(.home(variable: "VIBE_HOME", folder: ".vibe"), endingIn: ".jsonl"),
      ])
  }

  package static func reading(of request: ToolRequest) -> any ToolReading {
    VibeReading(model: request.model)
  }
}

/// Folds what vibe leaves: `export.json` at its end, and a journal that is there after a kill, too.
///
/// What it prints holds neither tokens nor a cost.
struct VibeReading: ToolReading {
  let model: String?
  private var account = Account()
  private var export: JSONObject?
  private var requests: [String: TokenCounts] = [:]
  private var order: [String] = []

  init(model: String?) { self.model = model }

  mutating func take(line: ArraySlice<UInt8>) {
    guard line.first == UInt8(ascii: "{") else { return account.hear(line) }
    guard account.session == nil || line.holds("\"role\":\"assistant\"", within: 1000),
      let object = line.jsonObject
    else { return }
    account.session = object.string("sessionId") ?? account.session
    if object.string("type") == "message", object.string("role") == "assistant" {
      let parts = object["content"]?.array ?? []
      account.lastMessage =
        parts.compactMap { $0["text"]?.string }.joined(separator: "\n")
    }
  }

  mutating func take(file: [UInt8], at path: String) {
    if path.hasSuffix("/export.json") {
      export = file.jsonObject
      account.session = export?.string("session_id") ?? account.session
      return account.check(
        version: export?.string("vibe_version"), of: "vibe", known: Vibe.knownVersions)
    }
    guard let session = account.session, path.contains(session), path.contains("/journal/") else {
      return
    }
    // Each answer stands in the journal twice: as the result of an action, and as the next input.
    for object in file.jsonLines where object.string("type") == "action_result" {
      guard let payload = object.object("payload"), let id = payload.string("action_id"),
        let usage = payload.object("result")?.object("result")?.object("usage")
      else { continue }
      if requests[id] == nil { order.append(id) }
      requests[id] = .inclusive(
        input: usage.count("input_tokens"), cacheRead: usage.count("cached_input_tokens"),
        cacheWrite: usage.count("cache_write_tokens"), output: usage.count("output_tokens"),
        reasoning: usage.count("reasoning_tokens"))
    }
  }

  func conclusion(_ ending: ToolEnding) -> ToolConclusion {
    let name = export?.object("config")?.string("active_model") ?? model
    let single = order.compactMap { requests[$0] }.map {
      UsageRecord(model: name, counts: $0, extent: .request, source: .sessionFile)
    }
    // Ended from outside, it reports no figures: then the journal has what was answered.
    guard let export, let usage = export.object("usage") else {
      let outcome = export.map(outcome) ?? account.outcome(ending)
      return account.conclusion(
        outcome, single, isComplete: !single.isEmpty || (export != nil && outcome != .interrupted))
    }
    let sum = TokenCounts.inclusive(
      input: usage.count("input_tokens"), cacheRead: usage.count("cached_input_tokens"),
      output: usage.count("output_tokens"))
    if !single.isEmpty, single.total.wholeInput == sum.wholeInput, single.total.output == sum.output
    {
      return account.conclusion(outcome(of: export), single, isComplete: true)
    }
    let record = UsageRecord(
      model: name, counts: sum, requests: export.count("steps"), extent: .session,
      source: .sessionFile, reportedCost: export["cost_usd"]?.double)
    return account.conclusion(outcome(of: export), [record], isComplete: true)
  }

  private func outcome(of export: JSONObject) -> ToolOutcome {
    let error = export.object("error")
    let message = error?.string("message") ?? ""
    switch export.string("outcome") {
    case "finished": return .done
    case "price_limit", "token_limit": return .outOfBudget
    case "turn_limit": return .turnLimit
    case "terminated", "deadline", "interrupted": return .interrupted
    case let name:
      let words = message + "\n" + (error?.string("code") ?? "") + "\n" + account.spoken
      return FaultWords.outcome(of: words) ?? .failed(message.isEmpty ? name ?? "?" : message)
    }
  }
}
