import UETModel

/// A workstream as the text of a bundle, in the format that a name's end says.
package struct BundleText: Sendable {
  package var id: WorkstreamID
  package var tasks: [String]
  package var writes: [String]
  package var creates: [String] = []
  package var reads: [String] = []
  package var dependsOn: [String] = []
  package var tool: String
  package var model: String?
  package var gates: [String] = []

  package init(_ id: WorkstreamID, tasks: [String], writes: [String], tool: String) {
    (self.id, self.tasks, self.writes, self.tool) = (id, tasks, writes, tool)
  }

  /// What most of a folder's bundles end in; `.yaml` where there are none.
  package static func ending(of files: [BundleFile]) -> String {
    let counts = [".yaml", ".yml", ".json"].map { end in
      (end, files.filter { $0.path.hasSuffix(end) }.count)
    }
    // The first of those that are equally many.
    return counts.max { $0.1 < $1.1 }.map(\.0) ?? ".yaml"
  }

  /// The file `FOLDER/ID` with that ending.
  package func file(in folder: String, ending: String) -> BundleFile {
    let text = ending == ".json" ? JSONValue.object(object).encoded(.pretty) + "\n" : yaml
    return BundleFile(path: "\(folder)/\(id)\(ending)", bytes: Array(text.utf8))
  }

  private var object: JSONObject {
    var object: JSONObject = ["id": .string(id.rawValue)]
    for (key, value) in members { object.append(key, value) }
    return object
  }

  private var members: [(String, JSONValue)] {
    func list(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
    let scope: JSONValue =
      reads.isEmpty ? list(writes) : ["reads": list(reads), "writes": list(writes)]
    let all: [(String, JSONValue?)] = [
      ("tasks", list(tasks)), ("files_scope", scope),
      ("files_create", creates.isEmpty ? nil : list(creates)),
      ("depends_on", dependsOn.isEmpty ? nil : list(dependsOn)), ("tool", .string(tool)),
      ("model", .text(model)),
      ("test_gates", gates.isEmpty ? nil : .array(gates.map { ["type": .string($0)] })),
    ]
    return all.compactMap { key, value in value.map { (key, $0) } }
  }

  /// JSON's strings, lists and objects are YAML's; tasks get lines of their own.
  private var yaml: String {
    var lines = ["id: \(id)"]
    for (key, value) in members {
      if key == "tasks" {
        lines += ["tasks:"] + tasks.flatMap(Self.item)
      } else {
        lines.append("\(key): \(Self.scalarOrList(value))")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func scalarOrList(_ value: JSONValue) -> String {
    switch value {
    case .string(let text): word(text)
    case .array(let items): "[" + items.map(scalarOrList).joined(separator: ", ") + "]"
    case .object(let object):
      "{" + object.members.map { "\($0.key): \(scalarOrList($0.value))" }.joined(separator: ", ")
        + "}"
    default: value.encoded()
    }
  }

  /// As it is where that is surely text in YAML.
  private static func word(_ text: String) -> String {
    let isPlain =
      text.utf8.first.map { $0 >= 0x61 && $0 <= 0x7A || $0 >= 0x41 && $0 <= 0x5A } == true
      && text.utf8.contains { "-/_.".utf8.contains($0) }
      && text.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte)
          || (0x30...0x39).contains(byte) || "-/_.".utf8.contains(byte)
      }
    return isPlain || isLowercase(text) ? text : JSONValue.string(text).encoded()
  }

  /// A word of letters that means nothing else.
  private static func isLowercase(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (0x61...0x7A).contains($0) }
      && !["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(text)
  }

  /// Several lines as a block, where a block keeps them as they are.
  private static func item(_ task: String) -> [String] {
    let lines = task.split(separator: "\n", omittingEmptySubsequences: false)
    let isBlock =
      lines.count > 1 && task.unicodeScalars.allSatisfy { $0 == "\n" || $0.isHarmless }
      && lines.first?.first?.isWhitespace == false && lines.last?.isEmpty == false
    guard isBlock else { return ["  - " + JSONValue.string(task).encoded()] }
    return ["  - |-"] + lines.map { $0.isEmpty ? "" : "    \($0)" }
  }
}
