import UETModel

/// Folds what `claude -p --output-format stream-json` says.
///
/// The `result` line decides. Its `usage` is all zeros after a stop for money, and its totals grow
/// over resumed sessions: the figures are those of `model_usage_since_last_result`. Figures of
/// single requests are only in the session's file, which also holds them after a kill; `assistant`
/// lines of the stream have a placeholder.
struct ClaudeReading: ToolReading {
  let resumes: Bool
  let start: Timestamp
  private var account = Account()
  private var totals: [String: TokenCounts] = [:]
  private var costs: [String: Double] = [:]
  /// Whether the totals may hold what an earlier process used.
  private var isCumulative = false
  private var result: JSONObject?
  private var lastRetryStatus: Int?
  private var resetsAt: Double?
  private var requests: [String: UsageRecord] = [:]
  private var order: [String] = []

  private static let gone = "No conversation found with session ID"

  init(resumes: Bool, start: Timestamp) {
    self.resumes = resumes
    self.start = start
  }

  mutating func take(line: ArraySlice<UInt8>) {
    // Nearly all that is said: nothing in it is needed.
    if line.begins(with: "{\"type\":\"assistant\"") || line.begins(with: "{\"type\":\"user\"") {
      return
    }
    guard let object = line.jsonObject else { return account.hear(line) }
    account.session = object.string("session_id") ?? account.session
    switch object.string("type") {
    case "system": takeSystem(object)
    case "rate_limit_event":
      let info = object.object("rate_limit_info") ?? object
      if info.string("status") != "allowed" { resetsAt = info["resetsAt"]?.double ?? resetsAt }
    case "result": takeResult(object)
    default: break
    }
  }

  private mutating func takeSystem(_ object: JSONObject) {
    switch object.string("subtype") {
    case "init":
      account.check(
        version: object.string("claude_code_version"), of: "claude", known: Claude.knownVersions)
    case "api_retry": lastRetryStatus = object["error_status"]?.integer
    default: break
    }
  }

  private mutating func takeResult(_ object: JSONObject) {
    result = object
    account.lastMessage = object.string("result")
    let fresh = object.object("model_usage_since_last_result")
    if fresh == nil { (totals, costs, isCumulative) = ([:], [:], resumes) }
    for member in (fresh ?? object.object("modelUsage") ?? JSONObject()).members {
      guard let figures = member.value.object else { continue }
      let written = figures.count("cacheCreationInputTokens")
      let longLived = figures.count("cacheCreationEphemeral1hInputTokens")
      let counts = TokenCounts(
        input: figures.count("inputTokens"), cacheRead: figures.count("cacheReadInputTokens"),
        cacheWrite5m: written - longLived, cacheWrite1h: longLived,
        output: figures.count("outputTokens"), reasoning: figures.count("thinkingTokens"),
        webSearches: figures.count("webSearchRequests"))
      totals[member.key] = (totals[member.key] ?? TokenCounts()) + counts
      costs[member.key] = (costs[member.key] ?? 0) + (figures["costUSD"]?.double ?? 0)
    }
  }

  mutating func take(file: [UInt8], at path: String) {
    for object in file.jsonLines where object.string("type") == "assistant" {
      guard let message = object.object("message"), let id = message.string("id"),
        let usage = message.object("usage")
      else { continue }
      if let at = object.string("timestamp").flatMap({ Timestamp($0) }), at < start { continue }
      let written = usage.count("cache_creation_input_tokens")
      let longLived =
        usage.object("cache_creation")?.count("ephemeral_1h_input_tokens") ?? 0
      let counts = TokenCounts(
        input: usage.count("input_tokens"), cacheRead: usage.count("cache_read_input_tokens"),
        cacheWrite5m: written - longLived, cacheWrite1h: longLived,
        output: usage.count("output_tokens"),
        reasoning: usage.object("output_tokens_details")?.count("thinking_tokens") ?? 0,
        webSearches: usage.object("server_tool_use")?.count("web_search_requests") ?? 0)
      let tier = usage.string("service_tier")
      // One answer is several lines, one for each of its parts: the last holds the whole.
      if requests[id] == nil { order.append(id) }
      requests[id] = UsageRecord(
        model: message.string("model"), provider: "anthropic",
        tier: tier == "standard" ? nil : tier,
        counts: counts, extent: .request, source: .sessionFile)
    }
  }

  func conclusion(_ ending: ToolEnding) -> ToolConclusion {
    let single = order.compactMap { requests[$0] }
    guard let result else {
      return account.conclusion(outcomeWithoutResult(ending), single, isComplete: !single.isEmpty)
    }
    // The single requests count where they are all that the totals speak of.
    if single.total == totals.values.reduce(TokenCounts(), +) || isCumulative {
      return account.conclusion(outcome(of: result), single, isComplete: true)
    }
    let sums = totals.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
      UsageRecord(
        model: $0.key, provider: "anthropic", counts: $0.value,
        requests: single.filter { $0.counts.output > 0 }.count, extent: .session, source: .stream,
        reportedCost: costs[$0.key])
    }
    return account.conclusion(outcome(of: result), sums, isComplete: true)
  }

  private func outcome(of result: JSONObject) -> ToolOutcome {
    switch result.string("subtype") {
    case "error_max_turns": return .turnLimit
    case "error_max_budget_usd": return .outOfBudget
    default: break
    }
    let errors = (result["errors"]?.array ?? []).compactMap(\.string).joined(separator: "\n")
    let message = result.string("result") ?? errors
    if resumes, message.contains(Self.gone) { return .sessionGone }
    // An error of the provider has the subtype "success".
    let isError = result["is_error"]?.bool ?? (result.string("subtype") != "success")
    if !isError { return .done }
    if let status = result["api_error_status"]?.integer {
      if let known = FaultWords.outcome(ofStatus: status, message, wait: wait) { return known }
    }
    return FaultWords.outcome(of: message) ?? .failed(FaultWords.firstLine(message))
  }

  /// Seconds from the start until the provider's limit is reset, as it said.
  private var wait: Double? {
    guard let resetsAt, start.microseconds > 0 else { return nil }
    let seconds = resetsAt - Double(start.wholeSeconds)
    return seconds > 0 ? seconds : nil
  }

  /// Ended by a signal it may have status 0, but it never says nothing at the end of its work.
  private func outcomeWithoutResult(_ ending: ToolEnding) -> ToolOutcome {
    if ending.isClean { return .interrupted }
    if resumes, account.spoken.contains(Self.gone) { return .sessionGone }
    let outcome = account.outcome(ending)
    if outcome == .interrupted { return outcome }
    if case .failed = outcome, let status = lastRetryStatus {
      return FaultWords.outcome(ofStatus: status, "status \(status)") ?? outcome
    }
    return outcome
  }
}
