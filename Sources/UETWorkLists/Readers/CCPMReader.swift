import UETModel

/// An epic of CCPM: a file a task, `001.md`, after a sync the number of its issue.
struct CCPMReader {
  private var list: WorkList
  private var streams: [(id: String, paths: [NamedPath])] = []
  private var notParallel = 0
  private var parallelLists = 0

  /// The files of one epic's folder.
  static func read(_ files: [WorkListFile], epic: String, origin: String) -> WorkList {
    var reader = CCPMReader(epic, origin)
    for file in files where file.name.hasSuffix("-analysis.md") { reader.readAnalysis(file) }
    for file in files where isTask(file) { reader.read(file) }
    reader.finish(files)
    return reader.list
  }

  private init(_ epic: String, _ origin: String) {
    list = WorkList(.ccpm, name: epic, origin: origin)
    list.sameness = .loose
  }

  private static func isTask(_ file: WorkListFile) -> Bool {
    file.name.hasSuffix(".md") && isNumber(file.name.dropLast(3))
  }

  private static func isNumber(_ text: Substring) -> Bool {
    text.first?.isNumber == true && text.utf8.allSatisfy { $0.isDigit || $0 == UInt8(ascii: ".") }
  }

  /// The scopes of its streams belong to the task whose number it carries.
  private mutating func readAnalysis(_ file: WorkListFile) {
    let id = String(file.name.dropLast("-analysis.md".count))
    var paths: [NamedPath] = []
    for line in TextLines(file.bytes).lines {
      let text = line.text.trimmed
      guard text.hasPrefix("**Files**:") || text.hasPrefix("- **Files**:"),
        let colon = text.firstIndex(of: ":")
      else { continue }
      paths.merge(
        PathWords.declaredList(String(text[text.index(after: colon)...]), found: "analysis"))
    }
    streams.append((id, paths))
  }

  private mutating func read(_ file: WorkListFile) {
    let id = String(file.name.dropLast(3))
    let lines = TextLines(file.bytes).lines
    let head = FrontMatter(headOf: lines)
    if head.length == 0 {
      list.note(
        "no_head", "the task has no front matter: open, and without dependencies", item: id,
        file: file.path)
    }
    for fault in head.faults {
      list.note(
        "not_yaml", line: fault.line, "no valid YAML, read all the same: \(fault.reason)", item: id,
        file: file.path)
    }
    let heading = lines.lazy.compactMap(HeadingLine.init).first { $0.level == 1 }?.text
    var item = WorkItem(
      id: id, title: head["name"]?.text ?? heading ?? "",
      state: state(head["status"], id, file),
      place: SourcePlace(file: file.path, line: head["name"]?.line ?? 1),
      tick: head["status"].map {
        .field(digest: Digest.of($0.source.utf8), done: "closed")
      } ?? .nothing)
    item.stateWord = head["status"]?.text
    for field in ["files", "test_files"] {
      for path in head[field]?.items ?? [] {
        item.paths.merge(PathWords.declared(path, found: field))
      }
    }
    readBody(lines.dropFirst(head.length), into: &item)
    readRelations(head, into: &item, file)
    if let number = head["github"]?.text.split(separator: "/").last, Self.isNumber(number) {
      list.aliases[String(number)] = list.items.count
    }
    list.items.append(item)
  }

  private mutating func state(
    _ entry: FrontMatter.Entry?, _ id: String, _ file: WorkListFile
  ) -> WorkItem.State {
    switch entry?.text.lowercased() ?? "open" {
    case "closed", "completed", "complete", "done": return .done
    case "open", "in-progress", "in_progress", "ready", "todo", "pending", "": return .open
    default:
      list.note(
        "unknown_status", line: entry?.line ?? 0,
        "status \((entry?.text ?? "").quoted(limit: 30)) of \(id) is not known; taken as open",
        item: id, file: file.path)
      return .open
    }
  }

  private mutating func readRelations(
    _ head: FrontMatter, into item: inout WorkItem, _ file: WorkListFile
  ) {
    let entry = head["depends_on"] ?? head["dependencies"]
    for text in Self.ids(entry) {
      item.wants.append(WorkItem.Want(text, line: entry?.line ?? 1))
    }
    item.conflicts = Self.ids(head["conflicts_with"])
    guard let parallel = head["parallel"] else { return }
    if parallel.items != nil { parallelLists += 1 }
    item.isMarkedParallel = parallel.text.lowercased() == "true"
    if parallel.text.lowercased() == "false" { notParallel += 1 }
  }

  private static func ids(_ entry: FrontMatter.Entry?) -> [String] {
    guard let entry else { return [] }
    let texts = entry.items ?? entry.text.split(separator: ",").map { $0.trimmed }
    return texts.map { $0.hasSuffix(".md") ? String($0.dropLast(3)) : $0 }
      .map { $0.hasPrefix("#") ? String($0.dropFirst()) : $0 }
      .filter { !$0.isEmpty && $0.lowercased() != "none" }
  }

  private func readBody(_ lines: ArraySlice<TextLines.Line>, into item: inout WorkItem) {
    var fence = FenceWatch()
    var section = ""
    for line in lines {
      let text = line.text.trimmed
      if fence.hides(line) || text.isEmpty { continue }
      if let heading = HeadingLine(line) {
        section = heading.text.lowercased()
      } else if section.contains("acceptance"), let box = BoxLine(line) {
        item.text.append("Done when: " + box.text)
      } else if section.contains("dependenc") || section.contains("definition of done")
        || section.contains("effort")
      {
        continue
      } else {
        item.text.append(text)
        item.paths.merge(PathWords.all(in: text))
      }
    }
    item.paths.merge(PathWords.all(in: item.title))
  }

  private mutating func finish(_ files: [WorkListFile]) {
    var places: [String: Int] = [:]
    for (index, item) in list.items.enumerated() {
      places[list.sameness.canonical(item.id)] = index
    }
    for (id, paths) in streams {
      guard let index = places[list.sameness.canonical(id)] else { continue }
      list.items[index].paths =
        paths
        + list.items[index].paths.filter { path in
          !paths.contains { $0.text == path.text }
        }
    }
    if notParallel > 0 {
      list.note(
        "parallel_false",
        "\(notParallel) \(notParallel == 1 ? "task says" : "tasks say") 'parallel: false': that is "
          + "no dependency, and scopes decide what runs beside what", weight: .note)
    }
    if parallelLists > 0 {
      list.note("odd_parallel", "'parallel' holds a list in \(parallelLists) tasks; not read")
    }
    let others = files.filter { file in
      !Self.isTask(file) && file.name.hasSuffix(".md") && !file.name.hasSuffix("-analysis.md")
        && !Self.others.contains(file.name.lowercased())
    }
    for file in others {
      list.note("not_a_task", "the file's name is no number; it is not read", file: file.path)
    }
    if list.items.isEmpty { list.note("no_tasks", "no file of a task: nothing to import") }
    list.makeKeys(parents: list.items.map { _ in nil }, noun: "a task")
  }

  private static let others: Set<String> = [
    "epic.md", "github-mapping.md", "execution-status.md", "readme.md",
  ]
}
