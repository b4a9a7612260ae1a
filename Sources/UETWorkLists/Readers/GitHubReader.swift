import UETModel

/// Issues of GitHub, as `gh issue list --json` prints them.
struct GitHubReader {
  private let file: WorkListFile
  private var list: WorkList
  private var parents: [String?] = []
  private var reversed: [(from: String, to: String, line: Int)] = []
  private var withoutRelations = 0
  private var own: String?

  /// What is asked of `gh`; older ones know a part of them.
  package static let fields = [
    "number", "title", "body", "state", "stateReason", "url", "labels", "parent", "subIssues",
    "subIssuesSummary", "blockedBy", "blocking",
  ]

  static func read(_ file: WorkListFile) -> WorkList {
    let root: SourceJSON
    do { root = try SourceJSON(parsing: file.bytes.withoutByteOrderMark) } catch {
      return .unreadable(.github, file, error)
    }
    var reader = GitHubReader(file)
    reader.readAll(root)
    return reader.list
  }

  private init(_ file: WorkListFile) {
    self.file = file
    list = WorkList(.github, name: "", origin: file.path)
  }

  private mutating func readAll(_ root: SourceJSON) {
    let lines = LineNumbers(file.bytes.withoutByteOrderMark)
    let issues = root.array ?? root["issues"]?.array ?? (root["number"] == nil ? [] : [root])
    own = Self.ownRepository(issues)
    for issue in issues where issue["pull_request"] == nil {
      read(issue, line: lines.line(at: issue.range.lowerBound))
    }
    finish()
  }

  /// `owner/name` of the repository: by an issue's address, else by a link to an issue of the list.
  private static func ownRepository(_ issues: [SourceJSON]) -> String? {
    for issue in issues {
      if let url = issue["url"]?.string ?? issue["html_url"]?.string {
        let parts = url.split(separator: "/")
        if parts.count >= 4 { return parts.suffix(4).prefix(2).joined(separator: "/") }
      }
    }
    var titles: [String: String] = [:]
    for issue in issues {
      titles[issue["number"]?.scalar ?? ""] = issue["title"]?.string ?? ""
    }
    for issue in issues {
      for key in ["parent", "subIssues", "blockedBy", "blocking"] {
        for node in nodes(issue[key]) {
          if let number = node["number"]?.scalar, titles[number] == node["title"]?.string,
            let name = node["repository"]?["nameWithOwner"]?.string
          {
            return name
          }
        }
      }
    }
    return nil
  }

  /// A list, one linked issue, or a connection with `nodes`.
  private static func nodes(_ value: SourceJSON?) -> [SourceJSON] {
    guard let value, !value.isNull else { return [] }
    return value.array ?? value["nodes"]?.array ?? (value["number"] == nil ? [] : [value])
  }

  private mutating func read(_ issue: SourceJSON, line: Int) {
    guard let id = issue["number"]?.scalar else {
      return list.note("no_id", line: line, "an issue without a number; not imported")
    }
    let isClosed = issue["state"]?.string?.lowercased() == "closed"
    let reason = (issue["stateReason"] ?? issue["state_reason"])?.string?.lowercased() ?? ""
    let isDropped = isClosed && (reason == "not_planned" || reason == "duplicate")
    var item = WorkItem(
      id: id, title: issue["title"]?.string ?? "",
      state: isDropped ? .dropped : isClosed ? .done : .open,
      place: SourcePlace(file: file.path, line: line),
      tick: .command(["gh", "issue", "close", id]))
    item.stateWord = issue["state"]?.string
    if isDropped {
      list.note(
        "dropped", line: line, "#\(id) was closed as \(reason): dropped, not done", item: id,
        weight: .note)
    }
    let body = issue["body"]?.string?.trimmed ?? ""
    item.text = body.isEmpty ? [] : [body]
    for text in [item.title, body] { item.paths.merge(PathWords.all(in: text)) }
    readRelations(issue, of: &item)
    noteProse(body, item)
    list.items.append(item)
  }

  private mutating func readRelations(_ issue: SourceJSON, of item: inout WorkItem) {
    let keys = ["parent", "subIssues", "blockedBy", "blocking"]
    if keys.allSatisfy({ issue[$0] == nil }) { withoutRelations += 1 }
    let parts = Self.nodes(issue["subIssues"])
    let total = (issue["subIssuesSummary"] ?? issue["sub_issues_summary"])?["total"]?.scalar
    item.isGroup = !parts.isEmpty || (total.map { $0 != "0" } ?? false)
    parents.append(Self.nodes(issue["parent"]).first.flatMap { ownID($0) })
    for node in parts { learn(node) }
    for node in Self.nodes(issue["blockedBy"]) {
      if let target = target(node, item) {
        item.wants.append(WorkItem.Want(target, line: item.place.line))
      }
    }
    for node in Self.nodes(issue["blocking"]) {
      if let waiting = ownID(node) { reversed.append((waiting, item.id, item.place.line)) }
    }
    for key in keys.dropFirst() { checkCut(issue[key], key, item) }
    if let count = issue["issue_dependencies_summary"]?["blocked_by"]?.scalar, count != "0",
      item.wants.isEmpty
    {
      list.note(
        "relations_missing", line: item.place.line,
        "#\(item.id) is blocked by \(count) issues that the file does not name", item: item.id)
    }
  }

  private mutating func checkCut(_ value: SourceJSON?, _ key: String, _ item: WorkItem) {
    guard let total = value?["totalCount"]?.scalar.flatMap({ Int($0) }),
      let shown = value?["nodes"]?.array?.count, shown < total
    else { return }
    list.note(
      "cut", line: item.place.line,
      "#\(item.id): \(total - shown) of \(total) entries of '\(key)' are cut off", item: item.id)
  }

  private mutating func learn(_ node: SourceJSON) {
    if node["state"]?.string?.lowercased() == "closed", let id = ownID(node) {
      list.knownDone.insert(id)
    }
  }

  private func repository(_ node: SourceJSON) -> String? {
    node["repository"]?["nameWithOwner"]?.string
  }

  private func ownID(_ node: SourceJSON) -> String? {
    if let own, let other = repository(node), other.lowercased() != own.lowercased() { return nil }
    return node["number"]?.scalar
  }

  private mutating func target(_ node: SourceJSON, _ item: WorkItem) -> String? {
    guard let id = ownID(node) else {
      let name = "\(repository(node) ?? "")#\(node["number"]?.scalar ?? "?")"
      let isDone = node["state"]?.string?.lowercased() == "closed"
      list.note(
        "outside", line: item.place.line,
        "#\(item.id) waits for \(name) in another repository"
          + (isDone ? ", which is closed" : ""), item: item.id, weight: isDone ? .note : .warning)
      return nil
    }
    learn(node)
    return id
  }

  /// `Blocked by #40` is no relation that the tool knows.
  private mutating func noteProse(_ body: String, _ item: WorkItem) {
    let lower = body.lowercased()
    guard lower.contains("blocked by") || lower.contains("depends on") else { return }
    var rest = lower[...]
    var seen: Set<Substring> = []
    while let hash = rest.firstIndex(of: "#") {
      rest = rest[rest.index(after: hash)...]
      let number = rest.prefix { $0.isASCII && $0.isNumber }
      guard !number.isEmpty, seen.insert(number).inserted,
        !item.wants.contains(where: { $0.text == number })
      else { continue }
      list.note(
        "only_in_prose", line: item.place.line,
        "#\(item.id) names #\(number) only in its text; that is no dependency", item: item.id)
    }
  }

  private mutating func finish() {
    var places: [String: Int] = [:]
    for (index, item) in list.items.enumerated() { places[item.id] = index }
    for edge in reversed {
      guard let index = places[edge.from],
        !list.items[index].wants.contains(where: { $0.text == edge.to })
      else { continue }
      list.items[index].wants.append(WorkItem.Want(edge.to, line: edge.line))
    }
    if withoutRelations > 0 {
      list.note(
        "relations_unknown",
        "\(withoutRelations.counting("issue")) without relations, as from an older gh: what blocks is unknown"
      )
    }
    if list.items.isEmpty { list.note("no_tasks", "no issue in the file: nothing to import") }
    list.makeKeys(
      parents: parents.map { parent in parent.flatMap { places[$0] } }, noun: "an issue")
  }
}
