import UETModel
import UETPlanning

/// What is run to have a conflict resolved.
struct ResolverCommand: Sendable {
  let argv: [String]
  /// The name of the tool, or of the program.
  let name: String
  let timeout: Double
  /// Set where a tool's entry may say what of the user's environment it gets.
  let tool: Configuration.Tool?

  /// Why it cannot be run, for people.
  struct Problem: Error { let reason: String }

  init(
    _ configuration: Configuration, _ id: WorkstreamID, promptFile: String
  ) throws(Problem) {
    timeout = configuration.integration.resolverTimeout
    let (command, model): (Command, String)
    switch configuration.integration.resolver {
    case .command(let given):
      (command, model, name) = (given, "", given.argv.first ?? "resolver")
      tool = nil
    case .tool(let name):
      tool = configuration.tools[name]
      guard let tool, let given = tool.command else {
        throw Problem(reason: "tool '\(name)' has no command to run")
      }
      (command, model, self.name) = (given, tool.model ?? "", name)
    case nil: throw Problem(reason: "'integration.resolver' is not set")
    }
    argv = command.argv.map { argument in
      argument.replacing("{prompt_file}", with: promptFile)
        .replacing("{workstream}", with: id.rawValue).replacing("{model}", with: model)
    }
  }
}
