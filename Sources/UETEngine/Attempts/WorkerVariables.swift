import UETPlanning
import UETTools

/// Which variables a worker gets, by where they come from: names, never values.
package struct WorkerVariables: Hashable, Sendable {
  /// Of the user's environment, as every worker, gate and set-up command gets them.
  package let user: [String]
  /// That the tool alone gets: to log in, by `pass_env` and `env` of its entry.
  package let tool: [String]
  /// Named in `pass_env`, and not set.
  package let missing: [String]
  /// That the bundle declares.
  package let bundle: [String]
  /// That git-uet sets.
  package let run: [String]

  init(
    _ tool: Configuration.Tool, declared: [String: String] = [:], user: [String: String]
  ) {
    self.user = WorkerEnvironment.base(from: user).keys.sorted()
    let own =
      AgentPrograms.named(tool.adapter.rawValue).map { adapter in
        let request = ToolRequest(
          program: adapter.name, model: tool.model, prompt: "", promptFile: "", folder: "",
          scratch: "", sessionName: "")
        return AgentCall(adapter, tool, request: request, user: user).environment
      } ?? WorkerEnvironment.own(of: tool, user: user)
    self.tool = own.keys.sorted()
    missing = tool.passedVariables.filter { user[$0] == nil }.sorted()
    bundle = declared.keys.filter(WorkerEnvironment.mayDeclare).sorted()
    run = (WorkerEnvironment.unattended.keys + WorkerEnvironment.ofRun).sorted()
  }
}
