import UETModel

/// Codex: `codex exec --json`, one JSON object a line.
package enum Codex: ToolAdapter {
  package static let name = "codex"
  package static let provider: String? = "openai"
  package static let homes = [
    ToolHome(".codex", variable: "CODEX_HOME", ["auth.json", "config.toml", "AGENTS.md"])
  ]
  package static let knownVersions = "0.163"
  package static let canResume = true
  package static let loginVariables = [
    "OPENAI_API_KEY", "OPENAI_BASE_URL", "CODEX_API_KEY", "CODEX_HOME",
  ]

  package static func launch(_ request: ToolRequest) -> ToolLaunch {
    var argv = [request.program, "exec", "--json", "--skip-git-repo-check"]
    argv += request.option("-s", "--sandbox", value: "danger-full-access")
    argv += request.option("-C", "--cd", value: request.folder)
    argv += request.option("-m", "--model", value: request.model)
    if request.offersTools {
      for (key, value) in MCPEntry(request).settings {
        argv += ["-c", "mcp_servers.\(MCPEntry.name).\(key)=\(value)"]
      }
    }
    argv += request.extraArguments
    argv += request.resumes.map { ["resume", $0, "-"] } ?? ["-"]
    let file = ToolFile(
      .home(variable: "CODEX_HOME", folder: ".codex"), named: "rollout-", endingIn: ".jsonl")
    return ToolLaunch(argv, readsPrompt: true, files: [file])
  }

  package static func reading(of request: ToolRequest) -> any ToolReading {
    CodexReading(model: request.model, resumes: request.resumes != nil, start: request.start)
  }
}

/// Folds what `codex exec --json` says.
///
/// A turn's usage is the whole thread's after a resume, names no model, and is missing where a turn
/// fails. The rollout file has a record for each request, written before a command runs; its
/// `token_count` is written later.
struct CodexReading: ToolReading {
  let model: String?
  let resumes: Bool
  let start: Timestamp
  private var account = Account()
  private var ended: ToolOutcome?
  private var turns = TokenCounts()
  private var hasTurns = false
  private var requests: [String: UsageRecord] = [:]
  private var order: [String] = []
  private var rolloutModel: String?
  private var hasRollout = false

  init(model: String?, resumes: Bool, start: Timestamp) {
    self.model = model
    self.resumes = resumes
    self.start = start
  }

  mutating func take(line: ArraySlice<UInt8>) {
    if line.begins(with: "{\"type\":\"item.") {
      if line.begins(with: "{\"type\":\"item.completed\"") { takeItem(line) }
      return
    }
    guard let object = line.jsonObject else { return account.hear(line) }
    switch object.string("type") {
    case "thread.started": account.session = object.string("thread_id")
    case "turn.started": ended = nil
    case "turn.completed":
      ended = .done
      // Of several turns of one thread the last tells the sum.
      if let usage = object.object("usage") { (turns, hasTurns) = (Self.counts(usage), true) }
    case "turn.failed":
      let message = object.object("error")?.string("message") ?? "no reason given"
      ended = FaultWords.outcome(of: message) ?? .failed(FaultWords.firstLine(message))
    case "error": account.hear(ArraySlice((object.string("message") ?? "").utf8))
    default: break
    }
  }

  private mutating func takeItem(_ line: ArraySlice<UInt8>) {
    // Nearly all others are what a command printed.
    guard line.holds("\"agent_message\"", within: 256), let item = line.jsonObject?.object("item"),
      item.string("type") == "agent_message"
    else { return }
    account.lastMessage = item.string("text")
  }

  mutating func take(file: [UInt8], at path: String) {
    guard let session = account.session, path.contains(session) else { return }
    hasRollout = true
    for object in file.jsonLines {
      guard let payload = object.object("payload") else { continue }
      if let at = object.string("timestamp").flatMap({ Timestamp($0) }), at < start { continue }
      switch object.string("type") {
      case "turn_context": rolloutModel = payload.string("model") ?? rolloutModel
      case "token_usage_record":
        guard let usage = payload.object("usage") else { continue }
        let id = payload.string("response_id") ?? String(order.count)
        if requests[id] == nil { order.append(id) }
        requests[id] = record(Self.counts(usage), .request, .sessionFile)
      default: break
      }
    }
  }

  private func record(
    _ counts: TokenCounts, _ extent: UsageRecord.Extent, _ source: UsageRecord.Source
  ) -> UsageRecord {
    UsageRecord(
      model: rolloutModel ?? model, provider: "openai", counts: counts, extent: extent,
      source: source)
  }

  private static func counts(_ usage: JSONObject) -> TokenCounts {
    .inclusive(
      input: usage.count("input_tokens"), cacheRead: usage.count("cached_input_tokens"),
      cacheWrite: usage.count("cache_write_input_tokens"), output: usage.count("output_tokens"),
      reasoning: usage.count("reasoning_output_tokens"))
  }

  func conclusion(_ ending: ToolEnding) -> ToolConclusion {
    let isGone = resumes && account.spoken.contains("no rollout found for thread id")
    let outcome = ended ?? (isGone ? .sessionGone : account.outcome(ending))
    var single = order.compactMap { requests[$0] }
    if !single.isEmpty {
      // The model may be named after the first request.
      for index in single.indices { single[index].model = single[index].model ?? rolloutModel }
      return account.conclusion(outcome, single, isComplete: true)
    }
    // After a resume the sum holds the earlier turns, and only the file could tell them apart.
    if hasTurns, !resumes {
      return account.conclusion(
        outcome, [record(turns, .session, .stream)], isComplete: true)
    }
    // A turn that failed without a record of an answer had none.
    let isRefused = if case .notLoggedIn = outcome { true } else { hasRollout && !hasTurns }
    return account.conclusion(
      outcome, [], isComplete: (isRefused && ended != nil) || outcome == .sessionGone)
  }
}
