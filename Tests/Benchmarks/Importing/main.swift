import UETModel
import UETWorkLists

/// Prints how long an import takes, from the bytes of a list to those of the bundles, the first
/// time and once more with nothing new. `import-benchmark [TASKS]`: of so many tasks, 10,000 if
/// nothing is said.
let count = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 10_000

let folders = (0..<100).map { "src/part\($0)" }
let paths = RepositoryPaths(
  files: folders.flatMap { folder in (0..<100).map { "\(folder)/file\($0).swift" } })

func path(_ number: Int) -> String { "src/part\(number % 100)/file\(number / 100 % 100).swift" }

/// One sentence with a path, and a bare name in a tenth of them.
func sentence(_ number: Int) -> String {
  "Read the values of \(path(number)) and keep them" + (number % 10 == 0 ? ", see notes.md" : "")
}

/// Each task waits for one before it, but for those that are the first of ten.
func before(_ number: Int) -> Int? { number % 10 == 1 ? nil : number - 1 }

func files(_ format: WorkListFormat) -> [WorkListFile] {
  func one(_ path: String, _ text: String) -> [WorkListFile] {
    [WorkListFile(path: path, bytes: Array(text.utf8))]
  }
  func each(_ body: (Int) -> String) -> [String] { (1...count).map(body) }
  switch format {
  case .openspec:
    let lines = each { number in
      "- [ ] 1.\(number) \(sentence(number))"
        + (before(number).map { " (depends on 1.\($0))" } ?? "")
    }
    return one("openspec/changes/c/tasks.md", lines.joined(separator: "\n"))
  case .speckit:
    let lines = each { number in
      "- [ ] T\(1000 + number) [P] \(sentence(number))"
        + (before(number).map { " (depends on T\(1000 + $0))" } ?? "")
    }
    return one("specs/f/tasks.md", lines.joined(separator: "\n"))
  case .taskmaster:
    let tasks = each { number in
      #"{"id": \#(number), "title": "t", "status": "pending", "details": "\#(sentence(number))", "dependencies": [\#(before(number).map(String.init) ?? "")]}"#
    }
    return one("tasks.json", #"{"tasks": ["# + tasks.joined(separator: ",\n") + "]}")
  case .beads:
    let lines = each { number in
      let edge = before(number).map {
        #"{"issue_id": "b-\#(number)", "depends_on_id": "b-\#($0)", "type": "blocks"}"#
      }
      return
        #"{"id": "b-\#(number)", "title": "t", "description": "\#(sentence(number))", "status": "open", "priority": 1, "issue_type": "task", "dependencies": [\#(edge ?? "")]}"#
    }
    return one(".beads/issues.jsonl", lines.joined(separator: "\n"))
  case .github:
    let issues = each { number in
      let node = before(number).map { #"{"number": \#($0), "title": "t", "state": "OPEN"}"# } ?? ""
      return
        #"{"number": \#(number), "title": "t", "body": "\#(sentence(number))", "state": "OPEN", "parent": null, "blockedBy": {"nodes": [\#(node)], "totalCount": 1}}"#
    }
    return one("issues.json", "[" + issues.joined(separator: ",\n") + "]")
  case .backlog:
    return (1...count).flatMap { number in
      one(
        "backlog/tasks/task-\(number) - x.md",
        """
        ---
        id: TASK-\(number)
        title: t
        status: To Do
        assignee: []
        created_date: '2026-01-01 10:00'
        dependencies:\(before(number).map { "\n  - TASK-\($0)" } ?? " []")
        ---

        ## Description

        \(sentence(number))

        """)
    }
  case .ccpm:
    return (1...count).flatMap { number in
      one(
        ".claude/epics/e/\(number).md",
        """
        ---
        name: t
        status: open
        depends_on: [\(before(number).map(String.init) ?? "")]
        parallel: true
        ---

        # Task

        \(sentence(number))

        """)
    }
  }
}

func milliseconds(_ duration: Duration) -> String {
  let value = Double(duration.components.attoseconds) / 1e15
  return "\(Int(value.rounded()) + Int(duration.components.seconds) * 1000) ms"
}

let clock = ContinuousClock()
for format in WorkListFormat.allCases {
  let files = files(format)
  var bundles: [(path: String, bytes: [UInt8])] = []
  var times: [String] = []
  for _ in 0..<2 {
    var best: Duration?
    var written: [ImportOutcome.File] = []
    for _ in 0..<3 {
      let time = clock.measure {
        let folder = BundleFolder(path: "workstreams", files: bundles)
        let drafts = Drafting.drafts(
          of: WorkListReader.read(format, files), in: paths,
          DraftOptions(tool: "claude", known: folder.known, taken: folder.taken))
        written = Importing.outcome(of: drafts, into: folder).files
      }
      best = min(best ?? time, time)
    }
    times.append(milliseconds(best ?? .zero))
    for file in written {
      guard let bytes = file.bytes else { continue }
      bundles.append((file.path, bytes))
    }
  }
  let size = files.reduce(0) { $0 + $1.bytes.count }
  let name = format.rawValue + String(repeating: " ", count: 11 - format.rawValue.utf8.count)
  print("\(name)  \(size >> 10) KiB  first \(times[0])  again \(times[1])")
}
