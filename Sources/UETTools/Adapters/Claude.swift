import UETModel

/// Claude Code: `claude -p`, one JSON object a line.
package enum Claude: ToolAdapter {
  package static let name = "claude"
  package static let provider: String? = "anthropic"
  package static let homes = [
    ToolHome("", [".claude.json"]),
    ToolHome(
      ".claude", variable: "CLAUDE_CONFIG_DIR",
      [".credentials.json", ".claude.json", "settings.json", "CLAUDE.md"]),
  ]
  package static let knownVersions = "2.1"
  package static let canResume = true
  package static let loginVariables = [
    "ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL", "CLAUDE_CODE_OAUTH_TOKEN",
    "CLAUDE_CONFIG_DIR",
  ]

  package static func launch(_ request: ToolRequest) -> ToolLaunch {
    var argv = [request.program, "-p", "--output-format", "stream-json", "--verbose"]
    argv += request.option("--permission-mode", value: "bypassPermissions")
    if let session = request.resumes {
      argv += ["--resume", session]
    } else {
      argv += request.option("--session-id", value: request.sessionName)
    }
    argv += request.option("--model", value: request.model)
    argv += request.option("--max-budget-usd", value: request.maxCost.map(dollars))
    argv += request.option("--max-turns", value: request.maxTurns.map { String($0) })
    var inputs: [ToolInput] = []
    if request.offersTools {
      let file = ToolInput(
        "\(request.scratch)/mcp.json", MCPEntry(request).document.encoded(.pretty) + "\n")
      inputs = [file]
      // Each takes as many words as follow it.
      argv.append("--mcp-config=\(file.path)")
      if request.given("--allowedTools") == nil {
        argv.append("--allowedTools=mcp__\(MCPEntry.name)")
      }
    }
    var environment = [
      // A refused login is otherwise tried ten more times, for three minutes.
      "CLAUDE_CODE_MAX_RETRIES": "3",
      "DISABLE_AUTOUPDATER": "1",
      "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    ]
    // It refuses to act unasked as root, unless it is told that it is contained.
    if request.isRoot { environment["IS_SANDBOX"] = "1" }
    // Where the earlier session was gone, a crash leaves a new one.
    let files = ([request.resumes, request.sessionName] as [String?]).compactMap(\.self).map {
      ToolFile(.home(variable: "CLAUDE_CONFIG_DIR", folder: ".claude"), endingIn: "/\($0).jsonl")
    }
    return ToolLaunch(
      argv + request.extraArguments, environment: environment, readsPrompt: true, files: files,
      inputs: inputs)
  }

  package static func reading(of request: ToolRequest) -> any ToolReading {
    ClaudeReading(resumes: request.resumes != nil, start: request.start)
  }
}

/// US dollars for a flag, to a hundredth of a cent.
func dollars(_ amount: Double) -> String {
  let units = Int((max(0, amount) * 10_000).rounded(.down))
  return "\(units / 10_000)." + String(String(units % 10_000 + 10_000).dropFirst())
}
