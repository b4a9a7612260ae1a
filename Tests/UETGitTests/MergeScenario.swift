import UETModel
import UETTestSupport

@testable import UETGit

/// A merge told in a few lines: commits, what each changes, and which two are merged.
///
/// The form stands at the top of the files in `MergeScenarios`.
struct MergeScenario: Sendable {
  /// A path's content, as what it is.
  struct File: Hashable, Sendable {
    var mode: FileMode
    var bytes: [UInt8]
  }

  struct Commit: Sendable {
    let name: String
    let parents: [String]
    let files: [String: File]
  }

  struct Setting: Hashable, Sendable {
    let key: String
    let value: String
  }

  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  let name: String
  private(set) var commits: [Commit] = []
  private(set) var settings: [Setting] = []
  /// The recorded merge base.
  private(set) var base: String?
  private(set) var ours = "A"
  private(set) var theirs = "B"
  /// Whether attributes count, so that only a real merge in a work tree is the judge.
  var hasAttributes: Bool {
    commits.contains { $0.files.keys.contains { $0.hasSuffix(".gitattributes") } }
  }

  subscript(name: String) -> Commit? { commits.first { $0.name == name } }

  /// All scenarios of a file.
  static func parse(_ text: String) throws -> [MergeScenario] {
    var result: [MergeScenario] = []
    for raw in text.split(separator: "\n") {
      let line = raw.split(separator: " ").map(String.init)
      guard let first = line.first, !first.hasPrefix("#") else { continue }
      if first == "case" {
        result.append(MergeScenario(name: line.dropFirst().joined(separator: " ")))
      } else if result.isEmpty {
        throw Fault(description: "'\(raw)' comes before the first case")
      } else {
        try result[result.count - 1].take(line)
      }
    }
    return result
  }

  private init(name: String) { self.name = name }

  private mutating func take(_ line: [String]) throws {
    switch line[0] {
    case "config": settings.append(Setting(key: line[1], value: line[2]))
    case "base": base = line[1]
    case "merge": (ours, theirs) = (line[1], line[2])
    default: try addCommit(line)
    }
  }

  /// `NAME PARENT...: CHANGE...`
  private mutating func addCommit(_ line: [String]) throws {
    guard let colon = line.firstIndex(where: { $0.hasSuffix(":") }) else {
      throw Fault(description: "\(name): no colon in '\(line.joined(separator: " "))'")
    }
    var head = Array(line[...colon])
    head[colon].removeLast()
    let parents = Array(head.dropFirst())
    for parent in parents where self[parent] == nil {
      throw Fault(description: "\(name): no commit '\(parent)'")
    }
    var files = parents.first.flatMap { self[$0]?.files } ?? [:]
    for change in line[(colon + 1)...] { try Self.apply(change, to: &files) }
    commits.append(Commit(name: head[0], parents: parents, files: files))
  }

  private static func apply(_ change: String, to files: inout [String: File]) throws {
    if change.hasPrefix("-") {
      let path = String(change.dropFirst())
      let gone = files.keys.filter { $0 == path || $0.hasPrefix(path + "/") }
      if gone.isEmpty { throw Fault(description: "nothing to drop at '\(path)'") }
      for key in gone { files[key] = nil }
    } else if let sign = change.firstIndex(of: ">") {
      let (old, new) = (String(change[..<sign]), String(change[change.index(after: sign)...]))
      let moved = files.keys.filter {
        $0 == old || old.hasSuffix("/") && $0.hasPrefix(old) || old == "/"
      }
      if moved.isEmpty { throw Fault(description: "nothing to move at '\(old)'") }
      for key in moved.sorted() {
        let target = old == "/" ? new + key : new + key.dropFirst(old.count)
        files[target == "" ? key : target] = files.removeValue(forKey: key)
      }
    } else if let sign = change.firstIndex(of: "=") {
      var path = String(change[..<sign])
      let modes: [Character: FileMode] = ["*": .executable, "@": .symlink, "#": .submodule]
      let mode = path.last.flatMap { modes[$0] }
      if mode != nil { path.removeLast() }
      files[unescaped(path)] = File(
        mode: mode ?? .file, bytes: try content(String(change[change.index(after: sign)...])))
    } else {
      throw Fault(description: "what is '\(change)'?")
    }
  }

  /// `%20` and the like as the byte.
  private static func unescaped(_ text: String) -> String {
    let parts = text.split(separator: "%", omittingEmptySubsequences: false)
    return parts.dropFirst().reduce(String(parts[0])) { result, part in
      let code = UInt8(part.prefix(2), radix: 16) ?? 0x3F
      return result + String(decoding: [code], as: UTF8.self) + part.dropFirst(2)
    }
  }

  /// A text of ten lines named after a word, edited; or, after `'`, the very text.
  private static func content(_ recipe: String) throws -> [UInt8] {
    if recipe.hasPrefix("'") { return Array(unescaped(String(recipe.dropFirst())).utf8) }
    let word = recipe.prefix { $0.isLetter || $0.isNumber }
    var lines = (1...10).map { "\(word) \($0) of a text that is long enough" }
    var rest = recipe.dropFirst(word.count)
    var end = "\n"
    while let edit = rest.popFirst() {
      let argument = rest.prefix { $0.isLetter || $0.isNumber }
      rest = rest.dropFirst(argument.count)
      let number = Int(argument.prefix { $0.isNumber }) ?? 0
      switch edit {
      case "~": lines[number - 1] = "changed to \(argument)"
      case "+": lines.append("added \(argument)")
      case "^": lines.insert("added \(argument)", at: 0)
      case "-": lines.remove(at: number - 1)
      case "!": end = "\r\n"
      default: throw Fault(description: "no edit '\(edit)' in '\(recipe)'")
      }
    }
    return Array(lines.map { $0 + end }.joined().utf8)
  }
}

/// Scenarios written into a repository, all at once.
struct ScenarioRepository {
  let test: TestRepository
  let scenarios: [MergeScenario]
  private var ids: [String: ObjectID] = [:]

  init(_ scenarios: [MergeScenario]) throws {
    test = TestRepository()
    self.scenarios = scenarios
    var stream: [UInt8] = []
    for (index, scenario) in scenarios.enumerated() { Self.append(scenario, index, to: &stream) }
    let imported = test.tryGit(["fast-import", "--quiet", "--date-format=raw"], input: stream)
    if imported.status != 0 { throw MergeScenario.Fault(description: imported.errors) }
    for line in test.git("for-each-ref", "--format=%(refname) %(objectname)", "refs/s").split(
      separator: "\n")
    {
      let words = line.split(separator: " ")
      ids[String(words[0])] = ObjectID(words[1])
    }
  }

  func id(_ index: Int, _ name: String) -> ObjectID { ids["refs/s/\(index)/\(name)"] ?? .zero }

  private static func append(_ scenario: MergeScenario, _ index: Int, to stream: inout [UInt8]) {
    for commit in scenario.commits {
      append(
        commit.files, "refs/s/\(index)/\(commit.name)",
        commit.parents.map { "refs/s/\(index)/\($0)" }, &stream)
    }
    guard let base = scenario.base, let root = scenario[base] else { return }
    // The same three trees in a history in which git finds that base by itself.
    append(root.files, "refs/s/\(index)/alone-base", [], &stream)
    for side in [scenario.ours, scenario.theirs] {
      append(
        scenario[side]?.files ?? [:], "refs/s/\(index)/alone-\(side)",
        ["refs/s/\(index)/alone-base"], &stream)
    }
  }

  private static func append(
    _ files: [String: MergeScenario.File], _ name: String, _ parents: [String],
    _ stream: inout [UInt8]
  ) {
    let who = "A U Thor <author@example.com> 1700000000 +0000"
    stream += Array("commit \(name)\ncommitter \(who)\ndata \(name.utf8.count)\n\(name)\n".utf8)
    for (position, parent) in parents.enumerated() {
      stream += Array("\(position == 0 ? "from" : "merge") \(parent)\n".utf8)
    }
    stream += Array("deleteall\n".utf8)
    for (path, file) in files.sorted(by: { $0.key < $1.key }) {
      let quoted = path.split(separator: "\"", omittingEmptySubsequences: false)
        .joined(separator: "\\\"")
      if file.mode == .submodule {
        let id = Repository.hash(file.bytes, .commit)
        stream += Array("M 160000 \(id.hex) \"\(quoted)\"\n".utf8)
      } else {
        stream += Array("M \(file.mode.octal) inline \"\(quoted)\"\n".utf8)
        stream += Array("data \(file.bytes.count)\n".utf8)
        stream += file.bytes + [0x0A]
      }
    }
    stream += Array("\n".utf8)
  }
}
