/// Something to run: an argument list, or a script for `/bin/sh`.
package enum Command: Hashable, Sendable {
  /// The program and its arguments; never given to a shell.
  case arguments([String])
  /// Text for `/bin/sh -c`.
  case script(String)

  /// The argument list that runs it.
  package var argv: [String] {
    switch self {
    case .arguments(let list): list
    case .script(let text): ["/bin/sh", "-c", text]
    }
  }

  package var json: JSONValue {
    switch self {
    case .arguments(let list): .array(list.map(JSONValue.string))
    case .script(let text): .string(text)
    }
  }
}
