import UETTestSupport

@testable import UETWorkLists

/// A random list of work, and how each tool would have written it.
struct RandomList {
  struct Task: Equatable {
    var number: Int
    var title: String
    var isDone: Bool
    /// Numbers of tasks before it.
    var waits: Set<Int>
    var paths: [String]
  }

  var tasks: [Task] = []
  var generator: SeededGenerator

  init(seed: UInt64, count: Int? = nil) {
    generator = SeededGenerator(seed: seed)
    let words = [
      "Read", "write", "the", "Ünïcode", "cache", "of", "한국어", "values", "(twice)", "A, b;",
    ]
    for number in 1...(count ?? Int.random(in: 1...40, using: &generator)) {
      let length = Int.random(in: 1...6, using: &generator)
      let title = (0..<length).map { _ in words.randomElement(using: &generator)! }
      var waits: Set<Int> = []
      if number > 1 {
        for _ in 0..<Int.random(in: 0...2, using: &generator) {
          waits.insert(Int.random(in: 1..<number, using: &generator))
        }
      }
      var paths: [String] = []
      for index in 0..<Int.random(in: 0...2, using: &generator) {
        let letter = ["a", "b", "c"].randomElement(using: &generator)!
        paths.append("src/\(letter)/file\(Int.random(in: 0...9, using: &generator))_\(index).swift")
      }
      tasks.append(
        Task(
          number: number, title: title.joined(separator: " "), isDone: generator.oneIn(4),
          waits: waits, paths: paths))
    }
  }

  /// A task's id as a format writes it.
  static func id(_ number: Int, _ format: WorkListFormat) -> String {
    let digits = "00\(number)".suffix(max(3, "\(number)".count))
    return switch format {
    case .openspec: "1.\(number)"
    case .speckit: "T\(digits)"
    case .taskmaster, .github: "\(number)"
    case .beads: "b-\(number)x"
    case .backlog: "TASK-\(number)"
    case .ccpm: String(digits)
    }
  }

  mutating func files(_ format: WorkListFormat) -> [WorkListFile] {
    switch format {
    case .openspec: return [lines("openspec/changes/c/tasks.md", format, "## 1. All\n\n")]
    case .speckit: return [lines("specs/f/tasks.md", format, "## Phase 1: Setup\n\n")]
    case .taskmaster: return [taskMaster()]
    case .beads: return [beads()]
    case .github: return [gitHub()]
    case .backlog: return tasks.map { backlog($0) }
    case .ccpm: return tasks.map { ccpm($0) }
    }
  }

  private func prose(_ task: Task) -> String {
    task.title + (task.paths.isEmpty ? "" : " in " + task.paths.joined(separator: " and "))
  }

  private mutating func lines(
    _ path: String, _ format: WorkListFormat, _ head: String
  ) -> WorkListFile {
    let end = generator.oneIn(3) ? "\r\n" : "\n"
    var text = head
    for task in tasks {
      let waits = task.waits.sorted().map { Self.id($0, format) }.joined(separator: ", ")
      text += "\(generator.oneIn(3) ? "*" : "-") [\(task.isDone ? "x" : " ")] "
      text += "\(Self.id(task.number, format)) \(prose(task))"
      text += (waits.isEmpty ? "" : " (depends on \(waits))") + end
      if generator.oneIn(5) { text += end }
    }
    return WorkListFile(path, text)
  }

  private func quoted(_ text: String) -> String { "\"\(text)\"" }

  private mutating func taskMaster() -> WorkListFile {
    let texts = tasks.map { task -> String in
      let id = generator.oneIn(2) ? "\(task.number)" : quoted("\(task.number)")
      let waits = task.waits.sorted().map { generator.oneIn(2) ? "\($0)" : quoted("\($0)") }
      return """
        {"id": \(id), "title": \(quoted(task.title)), "status": "\(task.isDone ? "done" : "pending")",
         "dependencies": [\(waits.joined(separator: ", "))], "details": \(quoted(prose(task))), "subtasks": []}
        """
    }
    return WorkListFile(
      "tasks.json", "{\"master\": {\"tasks\": [\(texts.joined(separator: ",\n"))]}}")
  }

  private func beads() -> WorkListFile {
    let texts = tasks.map { task -> String in
      let id = Self.id(task.number, .beads)
      let waits = task.waits.sorted().map {
        "{\"issue_id\": \"\(id)\", \"depends_on_id\": \"\(Self.id($0, .beads))\", \"type\": \"blocks\"}"
      }
      return "{\"id\": \"\(id)\", \"title\": \(quoted(task.title)), \"description\": "
        + "\(quoted(prose(task))), \"status\": \"\(task.isDone ? "closed" : "open")\", "
        + "\"priority\": 0, \"issue_type\": \"task\", \"dependencies\": [\(waits.joined(separator: ","))]}"
    }
    return WorkListFile(".beads/issues.jsonl", texts.joined(separator: "\n") + "\n")
  }

  private func gitHub() -> WorkListFile {
    let texts = tasks.map { task -> String in
      let waits = task.waits.sorted().map { number in
        "{\"number\": \(number), \"title\": \"\", \"state\": \"\(tasks[number - 1].isDone ? "CLOSED" : "OPEN")\"}"
      }
      return "{\"number\": \(task.number), \"title\": \(quoted(task.title)), \"body\": "
        + "\(quoted(prose(task))), \"state\": \"\(task.isDone ? "CLOSED" : "OPEN")\", \"parent\": null, "
        + "\"blockedBy\": {\"nodes\": [\(waits.joined(separator: ","))], \"totalCount\": \(waits.count)}}"
    }
    return WorkListFile("issues.json", "[\(texts.joined(separator: ",\n"))]")
  }

  private mutating func backlog(_ task: Task) -> WorkListFile {
    let waits = task.waits.sorted().map { number in
      generator.oneIn(2) ? "TASK-\(number)" : "task-0\(number)"
    }
    let list = { (items: [String]) in items.map { "\n  - \($0)" }.joined() }
    return WorkListFile(
      "backlog/tasks/task-\(task.number) - x.md",
      """
      ---
      id: TASK-\(task.number)
      title: '\(task.title)'
      status: \(task.isDone ? "Done" : "To Do")
      dependencies:\(waits.isEmpty ? " []" : list(waits))
      modified_files:\(task.paths.isEmpty ? " []" : list(task.paths))
      ---

      ## Description

      """)
  }

  private mutating func ccpm(_ task: Task) -> WorkListFile {
    let waits = task.waits.sorted().map { number in
      switch Int.random(in: 0...2, using: &generator) {
      case 0: "\(number)"
      case 1: Self.id(number, .ccpm)
      default: quoted(Self.id(number, .ccpm))
      }
    }
    return WorkListFile(
      ".claude/epics/e/\(Self.id(task.number, .ccpm)).md",
      """
      ---
      name: "\(task.title)"
      status: \(task.isDone ? "closed" : "open")
      depends_on: [\(waits.joined(separator: ", "))]
      parallel: true
      files: [\(task.paths.joined(separator: ", "))]
      ---
      """)
  }
}
