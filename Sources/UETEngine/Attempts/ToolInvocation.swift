import UETModel
import UETPlanning
import UETTools

/// What is run for an attempt: the tool's command with its placeholders filled in, or an agent
/// program.
package struct ToolInvocation: Sendable {
  package enum Program: Sendable {
    case command([String])
    case agent(any ToolAdapter.Type, Configuration.Tool)
  }

  let program: Program
  /// Seconds; nil for no limit.
  let timeout: Double?
  /// Exit statuses that mean "try again soon".
  let transientStatuses: [Int]
  /// The model that the bundle or the tool's entry names.
  let model: String?

  /// Why a tool cannot run a workstream; found before a run starts.
  package enum Problem: Error, Hashable, Sendable {
    case unknownTool(String)
    case noCommand(WorkstreamID)
    case programMissing(tool: String, program: String)
  }

  /// The `shell` tool runs the bundle's command, an agent is asked in prose; any other needs a
  /// `command` in the configuration, in which `{prompt_file}`, `{workstream}` and `{model}` are
  /// replaced.
  init(
    _ workstream: Workstream, tool name: String, configuration: Configuration, promptFile: String
  ) throws(Problem) {
    guard let tool = configuration.tools[name] else { throw .unknownTool(name) }
    timeout = workstream.timeout ?? tool.timeout
    transientStatuses = tool.transient
    model = configuration.model(for: workstream, tool: name)
    if let adapter = AgentPrograms.named(tool.adapter.rawValue) {
      program = .agent(adapter, tool)
    } else if let command = tool.command {
      let model = model ?? ""
      program = .command(
        command.argv.map { argument in
          argument.replacing("{prompt_file}", with: promptFile)
            .replacing("{workstream}", with: workstream.id.rawValue)
            .replacing("{model}", with: model)
        })
    } else {
      guard let command = workstream.command else { throw .noCommand(workstream.id) }
      program = .command(command.argv)
    }
  }
}
