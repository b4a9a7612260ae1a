import UETModel

/// Issues of beads: the lines of its export, or what its commands print with `--json`.
struct BeadsReader {
  private let file: WorkListFile
  private var list: WorkList
  private var parents: [String?] = []
  private var leftOut: [String: Int] = [:]
  private var unordered: [String: Int] = [:]
  private var lines: LineNumbers

  static func read(_ file: WorkListFile) -> WorkList {
    var reader = BeadsReader(file)
    reader.readAll()
    reader.finish()
    return reader.list
  }

  private init(_ file: WorkListFile) {
    self.file = file
    list = WorkList(.beads, name: "", origin: file.path)
    lines = LineNumbers(file.bytes.withoutByteOrderMark)
  }

  private mutating func readAll() {
    let bytes = file.bytes.withoutByteOrderMark
    // One document: an array, or an envelope around one.
    if let root = try? SourceJSON(parsing: bytes) {
      let items = root.array ?? root["data"]?.array ?? root["issues"]?.array
      if let items {
        list.isPartial = true
        for item in items { read(item, line: lines.line(at: item.range.lowerBound), bytes) }
        return
      }
    }
    for line in TextLines(file.bytes).lines where !line.text.trimmed.isEmpty {
      do {
        let content = Array(line.bytes)
        read(try SourceJSON(parsing: content), line: line.number, content)
      } catch {
        list.note("not_json", line: line.number, "the line is no JSON: \(error.description)")
      }
    }
  }

  private static let otherTypes: Set<String> = [
    "event", "message", "molecule", "gate", "agent", "convoy", "memory",
  ]

  private mutating func read(_ issue: SourceJSON, line: Int, _ bytes: [UInt8]) {
    let type = issue["issue_type"]?.string ?? issue["type"]?.string ?? "task"
    if issue["_schema"] != nil { return }
    if let kind = issue["_type"]?.string, kind != "issue" {
      leftOut["'\(kind)' lines", default: 0] += 1
      return
    }
    guard let id = issue["id"]?.scalar, !id.isEmpty else {
      return list.note("no_id", line: line, "a line without an id; not imported")
    }
    let word = issue["status"]?.string ?? "open"
    if word == "tombstone" || word == "pinned" || Self.otherTypes.contains(type) {
      leftOut[
        word == "tombstone" || word == "pinned"
          ? "\(word) issues" : "issues of type '\(type)'", default: 0] += 1
      if word == "tombstone" { list.knownDone.insert(id) }
      return
    }
    var item = WorkItem(
      id: id, title: issue["title"]?.string ?? "", state: state(word, id, line),
      place: SourcePlace(file: file.path, line: line), tick: .command(["bd", "close", id]))
    item.stateWord = word
    item.isGroup = type == "epic"
    item.text = ["description", "design", "acceptance_criteria", "notes"]
      .compactMap { issue[$0]?.string?.trimmed }.filter { !$0.isEmpty }
    for text in [item.title] + item.text { item.paths.merge(PathWords.all(in: text)) }
    var parent = issue["parent"]?.scalar
    for dependency in issue["dependencies"]?.array ?? [] {
      readDependency(dependency, of: &item, &parent)
    }
    parents.append(parent)
    list.items.append(item)
  }

  private mutating func state(_ word: String, _ id: String, _ line: Int) -> WorkItem.State {
    switch word {
    case "closed": return .done
    case "open", "in_progress", "blocked", "deferred", "hooked": return .open
    default:
      list.note(
        "unknown_status", line: line,
        "status \(word.quoted(limit: 30)) of \(id) is not known; taken as open",
        item: id)
      return .open
    }
  }

  /// In exports an edge with two ids; in what `bd show` prints a whole issue.
  private mutating func readDependency(
    _ entry: SourceJSON, of item: inout WorkItem, _ parent: inout String?
  ) {
    let line = item.place.line
    let kind = entry["type"]?.string ?? entry["dependency_type"]?.string ?? "blocks"
    guard let target = (entry["depends_on_id"] ?? entry["id"])?.scalar else {
      return list.note(
        "odd_dependency", line: line, "a dependency of \(item.id) names no issue",
        item: item.id)
    }
    if let owner = entry["issue_id"]?.scalar, owner != item.id { return }
    // Whole issues say their own state.
    if entry["depends_on_id"] == nil, entry["status"]?.string == "closed" {
      list.knownDone.insert(target)
    }
    switch kind {
    case "parent-child": parent = target
    case "blocks", "waits-for":
      if target.hasPrefix("external:") {
        return list.note(
          "outside", line: line,
          "\(item.id) waits for \(target.quoted(limit: 60)), which is in no list here",
          item: item.id)
      }
      if kind == "waits-for", entry["metadata"]?.string?.contains("any-children") == true {
        list.note(
          "any_child", line: line,
          "\(item.id) waits for any child of \(target); taken as for all",
          item: item.id)
      }
      item.wants.append(
        WorkItem.Want(target, line: line, need: kind == "blocks" ? .one : .parts))
    case "conditional-blocks":
      list.note(
        "conditional", line: line,
        "\(item.id) is to run only if \(target) fails; that is no dependency",
        item: item.id)
    default: unordered[kind, default: 0] += 1
    }
  }

  private mutating func finish() {
    var places: [String: Int] = [:]
    for (index, item) in list.items.enumerated() { places[item.id] = index }
    let found = parents.map { parent in parent.flatMap { places[$0] } }
    let withParts = Set(found.compactMap { $0 })
    for index in list.items.indices where !withParts.contains(index) {
      list.items[index].isGroup = false
    }
    list.makeKeys(parents: found, noun: "an issue")
    for (kind, count) in leftOut.sorted(by: { $0.key < $1.key }) {
      list.note("left_out", "left out: \(kind) (\(count))", weight: .note)
    }
    for (kind, count) in unordered.sorted(by: { $0.key < $1.key }) {
      list.note(
        "no_order", "links '\(kind)' say nothing of the order (\(count))",
        weight: .note)
    }
    if list.isPartial {
      list.note(
        "partial",
        "a list of a command: what is not in it counts as done, and what it does not show is unknown",
        weight: .note)
    }
    if list.items.isEmpty { list.note("no_tasks", "no issue in the file: nothing to import") }
  }
}
