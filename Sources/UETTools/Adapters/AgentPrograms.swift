/// The agent programs that are understood, by the name of their adapter.
package enum AgentPrograms {
  package static let all: [any ToolAdapter.Type] = [
    ACP.self, Aider.self, Claude.self, Codex.self, Gptme.self, Kimi.self, Mini.self,
    OpenHands.self, Vibe.self,
  ]

  package static func named(_ name: String) -> (any ToolAdapter.Type)? {
    all.first { $0.name == name }
  }
}
