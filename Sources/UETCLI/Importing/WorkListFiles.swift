import UETEngine
import UETModel
import UETSystem
import UETWorkLists

/// Reads the files that lists of work stand in; their paths are those of the repository.
struct WorkListFiles {
  /// The top of the work tree.
  let root: String

  /// No list comes near; a folder that holds more is not searched to its end.
  private static let mostFiles = 50_000
  private static let largest = 256 << 20

  /// The files of a format at a path, or where its tool keeps them.
  func read(
    _ format: WorkListFormat, at path: String?
  ) throws -> (files: [WorkListFile], origin: String) {
    guard let place = path ?? Self.usual(format, root) else { throw Self.nothing(format) }
    guard Files.exists(place) else {
      throw Refusal(
        .usage, "there is no file or folder '\(place.terminalSafe)'",
        hint: "say where it is: git uet import \(format.rawValue) PATH")
    }
    var files: [WorkListFile] = []
    if ((try? Files.list(place)) ?? nil) != nil {
      try walk(place, format, &files)
    } else {
      try append(place, &files)
    }
    if files.isEmpty {
      throw Refusal(
        .usage, "no list of '\(format.rawValue)' in '\(shown(place).terminalSafe)'",
        hint: "it is looked for as \(Self.looks(format))")
    }
    return (files, shown(place))
  }

  private static func usual(_ format: WorkListFormat, _ root: String) -> String? {
    WorkListReader.places(format).map { root + "/" + $0 }.first(where: Files.exists)
  }

  private static func nothing(_ format: WorkListFormat) -> Refusal {
    let places = WorkListReader.places(format).map { "'\($0)'" }.listed(3)
    return Refusal(
      .usage, "there is no \(places) in this repository",
      hint: "say where the list is: git uet import \(format.rawValue) PATH")
  }

  private static func looks(_ format: WorkListFormat) -> String {
    switch format {
    case .openspec, .speckit: "tasks.md"
    case .taskmaster: "tasks.json"
    case .beads: "issues.jsonl"
    case .backlog: "tasks/ID - TITLE.md"
    case .ccpm: "EPIC/001.md"
    case .github: "a file that 'gh issue list --json' wrote"
    }
  }

  private func walk(
    _ folder: String, _ format: WorkListFormat, _ files: inout [WorkListFile]
  ) throws {
    for name in Files.names(in: folder) where files.count < Self.mostFiles {
      let path = folder + "/" + name
      switch Files.kind(path) {
      case .directory where name != ".git" && name != "node_modules":
        try walk(path, format, &files)
      case .file where WorkListReader.wants(format, shown(path)): try append(path, &files)
      default: continue
      }
    }
  }

  private func append(_ path: String, _ files: inout [WorkListFile]) throws {
    guard Files.size(path) <= Self.largest else {
      throw Refusal(.usage, "'\(path.terminalSafe)' is larger than \(Self.largest >> 20) MiB")
    }
    guard let bytes = try Files.read(path) else { return }
    files.append(WorkListFile(path: shown(path), bytes: bytes))
  }

  /// The path as the repository has it; one outside of it stays whole.
  func shown(_ path: String) -> String {
    path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path
  }
}
