import UETModel

/// gptme: `gptme -n --output-format json`, one JSON object a message.
package enum Gptme: ToolAdapter {
  package static let name = "gptme"
  package static let homes = [
    ToolHome(".config/gptme", ["config.toml", "config.local.toml"])
  ]
  package static let knownVersions = "0.35"
  package static let loginVariables = Aider.loginVariables

  package static func launch(_ request: ToolRequest) -> ToolLaunch {
    var argv = [request.program, "-n"]
    argv += request.option("--output-format", value: "json")
    argv += request.option("-m", "--model", value: request.model)
    return ToolLaunch(
      argv + request.extraArguments,
      // A provider that asks to wait is otherwise asked eleven times, for five minutes.
      environment: ["GPTME_LLM_MAX_RETRIES": "5"], readsPrompt: true)
  }

  package static func reading(of request: ToolRequest) -> any ToolReading { GptmeReading() }
}

/// Folds what gptme prints. It also asks a second model for a title, of which it tells nothing.
struct GptmeReading: ToolReading {
  private var account = Account()
  private var records: [UsageRecord] = []

  mutating func take(line: ArraySlice<UInt8>) {
    if line.begins(with: "{\"type\": \"message\", \"role\": \""),
      !line.holds("\"assistant\"", within: 64)
    {
      return
    }
    guard let object = line.jsonObject else { return account.hear(line) }
    guard object.string("role") == "assistant" else { return }
    account.lastMessage = object.string("content")
    guard let metadata = object.object("metadata"), let usage = metadata.object("usage") else {
      return
    }
    let model = metadata.string("model") ?? metadata.string("served_model")
    records.append(
      UsageRecord(
        model: model,
        counts: TokenCounts(
          input: usage.count("input_tokens"), cacheRead: usage.count("cache_read_tokens"),
          cacheWrite5m: usage.count("cache_creation_tokens"), output: usage.count("output_tokens"),
          reasoning: usage.count("reasoning_tokens")),
        extent: .request, source: .stream, reportedCost: metadata["cost"]?.double))
  }

  func conclusion(_ ending: ToolEnding) -> ToolConclusion {
    let outcome: ToolOutcome =
      switch ending {
      case .exited(0): records.isEmpty ? account.outcome(.exited(1)) : .done
      // It gives the statuses of sysexits.h.
      case .exited(75):
        FaultWords.outcome(of: account.spoken) ?? .rateLimited(wait: nil)
      case .exited(76):
        FaultWords.outcome(of: account.spoken) ?? .notLoggedIn(account.lastWords ?? "status 76")
      default: account.outcome(ending)
      }
    return account.conclusion(outcome, records, isComplete: false)
  }
}
