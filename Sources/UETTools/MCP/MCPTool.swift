import UETModel

/// A tool that `git uet mcp` offers: a command of this program, with its parameters named.
package struct MCPTool: Sendable {
  enum Kind: Hashable, Sendable {
    case text
    case number
    case flag
    case choice([String])
  }

  /// How a parameter is given to the command.
  enum Place: Hashable, Sendable {
    case option(String)
    /// Behind the options, in the order of the parameters.
    case argument
    /// The name of the command's own command.
    case command
    /// As a file that holds the text.
    case file
  }

  struct Parameter: Sendable {
    var name: String
    var kind = Kind.text
    var place: Place
    var words: String
    var isRequired = false
  }

  package enum Audience: Sendable {
    case all
    /// Only where a run started it: it reports to that run.
    case workers
  }

  package let name: String
  let words: String
  let command: [String]
  let parameters: [Parameter]
  let audience: Audience

  var schema: JSONValue {
    var properties = JSONObject()
    for parameter in parameters {
      var property: JSONObject
      switch parameter.kind {
      case .text: property = ["type": "string"]
      case .number: property = ["type": "integer", "minimum": 0]
      case .flag: property = ["type": "boolean"]
      case .choice(let names):
        property = ["type": "string", "enum": .array(names.map(JSONValue.string))]
      }
      property.append("description", .string(parameter.words))
      properties.append(parameter.name, .object(property))
    }
    var schema: JSONObject = ["type": "object", "properties": .object(properties)]
    let required = parameters.filter(\.isRequired).map { JSONValue.string($0.name) }
    if !required.isEmpty { schema.append("required", .array(required)) }
    schema.append("additionalProperties", false)
    return .object(schema)
  }

  var json: JSONValue {
    [
      "name": .string(name), "description": .string(words), "inputSchema": schema,
      "annotations": ["readOnlyHint": .bool(audience == .all), "openWorldHint": false],
    ]
  }
}

/// What is run for a call of a tool.
package struct MCPCall: Hashable, Sendable {
  /// Arguments of this program.
  package var arguments: [String]
  /// A text that the last argument is to be a file of.
  package var file: String?
}

extension MCPTool {
  /// Why arguments do not fit.
  struct Misfit: Error {
    let words: String
  }

  /// The command line for some arguments; `run` is the one that is meant where none is named.
  func call(_ arguments: JSONObject, run: String?) throws(Misfit) -> MCPCall {
    for key in arguments.keys where !parameters.contains(where: { $0.name == key }) {
      throw Misfit(words: "'\(name)' has no argument '\(FaultWords.firstLine(key))'")
    }
    var (own, options, behind): ([String], [String], [String]) = ([], [], [])
    var file: String?
    for parameter in parameters {
      var value = arguments[parameter.name] ?? .null
      if value == .null, parameter.name == "run", let run { value = .string(run) }
      guard value != .null else {
        if parameter.isRequired { throw Misfit(words: "'\(parameter.name)' is missing") }
        continue
      }
      guard let text = parameter.text(of: value) else {
        throw Misfit(words: "'\(parameter.name)' must be \(parameter.form)")
      }
      switch parameter.place {
      case .command: own.append(text)
      case .option(let option):
        if parameter.kind != .flag {
          options.append("\(option)=\(text)")
        } else if value == true {
          options.append(option)
        }
      case .argument: behind.append(text)
      case .file: file = text
      }
    }
    return MCPCall(
      arguments: command + own + options + (behind.isEmpty ? [] : ["--"] + behind), file: file)
  }
}

extension MCPTool.Parameter {
  fileprivate func text(of value: JSONValue) -> String? {
    switch (kind, value) {
    // Behind a NUL nothing would reach the command.
    case (.text, .string(let text)): text.utf8.contains(0) ? nil : text
    case (.number, .integer(let number)): number >= 0 ? String(number) : nil
    case (.flag, .bool(let flag)): String(flag)
    case (.choice(let names), .string(let text)): names.contains(text) ? text : nil
    default: nil
    }
  }

  fileprivate var form: String {
    switch kind {
    case .text: "a text"
    case .number: "a whole number from 0 on"
    case .flag: "true or false"
    case .choice(let names): "one of \(names.joined(separator: ", "))"
    }
  }
}
