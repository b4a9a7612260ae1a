import UETModel

extension LoadedBundles {
  private static let placeholders = ["{prompt_file}", "{workstream}", "{model}"]

  /// Workstreams that have nothing to do, and tools whose command asks for what nobody fills in.
  ///
  /// A plan can be made of them, so there it is a warning.
  package func checkWork(
    _ configuration: Configuration, severity: Diagnostic.Severity
  ) -> [Diagnostic] {
    var result: [Diagnostic] = []
    var seen: Set<String> = []
    for (workstream, declaration) in zip(workstreams, declarations) {
      let name = workstream.tool.quoted(limit: 60)
      func note(_ code: String, _ place: SourcePlace, _ message: String, hint: String) {
        result.append(
          Diagnostic(severity, code, place, message, hint: hint, workstreams: [workstream.id]))
      }
      if workstream.tasks.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) {
        note(
          "no_tasks", declaration.tasksPlace(sources),
          "'tasks' of '\(workstream.id)' says nothing of what is to be done",
          hint: "say it in a sentence: tasks: [\"make the parser read comments\"]")
      }
      guard let tool = configuration.tools[workstream.tool] else { continue }
      if tool.adapter == .shell, tool.command == nil, workstream.command == nil {
        note(
          "no_command", declaration.toolPlace(sources),
          "tool \(name) runs the bundle's command, and '\(workstream.id)' has none",
          hint: "add one, as: command: make all")
      }
      guard seen.insert(workstream.tool).inserted else { continue }
      for word in Self.unknownPlaceholders(tool.command) {
        note(
          "unknown_placeholder", declaration.toolPlace(sources),
          "the command of tool \(name) holds \(word.quoted(limit: 40)), which nothing replaces",
          hint: "replaced are " + Self.placeholders.joined(separator: ", "))
      }
    }
    return result.inFileOrder
  }

  /// Programs of commands that `finds` does not know; names that hold a `/` are not asked for.
  package func checkPrograms(
    _ configuration: Configuration, finds: (String) -> Bool
  ) -> [Diagnostic] {
    var result: [Diagnostic] = []
    var known: [String: Bool] = [:]
    func isMissing(_ program: String) -> Bool {
      if let isMissing = known[program] { return isMissing }
      known[program] = !finds(program)
      return known[program] ?? false
    }
    var seen: Set<String> = []
    for (workstream, declaration) in zip(workstreams, declarations)
    where workstream.environment["PATH"] == nil
      && configuration.runsHere(workstream.tool)
    {
      let tool = configuration.tools[workstream.tool]
      let isOwn = tool?.command == nil && tool?.adapter == .shell
      if !isOwn, !seen.insert(workstream.tool).inserted { continue }
      guard let program = (isOwn ? workstream.command : tool?.call)?.searchedProgram,
        isMissing(program)
      else { continue }
      let owner =
        isOwn ? "'\(workstream.id)'" : "tool \(workstream.tool.quoted(limit: 60))"
      result.append(
        Diagnostic(
          .warning, "program_not_found", declaration.toolPlace(sources),
          "the program \(program.quoted(limit: 60)) of \(owner) is not found on the PATH",
          hint: "install it, or name another in the command", workstreams: [workstream.id]))
    }
    return result.inFileOrder
  }

  /// Words in braces that look like placeholders and are none. Inside of a script, where braces
  /// mean much, only those that are nearly one.
  private static func unknownPlaceholders(_ command: Command?) -> [String] {
    guard let command else { return [] }
    var nearest = Nearest(budget: 100_000)
    var result: [String] = []
    for argument in command.argv {
      let isPlain = !argument.contains(where: \.isWhitespace)
      for word in words(in: argument) where !placeholders.contains(word) && !result.contains(word) {
        if isPlain || nearest.name(for: word, among: placeholders) != nil { result.append(word) }
      }
    }
    return result
  }

  /// Each `{name}` that is no `${name}`.
  private static func words(in text: String) -> [String] {
    let bytes = Array(text.utf8)
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    return bytes.indices.compactMap { start in
      guard bytes[start] == UInt8(ascii: "{"), start == 0 || bytes[start - 1] != UInt8(ascii: "$")
      else { return nil }
      let name = bytes[(start + 1)...].prefix {
        letters.contains($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
      }
      guard !name.isEmpty, name.endIndex < bytes.count, bytes[name.endIndex] == UInt8(ascii: "}")
      else { return nil }
      return "{" + String(decoding: name, as: UTF8.self) + "}"
    }
  }
}

extension Command {
  /// The program that is looked for on the PATH; nil for a script and for a path.
  package var searchedProgram: String? {
    guard case .arguments(let words) = self, let program = words.first, !program.contains("/"),
      !program.contains("{")
    else { return nil }
    return program
  }
}
