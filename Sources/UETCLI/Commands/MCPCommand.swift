import ArgumentParser
import UETEngine
import UETModel
import UETSystem

struct MCPCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mcp", abstract: "serve agents that speak the Model Context Protocol",
    discussion: """
      Reads requests from standard input and answers on standard output, a line each, until its input \
      ends. Its tools are status, plan, show and logs; where a run started it also signal, depends_on, \
      add_workstream, ask and answer, which speak to that run. 'mcp: true' in a tool's entry gives it to an agent.
      """)

  func run() throws {
    var server = MCPServer(
      environment: ProcessEnvironment.current, folder: Files.workingDirectory)
    do throws(SystemFailure) { try server.run() } catch {
      throw Refusal(.failed, "the client is gone: \(error)")
    }
  }
}
