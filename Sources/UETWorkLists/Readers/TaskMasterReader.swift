import UETModel

/// The lists of task-master, one a tag: `tasks.json`.
struct TaskMasterReader {
  private let file: WorkListFile
  private let lines: LineNumbers

  static func read(_ file: WorkListFile) -> [WorkList] {
    let root: SourceJSON
    do { root = try SourceJSON(parsing: file.bytes.withoutByteOrderMark) } catch {
      return [.unreadable(.taskmaster, file, error)]
    }
    let reader = TaskMasterReader(file: file, lines: LineNumbers(file.bytes.withoutByteOrderMark))
    return reader.lists(root)
  }

  private func lists(_ root: SourceJSON) -> [WorkList] {
    let members = root.members ?? []
    let isFlat =
      root["tasks"]?.array != nil
      && members.allSatisfy { ["tasks", "metadata", "meta"].contains($0.key) }
    if isFlat, let tasks = root["tasks"]?.array {
      return [list(root["metadata"]?["tag"]?.string ?? "master", tasks)]
    }
    var result: [WorkList] = []
    for member in members {
      if let tasks = member.value["tasks"]?.array {
        result.append(list(member.key, tasks))
      } else {
        var empty = WorkList(.taskmaster, name: member.key, origin: file.path)
        empty.note(
          "not_a_tag", line: lines.line(at: member.start),
          "\(member.key.quoted(limit: 40)) holds no list of tasks; it is not read")
        result.append(empty)
      }
    }
    if result.isEmpty {
      var empty = WorkList(.taskmaster, name: "", origin: file.path)
      empty.note("no_tasks", "no list of tasks in the file: nothing to import")
      return [empty]
    }
    return result
  }

  private func list(_ tag: String, _ tasks: [SourceJSON]) -> WorkList {
    var list = WorkList(.taskmaster, name: tag, origin: file.path)
    var parents: [Int?] = []
    let mainIDs = Set(tasks.compactMap { $0["id"]?.scalar })
    for task in tasks {
      let id = task["id"]?.scalar ?? ""
      var item = self.item(task, id: id, &list)
      item.wants = wants(task, of: item, &list) { text, _ in text }
      let parts = task["subtasks"]?.array ?? []
      item.isGroup = !parts.isEmpty
      let place = list.items.count
      parents.append(nil)
      list.items.append(item)
      for part in parts {
        parents.append(place)
        list.items.append(subtask(part, of: id, siblings: parts, mainIDs, &list))
      }
      checkDone(list.items[place], Array(list.items[(place + 1)...]), &list)
    }
    if list.items.isEmpty { list.note("no_tasks", "the list \(tag.quoted(limit: 40)) is empty") }
    list.makeKeys(parents: parents, noun: "a task")
    return list
  }

  /// `2` in a sub-task of 3 is 3.2; `3.2` is that already.
  private static func fullID(_ id: String, of parent: String) -> String {
    id.isEmpty || id.hasPrefix(parent + ".") ? id : parent + "." + id
  }

  private func subtask(
    _ part: SourceJSON, of parent: String, siblings: [SourceJSON], _ mainIDs: Set<String>,
    _ list: inout WorkList
  ) -> WorkItem {
    let id = Self.fullID(part["id"]?.scalar ?? "", of: parent)
    var item = self.item(part, id: id, &list)
    let known = Set(siblings.compactMap { $0["id"]?.scalar }.map { Self.fullID($0, of: parent) })
    item.wants = wants(part, of: item, &list) { text, list in
      if text.contains(".") { return text }
      let sibling = parent + "." + text
      if known.contains(sibling) || !mainIDs.contains(text) { return sibling }
      list.note(
        "no_such_sibling", line: item.place.line,
        "\(id) depends on \(text), which is no sub-task beside it; taken as task \(text)", item: id)
      return text
    }
    if let written = part["parentId"]?.scalar, written != parent {
      list.note(
        "parent_ignored", line: item.place.line,
        "'parentId' of \(id) is \(written.quoted(limit: 30)); it is a part of \(parent)", item: id,
        weight: .note)
    }
    return item
  }

  private func item(_ task: SourceJSON, id: String, _ list: inout WorkList) -> WorkItem {
    let line = lines.line(at: task.range.lowerBound)
    let (state, word) = state(task, id, line, &list)
    let bytes = file.bytes.withoutByteOrderMark
    var item = WorkItem(
      id: id, title: task["title"]?.string ?? "", state: state,
      place: SourcePlace(file: file.path, line: line),
      tick: .member(digest: Digest.of(bytes[task.range])))
    item.stateWord = word
    item.text = ["description", "details"].compactMap { task[$0]?.string?.trimmed }
      .filter { !$0.isEmpty }
    for path in task["files"]?.array ?? [] {
      item.paths.merge(PathWords.declared(path.string ?? "", found: "files"))
    }
    for entry in task["relevantFiles"]?.array ?? [] where entry["action"]?.string != "reference" {
      item.paths.merge(
        PathWords.declared(entry["path"]?.string ?? "", found: "relevantFiles"))
    }
    for text in [item.title] + item.text { item.paths.merge(PathWords.all(in: text)) }
    return item
  }

  private func state(
    _ task: SourceJSON, _ id: String, _ line: Int, _ list: inout WorkList
  ) -> (WorkItem.State, String?) {
    guard let word = task["status"]?.string else {
      list.note("no_status", line: line, "\(id) has no status; taken as pending", item: id)
      return (.open, nil)
    }
    switch word.lowercased() {
    case "done", "completed": return (.done, word)
    case "cancelled", "canceled": return (.dropped, word)
    case "pending", "in-progress", "review", "blocked": return (.open, word)
    case "deferred":
      list.note("deferred", line: line, "\(id) is deferred; taken as open", item: id, weight: .note)
      return (.open, word)
    default:
      list.note(
        "unknown_status", line: line,
        "status \(word.quoted(limit: 30)) of \(id) is not known; taken as open",
        item: id)
      return (.open, word)
    }
  }

  private func wants(
    _ task: SourceJSON, of item: WorkItem, _ list: inout WorkList,
    _ resolve: (String, inout WorkList) -> String
  ) -> [WorkItem.Want] {
    guard let value = task["dependencies"], !value.isNull else {
      list.note(
        "no_dependencies", line: item.place.line, "\(item.id) has no 'dependencies'; taken as none",
        item: item.id, weight: .note)
      return []
    }
    var result: [WorkItem.Want] = []
    for entry in value.array ?? [value] {
      guard let text = entry.scalar?.trimmed, !text.isEmpty else {
        list.note(
          "odd_dependency", line: item.place.line, "a dependency of \(item.id) is no id",
          item: item.id)
        continue
      }
      result.append(
        WorkItem.Want(resolve(text, &list), line: lines.line(at: entry.range.lowerBound)))
    }
    return result
  }

  private func checkDone(_ task: WorkItem, _ parts: [WorkItem], _ list: inout WorkList) {
    let open = parts.filter { $0.state == .open }
    if task.state != .open, let first = open.first {
      list.note(
        "done_with_open_parts", line: task.place.line,
        "\(task.id) is \(task.stateWord ?? "done"), though \(first.id) is open"
          + (open.count > 1 ? " (and \(open.count - 1) more)" : ""), item: task.id)
    } else if task.state == .open, task.isGroup, open.isEmpty {
      list.note(
        "open_with_done_parts", line: task.place.line,
        "\(task.id) is open, though all of its sub-tasks are done; it is left out", item: task.id)
    }
  }
}

extension [UInt8] {
  var withoutByteOrderMark: [UInt8] {
    starts(with: [0xEF, 0xBB, 0xBF]) ? Array(dropFirst(3)) : self
  }
}

extension WorkList {
  /// A file of which nothing could be read, and why.
  static func unreadable(
    _ format: WorkListFormat, _ file: WorkListFile, _ error: JSONError
  ) -> WorkList {
    var list = WorkList(format, name: "", origin: file.path)
    let line = LineNumbers(file.bytes).line(at: error.offset)
    list.note("not_json", line: line, "the file is no JSON: \(error.description)")
    return list
  }
}
