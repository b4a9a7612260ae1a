import UETModel
import UETPlanning
import UETSystem
import UETTools

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One call of an agent program: what is started, and what came of it.
struct AgentCall: Sendable {
  private let adapter: any ToolAdapter.Type
  private let request: ToolRequest
  let launch: ToolLaunch
  /// What the configuration calls, whatever is put before it.
  let program: String
  let argv: [String]
  /// Variables for the program alone; gates and set-up do not get them.
  let environment: [String: String]

  init(
    _ adapter: any ToolAdapter.Type, _ tool: Configuration.Tool, request: ToolRequest,
    user: [String: String]
  ) {
    var request = request
    let command = tool.call?.argv ?? [adapter.name]
    program = command[0]
    request.program = command[0]
    request.command = command
    request.extraArguments = tool.arguments
    request.maxTurns = tool.maxTurns
    (request.mode, request.offersTools) = (tool.mode, tool.offersTools)
    for (permission, answer) in tool.permissions {
      guard let kind = ToolPolicy.Kind(rawValue: permission.rawValue) else { continue }
      request.policy.rules[kind] = answer == .allow
    }
    request.isRoot = geteuid() == 0
    self.adapter = adapter
    self.request = request
    launch = adapter.launch(request)
    argv = launch.front + command + launch.argv.dropFirst()
    environment = WorkerEnvironment.own(
      of: tool, login: adapter.loginVariables(of: command), launch: launch.environment, user: user)
  }

  /// What came of it, by what it printed and the files it left.
  func conclusion(log: String, _ ending: ToolEnding, home: [String: String]) -> ToolConclusion {
    var reading = adapter.reading(of: request)
    var splitter = LineSplitter()
    let printed = Files.content(of: log) ?? []
    splitter.feed(printed[...]) { reading.take(line: $0) }
    splitter.finish { reading.take(line: $0) }
    for file in launch.files {
      for path in ToolFiles(file, since: request.start, home).paths() {
        guard let content = Files.content(of: path) else { continue }
        reading.take(file: content, at: path)
      }
    }
    return reading.conclusion(ending)
  }
}
