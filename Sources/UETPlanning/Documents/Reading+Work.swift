import UETModel

extension Reading {
  /// A scope pattern.
  mutating func pattern(_ node: Node) -> ScopePattern? {
    guard let text = string(node) else { return nil }
    do { return try ScopePattern(text) } catch {
      note(
        "invalid_scope", at: node.offset, "\(text.quoted()): \(error)",
        hint: scopeHint(text, error))
      return nil
    }
  }

  private func scopeHint(_ text: String, _ problem: ScopePattern.Problem) -> String? {
    switch problem {
    case .empty: return "name a path, as: src/parser/**; '.' is the whole repository"
    case .absolute:
      let rest = String(text.drop { $0 == "/" || $0 == "\\" })
      guard text.hasPrefix("/"), (try? ScopePattern(rest)) != nil else {
        return "name it as git does, from the root of the repository, as: src/parser"
      }
      return "write \(rest.quoted())"
    case .parentDirectory, .gitDirectory: return "name files of the repository, from its root"
    case .unbalanced:
      let plain = text.filter { $0 != "\\" }
      let names = "*?[]{}"
      guard text.contains("\\"), text.contains(where: names.contains) else {
        return "a bracket or brace that is part of a name is written '[[]', '[{]' or '[}]'"
      }
      return "a '\\' is taken as '/' and escapes nothing; write "
        + ScopePattern.quoted(plain).quoted()
    case .matchesNothing: return "a range goes upwards, as in '[a-z]'"
    case .nul, .tooComplex: return nil
    }
  }

  /// Seconds: a number, or a text such as `1h30m`, `45m`, `0.5s`.
  mutating func duration(_ node: Node, allowsZero: Bool = false) -> Double? {
    let seconds: Double?
    switch node.value {
    case .integer(let number): seconds = Double(number)
    case .number(let number): seconds = number
    case .string(let text): seconds = DurationText.seconds(text)
    default:
      noteType(node, wanted: "a duration such as \"45m\", or a number of seconds")
      return nil
    }
    guard let seconds else {
      noteValue(node, "is no duration", hint: "write \"45m\", \"1h30m\", \"90s\", or seconds")
      return nil
    }
    guard seconds > 0 || (allowsZero && seconds == 0) else {
      noteValue(node, allowsZero ? "must not be negative" : "must be more than 0")
      return nil
    }
    guard seconds <= DurationText.maximum else {
      noteValue(node, "must be ten years or less")
      return nil
    }
    return seconds
  }

  /// An argument list, or a script for `/bin/sh`.
  mutating func command(_ node: Node) -> Command? {
    switch node.value {
    case .string: return text(node).map(Command.script)
    case .array(let items):
      guard !items.isEmpty else {
        noteValue(node, "must not be empty")
        return nil
      }
      let arguments = list(node) { reading, item -> String? in reading.argument(item) }
      guard arguments.count == items.count else { return nil }
      guard arguments.first?.isEmpty == false else {
        noteValue(node, "must start with the name of a program")
        return nil
      }
      return .arguments(arguments)
    default:
      noteType(node, wanted: "a list of arguments or a script")
      return nil
    }
  }

  private mutating func argument(_ node: Node) -> String? {
    guard let text = string(node) else { return nil }
    guard !text.utf8.contains(0) else {
      noteValue(node, "must not contain a NUL character")
      return nil
    }
    return text
  }

  /// A command, or an object that holds one as `command`.
  mutating func action(_ node: Node) -> Command? {
    guard case .object = node.value else { return command(node) }
    var result: Command?
    read(node, Self.actionFields, into: &result)
    return result
  }

  private static let actionFields = FieldTable<Command?>(
    required: ["command"], ["command": { reading, node, target in target = reading.command(node) }])

  mutating func workstreamID(_ node: Node) -> WorkstreamID? {
    guard let text = string(node) else { return nil }
    if let id = WorkstreamID(text) { return id }
    note(
      "invalid_id", at: node.offset,
      "\(text.quoted()) is no workstream id", hint: WorkstreamID.rule)
    return nil
  }

  /// Variables for a worker; those that the engine sets itself are refused.
  mutating func environment(_ node: Node) -> [String: String] {
    dictionary(node) { reading, member -> String? in
      guard Self.isVariable(member.key) else {
        reading.note(
          "invalid_value", at: Int(member.keyOffset),
          "\(member.key.quoted(limit: 60)) is no name of a variable")
        return nil
      }
      guard !member.key.hasPrefix("UET_") else {
        reading.note(
          "invalid_value", at: Int(member.keyOffset),
          "\(member.key.quoted(limit: 60)) is set by git-uet itself")
        return nil
      }
      return reading.argument(member.value)
    }
  }

  /// The name of a variable that may be passed on.
  mutating func variable(_ node: Node) -> String? {
    guard let text = string(node) else { return nil }
    guard Self.isVariable(text), !text.hasPrefix("UET_") else {
      noteValue(node, "must be the name of a variable, not \(text.quoted(limit: 60))")
      return nil
    }
    return text
  }

  private static func isVariable(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    else { return false }
    return name.utf8.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "_")
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF) && byte >= 0x41
    }
  }
}

extension WorkstreamID {
  static let rule =
    "an id is 'ws-' and then lower-case letters, digits and '-', \(maximumLength) bytes at most"
}
