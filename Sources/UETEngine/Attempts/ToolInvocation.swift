import UETModel
import UETPlanning

/// What is run for an attempt: the tool's command with its placeholders filled in.
package struct ToolInvocation: Sendable {
  let argv: [String]
  /// Seconds; nil for no limit.
  let timeout: Double?
  /// Exit statuses that mean "try again soon".
  let transientStatuses: [Int]

  /// Why a tool cannot run a workstream; found before a run starts.
  package enum Problem: Error, Hashable, Sendable {
    case unknownTool(String)
    case noCommand(WorkstreamID)
    case adapterNotSupported(tool: String, adapter: String)
    case programMissing(tool: String, program: String)
  }

  /// The `shell` tool runs the bundle's command; any other needs a `command` in the configuration,
  /// in which `{prompt_file}`, `{workstream}` and `{model}` are replaced.
  init(
    _ workstream: Workstream, configuration: Configuration, promptFile: String
  ) throws(Problem) {
    let name = workstream.tool
    guard let tool = configuration.tools[name] else { throw .unknownTool(name) }
    timeout = workstream.timeout ?? tool.timeout
    transientStatuses = tool.transient
    if let command = tool.command {
      let model = workstream.model ?? tool.model ?? ""
      argv = command.argv.map { argument in
        argument.replacing("{prompt_file}", with: promptFile)
          .replacing("{workstream}", with: workstream.id.rawValue)
          .replacing("{model}", with: model)
      }
    } else if tool.adapter == .shell {
      guard let command = workstream.command else { throw .noCommand(workstream.id) }
      argv = command.argv
    } else {
      throw .adapterNotSupported(tool: name, adapter: tool.adapter.rawValue)
    }
  }
}
