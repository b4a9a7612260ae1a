import UETModel

/// Files of a tool in, lists of work out.
package enum WorkListReader {
  /// Reads the lists of `files`; they are in the order of their paths.
  package static func read(
    _ format: WorkListFormat, _ files: [WorkListFile], options: ReadingOptions = ReadingOptions(),
    origin: String = ""
  ) -> [WorkList] {
    let sorted = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    var lists: [WorkList] =
      switch format {
      case .openspec: sorted.filter(isTaskFile).map { OpenSpecReader.read($0, options) }
      case .speckit: sorted.filter(isTaskFile).map { SpecKitReader.read($0) }
      case .taskmaster: sorted.flatMap { TaskMasterReader.read($0) }
      case .beads: sorted.map { BeadsReader.read($0) }
      case .backlog: sorted.isEmpty ? [] : [BacklogReader.read(sorted, origin: origin)]
      case .ccpm: epics(sorted)
      case .github: sorted.map { GitHubReader.read($0) }
      }
    for index in lists.indices { lists[index].resolve() }
    return lists.map(withoutArchive)
  }

  private static func isTaskFile(_ file: WorkListFile) -> Bool { file.name.hasSuffix(".md") }

  private static func epics(_ files: [WorkListFile]) -> [WorkList] {
    var folders: [String: [WorkListFile]] = [:]
    for file in files {
      folders[file.parts.dropLast().joined(separator: "/"), default: []].append(file)
    }
    return folders.sorted { $0.key < $1.key }.compactMap { folder, files in
      let parts = folder.split(separator: "/")
      if parts.contains("archived") || parts.contains(".archived") || parts.contains("updates") {
        return nil
      }
      let epic = parts.last.map(String.init) ?? "epic"
      let isEmpty = !files.contains { $0.name.first?.isNumber == true || $0.name == "epic.md" }
      return isEmpty ? nil : CCPMReader.read(files, epic: epic, origin: folder)
    }
  }

  /// What was archived is not imported; what is open in it is told.
  private static func withoutArchive(_ list: WorkList) -> WorkList {
    guard list.format == .openspec,
      OpenSpecReader.isArchived(WorkListFile(path: list.origin, bytes: []))
    else { return list }
    var result = WorkList(.openspec, name: list.name, origin: list.origin)
    let open = list.items.count { $0.state == .open }
    if open > 0 {
      result.note(
        "archived_open",
        "archived with \(open) open \(open == 1 ? "box" : "boxes"); archived work is not imported")
    }
    return result
  }

  /// Whether a file below a folder is one that lists of the format are read from.
  package static func wants(_ format: WorkListFormat, _ path: String) -> Bool {
    let parts = path.split(separator: "/")
    guard let name = parts.last else { return false }
    switch format {
    case .openspec, .speckit: return name == "tasks.md"
    case .taskmaster: return name == "tasks.json"
    case .beads: return name == "issues.jsonl" || name == "beads.jsonl"
    case .backlog:
      return name == "config.yml" || name == "backlog.config.yml"
        || (name.hasSuffix(".md")
          && parts.dropLast().contains { $0 == "tasks" || $0 == "completed" })
    case .ccpm: return name.hasSuffix(".md") && !parts.contains("updates")
    case .github: return name.hasSuffix(".json")
    }
  }

  /// Where a tool keeps its lists, relative to the top of a repository; the first that is there.
  package static func places(_ format: WorkListFormat) -> [String] {
    switch format {
    case .openspec: ["openspec/changes"]
    case .speckit: ["specs"]
    case .taskmaster: [".taskmaster/tasks/tasks.json", "tasks/tasks.json"]
    case .beads: [".beads/issues.jsonl", ".beads/beads.jsonl"]
    case .backlog: ["backlog", ".backlog"]
    case .ccpm: [".claude/epics"]
    case .github: []
    }
  }

  /// The fields that are asked of `gh issue list --json`, as far as `known` has them.
  package static func issueFields(known: Set<String>) -> [String] {
    GitHubReader.fields.filter(known.contains)
  }
}
