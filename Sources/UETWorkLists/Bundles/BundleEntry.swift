import UETModel

/// A workstream as it is written into a bundle.
struct BundleEntry {
  /// Fields that follow the source until a person edits them, in the order in which they are
  /// written.
  enum Field: Int, CaseIterable {
    case tasks, scope, creates, dependencies, conflictGroup, tool, proposed

    /// Its key in a bundle.
    var name: String {
      switch self {
      case .tasks: "tasks"
      case .scope: "files_scope"
      case .creates: "files_create"
      case .dependencies: "depends_on"
      case .conflictGroup: "conflict_group"
      case .tool: "tool"
      case .proposed: "proposed"
      }
    }

    /// Whether a person who confirmed a scope has confirmed this.
    var isOfScope: Bool { self == .scope || self == .creates }

    /// Whether it is the source's to say at all.
    var isOfSource: Bool { self != .tool && self != .proposed }
  }

  static let key = "imported"

  let id: WorkstreamID
  let record: ImportRecord
  /// By field; nil for what is not written.
  private let values: [JSONValue?]

  subscript(field: Field) -> JSONValue? { values[field.rawValue] }

  /// Ids that it depends on, as written.
  let dependencies: [String]

  init(_ draft: Draft, of list: WorkList) {
    id = draft.id
    dependencies = draft.dependsOn.map(\.rawValue)
    // In the order of the fields.
    values = [
      .array(draft.tasks.map(JSONValue.string)),
      .array(draft.scope.writes.map(JSONValue.string)),
      .array(draft.scope.creates.map(JSONValue.string)),
      .array(dependencies.map(JSONValue.string)),
      draft.conflictGroup.map(JSONValue.string),
      .string(draft.tool),
      draft.isProposed ? true : nil,
    ]
    record = ImportRecord(draft.item, of: list, scope: draft.scope.ground, values)
  }

  /// The lines of the entry, indented for a list in a phase.
  var text: String {
    var lines = ["\"id\": " + JSONValue.string(id.rawValue).encoded()]
    for field in Field.allCases {
      guard let value = self[field] else { continue }
      lines.append("\"\(field.name)\": " + Self.text(of: value))
    }
    lines.append("\"\(Self.key)\": " + record.json.encoded())
    return "{\n      " + lines.joined(separator: ",\n      ") + "\n    }"
  }

  /// A value as it stands behind its key: a list that is long has a line for each item.
  static func text(of value: JSONValue) -> String {
    guard case .array(let items) = value else { return value.encoded() }
    let texts = items.map { $0.encoded() }
    let line = "[" + texts.joined(separator: ", ") + "]"
    if line.utf8.count <= 80 { return line }
    return "[\n        " + texts.joined(separator: ",\n        ") + "\n      ]"
  }
}

/// What a bundle keeps of its source: where it stands, and what was imported last, so that a later
/// import can tell what a person changed.
package struct ImportRecord: Hashable, Sendable {
  package var name: ItemName
  /// The file that it was read from, and its line.
  package var file: String
  package var line: Int
  /// Of the line or object that is ticked off; nil where nothing can be.
  package var digest: String?
  /// On what its scope rests.
  package var scope: String
  /// The digest of each field's value; empty where none is recorded.
  private var was: [String]

  init(
    _ item: WorkItem, of list: WorkList, scope: ScopeProposal.Ground,
    _ values: [JSONValue?]
  ) {
    name = ItemName(format: list.format, list: list.name, key: item.key)
    (file, line) = (item.place.file, item.place.line)
    self.scope = scope.rawValue
    was = values.map { Digest.of($0) }
    switch item.tick {
    case .box(let digest), .field(let digest, _), .member(let digest): self.digest = digest
    case .nothing, .command: digest = nil
    }
  }

  /// nil for what is no such record.
  package init?(_ json: JSONValue?) {
    guard let json, let format = json["format"]?.string.flatMap(WorkListFormat.init(rawValue:)),
      let list = json["list"]?.string, let key = json["id"]?.string
    else { return nil }
    name = ItemName(format: format, list: list, key: key)
    file = json["from"]?.string ?? ""
    line = json["line"]?.integer ?? 0
    digest = json["digest"]?.string
    scope = json["scope"]?.string ?? ""
    let known = json["was"]
    was = BundleEntry.Field.allCases.map { known?[$0.name]?.string ?? "" }
  }

  subscript(field: BundleEntry.Field) -> String {
    get { was[field.rawValue] }
    set { was[field.rawValue] = newValue }
  }

  var json: JSONValue {
    var object = JSONObject()
    object.append("format", .string(name.format.rawValue))
    object.append("list", .string(name.list))
    object.append("id", .string(name.key))
    object.append("from", .string(file))
    object.append("line", .integer(Int64(line)))
    object.append("digest", digest.map(JSONValue.string))
    object.append("scope", .string(scope))
    var was = JSONObject()
    for field in BundleEntry.Field.allCases {
      was.append(field.name, self[field].isEmpty ? nil : .string(self[field]))
    }
    object.append("was", .object(was))
    return .object(object)
  }
}
