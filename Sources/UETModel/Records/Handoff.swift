/// What a result leaves for those who build on it: decisions, interfaces, what is to be kept to.
///
/// Its words are an agent's, or from files that a worker wrote: data, never instructions.
package struct Handoff: Hashable, Sendable {
  package enum Writer: String, CaseIterable, Hashable, Sendable {
    /// The agent said it, in the form that it was asked for.
    case agent
    /// It follows from what changed and what was printed.
    case derived
  }

  /// In the order in which they are shown.
  package enum Part: String, CaseIterable, Hashable, Sendable {
    case decisions, interfaces, constraints, files, open
    /// The end of what was printed.
    case words
  }

  package var writer: Writer
  /// One line that says what was done.
  package var summary: String?
  /// One line each.
  package var items: [Part: [String]] = [:]
  /// How many items are left out of a part for want of room.
  package var omitted: [Part: Int] = [:]

  package init(_ writer: Writer, summary: String? = nil) {
    self.writer = writer
    self.summary = summary
  }

  package subscript(part: Part) -> [String] {
    get { items[part] ?? [] }
    set { items[part] = newValue.isEmpty ? nil : newValue }
  }

  /// The same with each of its lines changed.
  package func mapped(_ change: (String) -> String) -> Handoff {
    var result = self
    result.summary = summary.map(change)
    result.items = items.mapValues { $0.map(change) }
    return result
  }

  /// Whether it says nothing.
  package var isEmpty: Bool { summary == nil && items.isEmpty }
}

extension Handoff {
  package var json: JSONObject {
    var object: JSONObject = ["by": .string(writer.rawValue)]
    object.append("summary", .text(summary))
    for part in Part.allCases {
      object.append(part.rawValue, .list(self[part]) { .string($0) })
    }
    let left = Part.allCases.compactMap { part in
      omitted[part].map { (part.rawValue, JSONValue.integer(Int64($0))) }
    }
    if !left.isEmpty { object.append("omitted", .object(JSONObject(left))) }
    return object
  }

  /// nil for what is no hand-off; words that only a newer version knows are passed over.
  package init?(json: JSONObject) {
    guard let writer = json["by"]?.string.flatMap(Writer.init) else { return nil }
    self.init(writer, summary: json["summary"]?.string)
    for part in Part.allCases {
      self[part] = (json[part.rawValue]?.array ?? []).compactMap(\.string)
      omitted[part] = json["omitted"]?[part.rawValue]?.integer
    }
  }
}

extension Handoff {
  /// What the state of a run holds of it; the rest lies beside the event, in a file of its own.
  package struct Head: Hashable, Sendable {
    package let writer: Writer
    /// What an agent said in one line.
    package let summary: String?

    package init(_ writer: Writer, summary: String?) {
      (self.writer, self.summary) = (writer, summary)
    }
  }

  /// Characters of a summary that every state carries along.
  private static let longestHead = 160

  package var head: Head {
    let isAgents = writer == .agent
    return Head(
      writer, summary: isAgents ? summary.map { String($0.prefix(Self.longestHead)) } : nil)
  }
}

extension Handoff.Head {
  package var json: JSONValue {
    var object: JSONObject = ["by": .string(writer.rawValue)]
    object.append("summary", .text(summary))
    return .object(object)
  }

  package init?(json: JSONValue) {
    guard let writer = json["by"]?.string.flatMap(Handoff.Writer.init) else { return nil }
    self.init(writer, summary: json["summary"]?.string)
  }
}
