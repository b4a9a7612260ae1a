import UETModel

/// The commands of a batch system, with places for what a job needs, and how its answers are read.
package struct JobCommands: Hashable, Sendable {
  package var submit: Command
  package var status: Command
  package var cancel: Command
  /// Prints how many cores are free.
  package var idle: Command?
  /// What `submit` prints, with `{id}` where the id stands; nil for the first word of the last
  /// line.
  package var id: String?
  /// Which words of a line of `status` are what, counted from 1.
  package var columns: [JobColumn: Int]
  package var states: [String: JobMeaning]
  /// For the places of that name.
  package var partition: String?
  package var account: String?
  package var options: [String] = []

  package init(
    submit: Command, status: Command, cancel: Command, id: String? = nil,
    columns: [JobColumn: Int] = [.id: 1, .state: 2], states: [String: JobMeaning]
  ) {
    (self.submit, self.status, self.cancel, self.id) = (submit, status, cancel, id)
    (self.columns, self.states) = (columns, states)
  }

  /// The id in what `submit` printed; nil where there is none.
  func id(in output: String) -> String? {
    guard let (before, after) = edges else {
      return output.split(whereSeparator: \.isNewline).last?.split(separator: " ").first
        .map(String.init)
    }
    return output.split(whereSeparator: \.isNewline).compactMap { between($0, before, after) }.last
  }

  /// The id in a word of `status`, which may stand there alone or as `submit` prints it.
  func id(ofColumn word: Substring) -> String {
    guard let (before, after) = edges else { return String(word) }
    return between(word, before, after) ?? String(word)
  }

  private var edges: (before: Substring, after: Substring)? {
    guard let parts = id?.split(separator: "{id}", omittingEmptySubsequences: false),
      parts.count == 2
    else { return nil }
    return (parts[0], parts[1])
  }

  private func between(_ text: Substring, _ before: Substring, _ after: Substring) -> String? {
    let start = before.isEmpty ? text.startIndex : text.firstRange(of: before)?.upperBound
    guard let start else { return nil }
    let rest = text[start...]
    let end =
      after.isEmpty
      ? rest.firstIndex(where: \.isWhitespace) : rest.firstRange(of: after)?.lowerBound
    if end == nil, !after.isEmpty { return nil }
    let id = rest[..<(end ?? rest.endIndex)]
    return id.isEmpty ? nil : String(id)
  }
}

extension JobCommands {
  /// The names of places. Those of resources come beside them where a job needs some; anything else
  /// in braces is text.
  private static let places: Set<String> = [
    "name", "log", "script", "cpus", "memory", "disk", "gpu", "time", "minutes", "clock",
    "partition", "account", "options", "ids",
  ]

  /// A command with its places filled: from `values`, or from `lists`, of which each fills as many
  /// words as it has.
  ///
  /// In a list of words, one with a place for which there is no value is left out, and `{ids}`
  /// inside of a word becomes one text with commas. In a script each value becomes a word of the
  /// shell, and the values are variables as well, `UET_JOB_CPUS` for `{cpus}`, so that options may
  /// depend on them.
  static func filled(
    _ command: Command, _ values: [String: String], _ lists: [String: [String]] = [:]
  ) -> (argv: [String], environment: [String: String]) {
    switch command {
    case .arguments(let words):
      let all = values.merging(lists.mapValues { $0.joined(separator: ",") }) { $1 }
      let argv = words.flatMap { word -> [String] in
        if word.hasPrefix("{"), word.hasSuffix("}"),
          let list = lists[String(word.dropFirst().dropLast())]
        {
          return list
        }
        return filled(word, all).map { [$0] } ?? []
      }
      return (argv, [:])
    case .script(let text):
      let words = values.mapValues(\.shellWord)
        .merging(lists.mapValues { $0.map(\.shellWord).joined(separator: " ") }) { $1 }
      var variables: [String: String] = [:]
      for (name, value) in values {
        variables["UET_JOB_" + name.uppercased().replacing("-", with: "_")] = value
      }
      return (["/bin/sh", "-c", filled(text, words, missing: "''") ?? text], variables)
    }
  }

  /// Nil where there is no value for a place, and nothing stands for that.
  private static func filled(
    _ text: String, _ values: [String: String], missing: String? = nil
  ) -> String? {
    var result = ""
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      rest = rest[rest.index(after: open)...]
      guard let close = rest.firstIndex(of: "}"), let name = place(rest[..<close], values) else {
        result += "{"
        continue
      }
      guard let value = values[name] ?? missing else { return nil }
      result += value
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  private static func place(_ text: Substring, _ values: [String: String]) -> String? {
    let name = String(text)
    return places.contains(name) || values[name] != nil ? name : nil
  }
}
