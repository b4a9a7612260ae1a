import UETModel

/// How `git uet mcp` is named to an agent, in the forms that agents take.
///
/// The server needs the run's variables, which hold a secret: they are named, and their values
/// stand in no file and no command line.
package struct MCPEntry: Sendable {
  package static let name = "uet"

  /// What the server needs of the worker's environment; agents pass on little by themselves.
  static let variables = [
    "UET_ATTEMPT", "UET_RUN", "UET_SOCKET", "UET_SUPERVISOR", "UET_TOKEN", "UET_WORKER",
    "UET_WORKSTREAM",
  ]

  private let program: String

  init(_ request: ToolRequest) { program = request.ownProgram }

  /// The file that `claude --mcp-config` reads; it replaces `${NAME}` itself.
  var document: JSONValue {
    let variables = Self.variables.map { ($0, JSONValue.string("${\($0):-}")) }
    let entry: JSONObject = [
      "type": "stdio", "command": .string(program), "args": ["mcp"],
      "env": .object(JSONObject(variables)),
    ]
    return ["mcpServers": .object(JSONObject([(Self.name, .object(entry))]))]
  }

  /// Settings of codex, as TOML, below `mcp_servers.NAME`.
  var settings: [(key: String, value: String)] {
    let names = JSONValue.array(Self.variables.map(JSONValue.string))
    return [
      ("command", JSONValue.string(program).encoded()), ("args", #"["mcp"]"#),
      ("env_vars", names.encoded()),
    ]
  }

  /// The form of the Agent Client Protocol, without the values of its variables.
  var server: JSONObject {
    let variables = Self.variables.map { name -> JSONValue in
      ["name": .string(name), "value": ""]
    }
    return [
      "name": .string(Self.name), "command": .string(program), "args": ["mcp"],
      "env": .array(variables),
    ]
  }

  /// The server with the values of its variables; those that are not set are left out.
  package static func filled(
    _ server: JSONObject, _ environment: [String: String]
  ) -> JSONObject {
    var server = server
    server["env"] = .array(
      (server["env"]?.array ?? []).compactMap { variable in
        guard let name = variable["name"]?.string, let value = environment[name] else { return nil }
        return ["name": .string(name), "value": .string(value)]
      })
    return server
  }

  /// A message without the values of variables that servers get.
  static func masked(_ message: JSONObject) -> JSONObject {
    guard var parameters = message.object("params"),
      let servers = parameters["mcpServers"]?.array, !servers.isEmpty
    else { return message }
    parameters["mcpServers"] = .array(
      servers.map { server in
        guard var object = server.object, let variables = object["env"]?.array else {
          return server
        }
        object["env"] = .array(variables.map { ["name": $0["name"] ?? .null, "value": "..."] })
        return .object(object)
      })
    var message = message
    message["params"] = .object(parameters)
    return message
  }
}
