import UETModel

/// mini-swe-agent: plain text, and a trajectory that is written after each whole step.
package enum Mini: ToolAdapter {
  package static let name = "mini"
  package static let homes = [
    ToolHome(".config/mini-swe-agent", variable: "MSWEA_GLOBAL_CONFIG_DIR", [".env"])
  ]
  package static let knownVersions = "2.4"
  package static let loginVariables = Aider.loginVariables + ["MSWEA_GLOBAL_CONFIG_DIR"]

  package static func launch(_ request: ToolRequest) -> ToolLaunch {
    let trajectory = request.scratch + "/trajectory.json"
    var argv = [request.program, "-y", "--exit-immediately", "-o", trajectory]
    argv += request.option("-m", "--model", value: request.model)
    argv += request.option("-l", "--cost-limit", value: request.maxCost.map(dollars))
    argv += request.extraArguments + ["-t", request.prompt]
    return ToolLaunch(
      argv,
      environment: [
        "MSWEA_CONFIGURED": "true", "MSWEA_SILENT_STARTUP": "1",
        // A model without a price is no reason to stop; a refusal is not asked for ten times.
        "MSWEA_COST_TRACKING": "ignore_errors", "MSWEA_MODEL_RETRY_STOP_AFTER_ATTEMPT": "4",
      ],
      files: [ToolFile(.absolute(trajectory), endingIn: "")])
  }

  package static func reading(of request: ToolRequest) -> any ToolReading {
    MiniReading(hasCostLimit: request.maxCost != nil)
  }
}

/// Folds what mini-swe-agent leaves. Its status is 0 also where a limit stopped it: the trajectory
/// tells.
struct MiniReading: ToolReading {
  let hasCostLimit: Bool
  private var account = Account()
  private var trajectory: JSONObject?

  init(hasCostLimit: Bool) { self.hasCostLimit = hasCostLimit }

  mutating func take(line: ArraySlice<UInt8>) { account.hear(line) }

  mutating func take(file: [UInt8], at path: String) {
    trajectory = file.jsonObject
    account.check(
      version: trajectory?.object("info")?.string("mini_version"), of: "mini-swe-agent",
      known: Mini.knownVersions)
  }

  func conclusion(_ ending: ToolEnding) -> ToolConclusion {
    let messages = (trajectory?["messages"]?.array ?? []).compactMap(\.object)
    let records = messages.compactMap(Self.record)
    let status = trajectory?.object("info")?.string("exit_status")
    let outcome: ToolOutcome
    switch status {
    case "Submitted"?: outcome = .done
    case "LimitsExceeded"?: outcome = hasCostLimit ? .outOfBudget : .turnLimit
    case nil, ""?: outcome = account.outcome(ending.isClean ? .exited(1) : ending)
    case let name?:
      let told = messages.last?.object("extra")?.string("exception_str") ?? ""
      outcome =
        FaultWords.outcome(of: name + "\n" + told)
        ?? .failed(FaultWords.firstLine(told.isEmpty ? name : told))
    }
    // The step that was under way is not in the file.
    return account.conclusion(
      outcome, records, isComplete: ending.isClean || status?.isEmpty == false)
  }

  private static func record(_ message: JSONObject) -> UsageRecord? {
    guard let extra = message.object("extra"), let response = extra.object("response"),
      let usage = response.object("usage")
    else { return nil }
    return UsageRecord(
      model: response.string("model"),
      counts: .inclusive(
        input: usage.count("prompt_tokens"),
        cacheRead: usage.object("prompt_tokens_details")?.count("cached_tokens") ?? 0,
        cacheWrite: usage.count("cache_creation_input_tokens"),
        output: usage.count("completion_tokens"),
        reasoning: usage.object("completion_tokens_details")?.count("reasoning_tokens") ?? 0),
      extent: .request, source: .sessionFile, reportedCost: extra["cost"]?.double)
  }
}
