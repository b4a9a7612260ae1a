import UETModel

/// Any program that speaks the Agent Client Protocol: `vibe-acp`, `openhands acp`, `gptme-acp`,
/// `gemini --acp`. What is started is this program, which holds the conversation.
package enum ACP: ToolAdapter {
  package static let name = "acp"
  package static let homes =
    Claude.homes + Codex.homes + Vibe.homes + Kimi.homes + Gptme.homes + OpenHands.homes
    + [ToolHome(".gemini", ["oauth_creds.json", "google_accounts.json", "settings.json"])]
  package static let knownVersions = "1"

  /// The command that holds a conversation.
  package static let clientCommand = "acp-client"

  package static let loginVariables: [String] = {
    var names = Set<String>()
    for program in programs { names.formUnion(program.login) }
    return names.sorted()
  }()

  /// A program that is known to speak the protocol, by what its command holds.
  private struct Program {
    var word: String
    var login: [String]
    /// The variable that names the model, for one that offers no choice of models.
    var model: String?
  }

  private static let programs = [
    Program(word: "vibe", login: Vibe.loginVariables),
    Program(word: "openhands", login: OpenHands.loginVariables, model: "LLM_MODEL"),
    Program(word: "gptme", login: Gptme.loginVariables, model: "MODEL"),
    Program(word: "kimi", login: Kimi.loginVariables),
    Program(word: "claude", login: Claude.loginVariables),
    Program(word: "codex", login: Codex.loginVariables),
    Program(word: "gemini", login: ["GEMINI_API_KEY", "GOOGLE_API_KEY"]),
  ]

  private static func known(_ command: [String]) -> Program? {
    let names = command.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    return programs.first { program in names.contains { $0.lowercased().contains(program.word) } }
  }

  package static func loginVariables(of command: [String]) -> [String] {
    known(command)?.login ?? []
  }

  package static func launch(_ request: ToolRequest) -> ToolLaunch {
    let variable = known(request.command)?.model
    let settings = ACPSettings(
      folder: request.folder, promptFile: request.promptFile, model: request.model,
      mode: request.mode, resumes: request.resumes, maxCost: request.maxCost,
      policy: request.policy, servers: request.offersTools ? [MCPEntry(request).server] : [],
      modelIsKnown: variable != nil)
    let file = "\(request.scratch)/acp.json"
    var environment: [String: String] = [:]
    if let variable, let model = request.model { environment[variable] = model }
    return ToolLaunch(
      [request.program] + request.extraArguments, environment: environment,
      front: [request.ownProgram, clientCommand, "--settings", file, "--"],
      inputs: [ToolInput(file, settings.json.encoded(.pretty) + "\n")], farewell: 6)
  }

  package static func reading(of request: ToolRequest) -> any ToolReading {
    ACPReading(
      model: request.model, resumes: request.resumes != nil,
      modelIsKnown: known(request.command)?.model != nil)
  }
}
