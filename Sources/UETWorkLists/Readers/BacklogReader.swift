import UETModel

/// The tasks of Backlog.md: a file each, in `tasks` and `completed`.
struct BacklogReader {
  private var list: WorkList
  private var statuses: [String] = ["To Do", "In Progress", "Done"]
  private var prefix = "task"
  private var parents: [String?] = []

  static func read(_ files: [WorkListFile], origin: String) -> WorkList {
    var reader = BacklogReader(origin)
    if let file = files.first(where: isConfiguration) { reader.configure(file) }
    let tasks = files.filter { !isConfiguration($0) && $0.name.hasSuffix(".md") }
    for file in tasks { reader.read(file) }
    reader.finish()
    return reader.list
  }

  private init(_ origin: String) {
    list = WorkList(.backlog, name: "", origin: origin)
    list.sameness = .loose
  }

  private static func isConfiguration(_ file: WorkListFile) -> Bool {
    ["config.yml", "config.yaml", "backlog.config.yml"].contains(file.name)
  }

  private mutating func configure(_ file: WorkListFile) {
    let head = FrontMatter(all: TextLines(file.bytes).lines)
    if let items = head["statuses"]?.items, !items.isEmpty { statuses = items }
    if let text = head["task_prefix"]?.text, !text.isEmpty { prefix = text }
  }

  private mutating func read(_ file: WorkListFile) {
    let folders = file.parts.dropLast()
    if folders.contains("archive") || folders.contains("drafts") || folders.contains("milestones") {
      return
    }
    let isCompleted = folders.last == "completed"
    guard isCompleted || folders.last == "tasks" else { return }
    let lines = TextLines(file.bytes).lines
    let head = FrontMatter(headOf: lines)
    guard head.length > 0 else {
      return list.note("no_head", "the file has no front matter; not imported", file: file.path)
    }
    for fault in head.faults {
      list.note(
        "not_yaml", line: fault.line, "no valid YAML, read all the same: \(fault.reason)",
        file: file.path)
    }
    guard let id = head["id"]?.text, !id.isEmpty else {
      return list.note("no_id", "the task has no id; not imported", file: file.path)
    }
    let status = head["status"]
    var item = WorkItem(
      id: id, title: head["title"]?.text ?? "",
      state: isCompleted ? .done : state(status?.text ?? "", id, file, status?.line ?? 0),
      place: SourcePlace(file: file.path, line: head["id"]?.line ?? 1),
      tick: status.map {
        .field(digest: Digest.of($0.source.utf8), done: statuses.last ?? "Done")
      } ?? .nothing)
    item.stateWord = status?.text
    if isCompleted, let word = status?.text, word.lowercased() != statuses.last?.lowercased() {
      list.note(
        "done_by_place", line: status?.line ?? 0,
        "\(id) is \(word.quoted(limit: 30)), which is not the last status; done by its folder",
        item: id, file: file.path, weight: .note)
    }
    for path in head["modified_files"]?.items ?? [] {
      item.paths.merge(PathWords.declared(path, found: "modified_files"))
    }
    readBody(lines.dropFirst(head.length), into: &item)
    for entry in head["dependencies"]?.items ?? [] {
      item.wants.append(want(entry, item, head["dependencies"]?.line ?? 1))
    }
    parents.append(head["parent_task_id"]?.text)
    list.items.append(item)
  }

  private mutating func state(
    _ word: String, _ id: String, _ file: WorkListFile, _ line: Int
  ) -> WorkItem.State {
    let lower = word.lowercased()
    if lower == statuses.last?.lowercased() { return .done }
    if statuses.contains(where: { $0.lowercased() == lower }) { return .open }
    if ["won't do", "wontfix", "won't fix", "skipped", "cancelled"].contains(lower) {
      list.note(
        "dropped", line: line,
        "\(id) is \(word.quoted(limit: 30)): left out, not done",
        item: id, file: file.path)
      return .dropped
    }
    list.note(
      "unknown_status", line: line,
      "status \(word.quoted(limit: 30)) of \(id) is none of those configured "
        + "(the last, '\((statuses.last ?? ""))', is done); taken as open",
      item: id, file: file.path)
    return .open
  }

  /// Sometimes a title or a file's name was pasted behind the id.
  private mutating func want(_ entry: String, _ item: WorkItem, _ line: Int) -> WorkItem.Want {
    let text = entry.trimmed
    let letters = text.prefix { $0.isLetter }
    var rest = text.dropFirst(letters.count)
    if letters.isEmpty, rest.allSatisfy({ $0.isNumber || $0 == "." }) {
      return WorkItem.Want("\(prefix)-\(rest)", line: line)
    }
    guard rest.first == "-" else { return WorkItem.Want(text, line: line) }
    rest = rest.dropFirst()
    let number = rest.prefix { $0.isNumber || $0 == "." }
    let id = "\(letters)-\(number)".trimmed
    guard !number.isEmpty, id.count < text.count else { return WorkItem.Want(text, line: line) }
    list.note(
      "odd_dependency", line: line,
      "\(item.id) depends on \(text.quoted(limit: 60)), read as \(id)",
      item: item.id, file: item.place.file)
    return WorkItem.Want(id, line: line)
  }

  private func readBody(_ lines: ArraySlice<TextLines.Line>, into item: inout WorkItem) {
    var section = ""
    var fence = FenceWatch()
    for line in lines {
      let text = line.text.trimmed
      if fence.hides(line) || text.isEmpty { continue }
      if let heading = HeadingLine(line) {
        section = heading.text.lowercased()
      } else if let box = BoxLine(line) {
        if section.contains("acceptance") { item.text.append("Done when: " + box.text) }
      } else if section.contains("description") || section.contains("plan") || section.isEmpty {
        item.text.append(text)
        item.paths.merge(PathWords.all(in: text))
      }
    }
    let named = PathWords.all(in: item.title)
    item.paths.merge(named)
  }

  private mutating func finish() {
    var places: [String: Int] = [:]
    for (index, item) in list.items.enumerated() {
      places[list.sameness.canonical(item.id)] = index
    }
    list.makeKeys(
      parents: parents.map { parent in parent.flatMap { places[list.sameness.canonical($0)] } },
      noun: "a task")
    if list.items.isEmpty { list.note("no_tasks", "no file of a task: nothing to import") }
  }
}
