import UETGit
import UETModel
import UETPlanning

/// What a person has trusted of one clone's files, by content.
struct TrustRecord: Sendable {
  /// Digests of configurations, whole, and of what bundles declare, each; all that ever were.
  private var configurations: Set<String> = []
  private var work: Set<String> = []
  /// What was looked at last, to show what has changed since.
  private(set) var last: [DeclaredPart] = []

  init() {}

  func covers(_ parts: DeclaredParts) -> Bool {
    configurations.contains(Self.digest(of: parts.settings))
      && parts.work.allSatisfy { work.contains(Self.digest(of: [$0])) }
  }

  mutating func accept(_ parts: DeclaredParts) {
    configurations.insert(Self.digest(of: parts.settings))
    work.formUnion(parts.work.map { Self.digest(of: [$0]) })
    last = parts.all
  }

  static func digest(of parts: [DeclaredPart]) -> String {
    let text = parts.map(\.content).sorted().map { "\($0.utf8.count)\0\($0)" }.joined()
    return Repository.hashBlob(Array(text.utf8)).hex
  }
}

extension TrustRecord {
  /// nil where it is not of this form.
  init?(_ document: JSONValue) {
    guard document["version"]?.integer == 1 else { return nil }
    func digests(_ key: String) -> Set<String> {
      Set((document[key]?.array ?? []).compactMap(\.string))
    }
    (configurations, work) = (digests("configurations"), digests("workstreams"))
    last = (document["last"]?.array ?? []).compactMap { entry in
      guard let file = entry["file"]?.string, let name = entry["name"]?.string,
        let value = entry["value"]
      else { return nil }
      return DeclaredPart(file: file, name: name, value: value)
    }
  }

  func document(of repository: String) -> JSONValue {
    func list(_ digests: Set<String>) -> JSONValue {
      .array(digests.sorted().map(JSONValue.string))
    }
    return [
      "version": 1, "repository": .string(repository), "configurations": list(configurations),
      "workstreams": list(work), "last": .array(last.map(\.json)),
    ]
  }
}

extension DeclaredPart {
  package var json: JSONValue {
    ["file": .string(file), "name": .string(name), "value": value]
  }
}
