import UETModel
import UETReporting
import UETWorkLists

/// What an import did, or would do: a table of the workstreams, and all that was remarked.
struct ImportView {
  let outcome: ImportOutcome
  let drafts: [DraftList]
  let isDryRun: Bool
  let isLong: Bool
  let style: TextStyle

  /// How many workstreams of a list are shown without `--long`.
  private static let shownChanges = 20

  var lines: [String] {
    var lines = changeLines
    if !lines.isEmpty, !outcome.findings.isEmpty { lines.append("") }
    lines += findingLines
    if !lines.isEmpty { lines.append("") }
    return lines + summary
  }

  // MARK: Workstreams

  private var scopes: [WorkstreamID: ScopeProposal] {
    var result: [WorkstreamID: ScopeProposal] = [:]
    for list in drafts { for draft in list.drafts { result[draft.id] = draft.scope } }
    return result
  }

  private var changeLines: [String] {
    let scopes = scopes
    var lines: [String] = []
    var shown = 0
    let changes = outcome.changes.filter { $0.action != .unchanged || !$0.differences.isEmpty }
    let width = changes.map { $0.workstream.rawValue.utf8.count }.max() ?? 0
    var file: String?
    for change in changes {
      if !isLong, shown >= Self.shownChanges {
        lines.append("  and \(changes.count - shown) more; all of them: --long")
        break
      }
      if change.file != file {
        file = change.file
        lines.append(style.cut(change.file.terminalSafe, to: style.width))
      }
      shown += 1
      lines += self.lines(of: change, scopes[change.workstream], width: min(width, 36))
    }
    return lines
  }

  private func lines(
    of change: ImportChange, _ scope: ScopeProposal?, width: Int
  ) -> [String] {
    let sign =
      switch change.action {
      case .added: "+"
      case .updated: "~"
      case .unchanged: "="
      case .kept: "!"
      case .removed: "-"
      }
    let what: String =
      switch change.action {
      case .added: Self.words(scope)
      case .updated: "follows: " + change.fields.joined(separator: ", ")
      case .unchanged: "as it was"
      case .kept, .removed:
        "\(change.action == .kept ? "kept: " : "")\(change.reason ?? "")"
      }
    let name = style.pad(change.workstream.rawValue, to: width)
    var lines = [style.cut("  \(sign) \(name)  \(what.terminalSafe)", to: style.width)]
    for difference in change.differences {
      let text =
        "      edited by hand: \(difference.field); the source says \(difference.source.terminalSafe)"
      lines.append(isLong ? text : style.cut(text, to: style.width))
    }
    return lines
  }

  private static func words(_ scope: ScopeProposal?) -> String {
    guard let scope else { return "" }
    let names = scope.writes.joined(separator: ", ")
    return switch scope.ground {
    case .unknown: "everything (no path is named)"
    case .declared: names
    case .inherited: "\(names) (of what it is part of)"
    case .proposed: names + (isQuestion(scope) ? " ?" : "")
    }
  }

  private static func isQuestion(_ scope: ScopeProposal) -> Bool {
    scope.placed.contains { $0.standing == .several || $0.standing == .unknown }
  }

  private var findingLines: [String] {
    FindingLines(findings: outcome.findings, isLong: isLong, style: style).lines
  }

  // MARK: Summary

  private var summary: [String] {
    var counts: [ImportChange.Action: Int] = [:]
    for change in outcome.changes { counts[change.action, default: 0] += 1 }
    let words = ImportChange.Action.allCases.compactMap { action in
      counts[action].map { "\($0) \(action.rawValue)" }
    }
    let left = drafts.reduce(0) { sum, list in
      sum + list.list.items.count { $0.state != .open }
    }
    var text = words.isEmpty ? "nothing to import" : words.joined(separator: ", ")
    if left > 0 { text += "; \(left) done or dropped at the source" }
    if isDryRun { text = "would be: " + text + "; nothing was written" }
    var lines = style.wrap(text, indent: 0)
    let proposed = drafts.reduce(0) { $0 + $1.drafts.count(where: \.isProposed) }
    if !isDryRun, proposed > 0, counts[.added] != nil || counts[.updated] != nil {
      lines.append("hint: look at the scopes: git uet plan --long")
      lines.append("hint: then confirm them: git uet import --confirm [WORKSTREAM...]")
    }
    return lines
  }
}

extension ImportView {
  /// The document of `--format json`; see `schema/import.schema.json`.
  func json(_ format: WorkListFormat) -> JSONValue {
    var object = JSONObject()
    object.append("version", 1)
    object.append("format", .string(format.rawValue))
    object.append("dry_run", .bool(isDryRun))
    object.append("lists", .array(drafts.map(json)))
    object.append("changes", .array(outcome.changes.map(\.json)))
    object.append("findings", .array(outcome.findings.map(\.json)))
    object.append(
      "files",
      .array(
        outcome.files.map {
          ["path": .string($0.path), "removed": .bool($0.bytes == nil)]
        }))
    return .object(object)
  }

  private func json(_ drafted: DraftList) -> JSONValue {
    let names = Dictionary(
      drafted.drafts.map { ($0.item.key, $0) }, uniquingKeysWith: { first, _ in first })
    return [
      "name": .string(drafted.list.name), "from": .string(drafted.list.origin),
      "items": .array(drafted.list.items.map { json($0, names[$0.key]) }),
    ]
  }

  private func json(_ item: WorkItem, _ draft: Draft?) -> JSONValue {
    var object = JSONObject()
    object.append("id", .string(item.key))
    object.append("written_id", .string(item.id))
    object.append("title", .string(item.title))
    object.append("state", .string(item.state.rawValue))
    object.append("source_state", item.stateWord.map(JSONValue.string))
    object.append("parent", item.parent.map(JSONValue.string))
    object.append("group", .bool(item.isGroup))
    object.append("section", item.section.map { .string($0.title) })
    object.append("file", .string(item.place.file))
    object.append("line", .integer(Int64(item.place.line)))
    object.append("workstream", draft.map { .string($0.id.rawValue) })
    object.append("depends_on", .array(item.edges.map(\.json)))
    object.append("scope", draft?.scope.json)
    return .object(object)
  }
}

extension WorkItem.Edge {
  fileprivate var json: JSONValue {
    let (state, target): (String, String?) =
      switch standing {
      case .resolved(let key): ("resolved", key)
      case .forward(let key): ("forward", key)
      case .cyclic(let key): ("cyclic", key)
      case .missing: ("missing", nil)
      case .ambiguous: ("ambiguous", nil)
      }
    var object: JSONObject = ["written": .string(want.text), "state": .string(state)]
    object.append("id", target.map(JSONValue.string))
    return .object(object)
  }
}

extension ScopeProposal {
  fileprivate var json: JSONValue {
    [
      "ground": .string(ground.rawValue), "writes": .array(writes.map(JSONValue.string)),
      "creates": .array(creates.map(JSONValue.string)),
      "paths": .array(
        placed.map { path in
          var object: JSONObject = [
            "written": .string(path.named.text), "kind": .string(path.named.kind.rawValue),
            "found": .string(path.named.found), "state": .string(path.standing.rawValue),
          ]
          object.append("pattern", path.pattern.map(JSONValue.string))
          return .object(object)
        }),
    ]
  }
}
