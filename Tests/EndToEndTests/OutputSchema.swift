import Foundation
import Testing
import UETModel

/// What is printed as JSON is held against the schemas that are given out with the program,
/// whichever test has it printed.
///
/// Knows the words of JSON Schema that these schemas use, and no others.
struct OutputSchema {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../schema").standardizedFileURL

  /// Commands that print what another one prints.
  private static let shared = [
    "run": "run", "status": "run", "integrate": "run", "replay": "run", "validate": "plan",
    "events": "event", "answer": "answer", "cancel": "answer", "pause": "answer",
    "replan": "answer", "retry": "answer", "workers": "answer",
  ]
  private static let verbs: Set = [
    "pause", "resume", "freeze", "unfreeze", "promote", "dequeue", "requeue", "approve", "release",
  ]

  /// The schemas of what these words have printed; empty where they print no JSON.
  static func names(_ words: [String]) -> [String] {
    guard let command = words.first, words.contains("--json") || words.contains("json"),
      !words.contains("--watch") || command == "doctor"
    else { return [] }
    switch command {
    case "resume": return ["run", "answer"]
    case "queue" where words.dropFirst().first.map(verbs.contains) ?? false: return ["answer"]
    case "import" where words.contains("--confirm"): return ["confirm"]
    case "import" where words.contains("--mark-done"): return ["mark-done"]
    case "import" where words.contains("uet-pipeline"): return ["history"]
    // Bundles that are wrong are told as 'plan' tells them.
    case "run", "import": return [shared[command] ?? command, "plan"]
    default: return [shared[command] ?? command]
    }
  }

  static func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: "\(name).schema.json").path)
  }

  /// Checks all documents of an output, of which there may be one a line.
  static func check(_ words: [String], _ text: String) {
    let names = names(words)
    guard !names.isEmpty, !text.isEmpty else { return }
    do {
      let schemas = try names.map { try OutputSchema(file: "\($0).schema.json") }
      for document in try documents(text) {
        let problems = try schemas.map { try $0.problems(of: document) }
        let isAsSaid = problems.contains(where: \.isEmpty)
        #expect(
          isAsSaid,
          "\(words) is not as \(names) has it: \(problems.flatMap(\.self).prefix(3))")
      }
    } catch {
      Issue.record("\(words) cannot be held against \(names): \(error)")
    }
  }

  private static func documents(_ text: String) throws -> [JSONValue] {
    if let whole = try? JSONValue(parsing: Array(text.utf8)) { return [whole] }
    return try text.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
  }

  private enum Failure: Error {
    case unknownWord(String)
    case unknownReference(String)
  }

  private let file: String
  private let root: JSONValue

  init(file: String) throws {
    self.file = file
    let path = OutputSchema.folder.appending(path: file)
    root = try JSONValue(parsing: Array(Data(contentsOf: path)))
  }

  func problems(of value: JSONValue) throws -> [String] {
    try problems(of: value, root, at: "")
  }

  private func problems(of value: JSONValue, _ schema: JSONValue, at place: String) throws
    -> [String]
  {
    var found: [String] = []
    for (word, rule) in schema.object?.members.map({ ($0.key, $0.value) }) ?? [] {
      switch word {
      case "$schema", "$defs", "title", "description", "additionalProperties": break
      case "$ref": found += try referred(rule.string ?? "", value, at: place)
      case "type":
        let types = rule.array?.compactMap(\.string) ?? [rule.string ?? ""]
        if !types.contains(where: { value.isOf($0) }) { found.append("\(place) is no \(types)") }
      case "const": if value != rule { found.append("\(place) is not \(rule.encoded())") }
      case "enum":
        if rule.array?.contains(value) != true { found.append("\(place): \(value.encoded())") }
      case "minimum":
        if let least = rule.double, (value.double ?? least) < least { found.append(place) }
      case "maximum":
        if let most = rule.double, (value.double ?? most) > most { found.append(place) }
      case "format": break
      case "anyOf":
        let ways = try (rule.array ?? []).map { try problems(of: value, $0, at: place) }
        if !ways.contains(where: \.isEmpty) { found += ways.min { $0.count < $1.count } ?? [] }
      case "items":
        for (number, item) in (value.array ?? []).enumerated() {
          found += try problems(of: item, rule, at: "\(place)/\(number)")
        }
      case "required":
        for name in rule.array?.compactMap(\.string) ?? [] where value[name] == nil {
          found.append("\(place) lacks '\(name)'")
        }
      case "properties":
        for member in value.object?.members ?? [] {
          if let part = rule[member.key] {
            found += try problems(of: member.value, part, at: "\(place)/\(member.key)")
          }
        }
      default: throw Failure.unknownWord(word)
      }
    }
    return try found + others(of: value, schema, at: place)
  }

  /// Members that the schema does not name.
  private func others(of value: JSONValue, _ schema: JSONValue, at place: String) throws -> [String]
  {
    guard let rule = schema["additionalProperties"] else { return [] }
    let others = value.object?.members.filter { schema["properties"]?[$0.key] == nil } ?? []
    if let isAllowed = rule.bool {
      return isAllowed ? [] : others.map { "\(place) has '\($0.key)'" }
    }
    return try others.flatMap { try problems(of: $0.value, rule, at: "\(place)/\($0.key)") }
  }

  private func referred(_ reference: String, _ value: JSONValue, at place: String) throws
    -> [String]
  {
    let parts = reference.split(separator: "#/$defs/", omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw Failure.unknownReference(reference) }
    let other = parts[0].isEmpty ? self : try OutputSchema(file: String(parts[0]))
    guard let schema = other.root["$defs"]?[String(parts[1])] else {
      throw Failure.unknownReference(reference)
    }
    return try other.problems(of: value, schema, at: place)
  }
}

extension JSONValue {
  fileprivate func isOf(_ type: String) -> Bool {
    switch (type, self) {
    case ("null", .null), ("boolean", .bool), ("integer", .integer), ("number", .integer),
      ("number", .number), ("string", .string), ("array", .array), ("object", .object):
      true
    // Readers of JSON tell no 1 from a 1.0.
    case ("integer", .number(let value)): value.rounded() == value
    default: false
    }
  }
}
