import UETModel

/// One thing that is wrong, or looks wrong, in what was read: where, what, and what to do.
package struct Diagnostic: Hashable, Sendable {
  package enum Severity: String, CaseIterable, Hashable, Sendable {
    case error, warning
  }

  package var severity: Severity
  /// Stable name of the kind, in snake case.
  package var code: String
  package var place: SourcePlace
  /// One line; text from the input in it is already terminal-safe.
  package var message: String
  package var hint: String?
  /// The workstreams it is about.
  package var workstreams: [WorkstreamID]

  package init(
    _ severity: Severity, _ code: String, _ place: SourcePlace, _ message: String,
    hint: String? = nil, workstreams: [WorkstreamID] = []
  ) {
    self.severity = severity
    self.code = code
    self.place = place
    self.message = message
    self.hint = hint
    self.workstreams = workstreams
  }

  init(_ problem: DocumentProblem, _ source: SourceText, pointer: String = "") {
    self.init(
      .error, problem.code, source.place(at: problem.offset, pointer: pointer), problem.message,
      hint: problem.hint)
  }
}

extension Diagnostic: CustomStringConvertible {
  /// `FILE:LINE:COLUMN: message (POINTER)`, safe for a terminal; a warning says so before its
  /// message.
  ///
  /// Line 0 stands for a place that has no lines, such as a setting of git's configuration.
  package var description: String {
    let file = place.file.terminalSafe
    let head = place.line > 0 ? "\(file):\(place.line):\(place.column)" : file
    let kind = severity == .warning ? "warning: " : ""
    let pointer = place.pointer.isEmpty ? "" : " (\(place.pointer.terminalSafe))"
    return "\(head): \(kind)\(message)\(pointer)"
  }

  /// The object that `--json` output shows.
  package var json: JSONValue {
    var object = JSONObject()
    object.append("code", .string(code))
    object.append("message", .string(message))
    object.append("file", .string(place.file))
    object.append("line", .integer(Int64(place.line)))
    object.append("column", .integer(Int64(place.column)))
    object.append("pointer", .string(place.pointer))
    object.append("hint", hint.map(JSONValue.string))
    object.append("workstreams", .array(workstreams.map { .string($0.rawValue) }))
    return .object(object)
  }
}

extension [Diagnostic] {
  /// Sorted by file (bytewise), line and column; of one place errors before warnings, else as
  /// found.
  package var inFileOrder: [Diagnostic] {
    enumerated().sorted { left, right in
      Diagnostic.precedes(left.element, right.element) ?? (left.offset < right.offset)
    }.map(\.element)
  }

  package var hasErrors: Bool { contains { $0.severity == .error } }

  package var errors: [Diagnostic] { filter { $0.severity == .error } }

  package var warnings: [Diagnostic] { filter { $0.severity == .warning } }
}

extension Diagnostic {
  /// Whether one comes before the other in file order; nil where nothing tells them apart.
  fileprivate static func precedes(_ left: Diagnostic, _ right: Diagnostic) -> Bool? {
    if left.place.file != right.place.file {
      return left.place.file.utf8.lexicographicallyPrecedes(right.place.file.utf8)
    }
    if left.place.line != right.place.line { return left.place.line < right.place.line }
    if left.place.column != right.place.column { return left.place.column < right.place.column }
    return left.severity == right.severity ? nil : left.severity == .error
  }
}
