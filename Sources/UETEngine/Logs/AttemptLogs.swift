import UETModel
import UETScheduling
import UETSystem
import UETWorkers

extension AttemptName {
  /// What the names of its files begin with.
  var label: String { "\(workstream).\(number)" }
}

/// The output of attempts and gates: files while they run, excerpts of which go into the record.
struct AttemptLogs: Sendable {
  /// Folder of the run's logs and prompts; disposable.
  let folder: String
  /// By which secrets are taken out of what is read here.
  let redaction: Redaction

  /// Bytes kept of one log; the middle of a longer one is left out.
  static let limit = 1 << 20
  /// A larger file is gone through piece by piece.
  private static let readAtOnce = 64 << 20

  func output(_ name: AttemptName) -> String { "\(folder)/\(name.label).log" }

  func gate(_ gate: String, _ name: AttemptName) -> String {
    "\(folder)/\(name.label).\(gate).log"
  }

  /// What a gate was seen to read.
  func reads(_ gate: String, _ name: AttemptName) -> String {
    "\(folder)/\(name.label).\(gate)\(Self.readsEnd)"
  }

  static let readsEnd = ".reads"

  /// What a result leaves to those who build on it.
  func handoff(_ id: WorkstreamID, _ tip: ObjectID) -> String {
    "\(folder)/\(Self.handoffName(id, tip))"
  }

  static func handoffName(_ id: WorkstreamID, _ tip: ObjectID) -> String { "\(id).\(tip).handoff" }

  /// A file as it goes into the record: what was read is named by its very bytes.
  func recorded(_ file: String) -> [UInt8]? {
    let path = "\(folder)/\(file)"
    return file.hasSuffix(Self.readsEnd) ? Files.content(of: path) : excerpt(path)
  }

  /// What works for attempts and resolvers.
  var trees: StartedTrees { StartedTrees(path: "\(folder)/processes") }

  /// The output of the tool that resolves a conflict, and its prompt.
  func resolver(_ label: String) -> String { "\(folder)/\(label).resolver.log" }
  func resolverPrompt(_ label: String) -> String { "\(folder)/\(label).resolver.prompt.md" }

  /// A folder for what a tool writes for git-uet.
  func scratch(_ name: AttemptName) -> String { "\(folder)/\(name.label).tool" }

  func prompt(_ name: AttemptName) -> String {
    "\(folder)/\(name.label).prompt.md"
  }

  /// The attempt's log and those of its gates, by file name.
  func all(of name: AttemptName) -> [(name: String, bytes: [UInt8])] {
    all(["\(name.label)."])
  }

  /// The logs whose names begin with one of the prefixes.
  func all(_ prefixes: [String]) -> [(name: String, bytes: [UInt8])] {
    let names = Files.names(in: folder)
    return
      names.filter { name in
        name.hasSuffix(".log") && prefixes.contains { name.hasPrefix($0) }
      }
      .compactMap { file in excerpt("\(folder)/\(file)").map { (file, $0) } }
  }

  /// The line that says most of what went wrong, to be put behind a reason with a colon; empty
  /// where nothing was printed.
  func lastWords(_ path: String) -> String {
    guard let line = Self.tellingLine(tail(path)) else { return "" }
    let words = line.split(whereSeparator: \.isWhitespace).joined(separator: " ").terminalSafe
    return ": " + (words.count <= 120 ? words : words.prefix(119) + "…")
  }

  /// The last line that names an error, of the last 40; else the last one with anything in it. What
  /// only says that another program failed, as make does at its end, counts last.
  static func tellingLine(_ text: String) -> Substring? {
    let lines = text.split(whereSeparator: \.isNewline).filter { $0.contains { !$0.isWhitespace } }
    let telling = lines.suffix(40).last { line in
      let lower = line.lowercased()
      guard !isEcho(lower) else { return false }
      return signs.contains { lower.contains($0) }
    }
    return telling ?? lines.last { !isEcho($0.lowercased()) } ?? lines.last
  }

  private static let signs = [
    "error", "fail", "assert", "expected", "panic", "exception", "fatal", "undefined",
    "not found", "no such", "denied",
  ]

  private static func isEcho(_ line: String) -> Bool {
    line.hasPrefix("make: ***") || line.hasPrefix("make[") || line.hasPrefix("ninja: build stopped")
      || line.hasPrefix("npm err! a complete log") || line.hasPrefix("error: recipe `")
  }

  /// The end of a log.
  func tail(_ path: String) -> String {
    let bytes = Files.tail(path, limit: 4096)
    return String(decoding: redaction.redacted(bytes), as: UTF8.self)
  }

  /// Takes secrets out of the files themselves, which nobody writes to any more, and of what tools
  /// left beside them.
  func clear() { clear(folder, depth: 3) }

  private func clear(_ folder: String, depth: Int) {
    for name in Files.names(in: folder) {
      let path = "\(folder)/\(name)"
      switch Files.kind(path) {
      case .directory where depth > 0: clear(path, depth: depth - 1)
      case .file: clearFile(path)
      default: continue
      }
    }
  }

  private func clearFile(_ path: String) {
    guard Files.size(path) > Self.readAtOnce else {
      guard let bytes = Files.content(of: path) else { return }
      let cleared = redaction.redacted(bytes)
      if cleared != bytes { try? Files.write(cleared, to: path, mode: 0o600) }
      return
    }
    let copy = "\(path).\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
    var stream = RedactedStream(redaction)
    var place = 0
    do {
      try Files.create([], at: copy, mode: 0o600)
      while true {
        let bytes = Files.read(path, from: place, limit: Self.limit)
        place += bytes.count
        try Files.append(bytes.isEmpty ? stream.finish() : stream.take(bytes), to: copy)
        if bytes.isEmpty { break }
      }
      try Files.move(copy, to: path)
    } catch {
      try? Files.remove(copy)
    }
  }

  /// The beginning and the end of a file; nil where there is nothing.
  func excerpt(_ path: String) -> [UInt8]? {
    guard let read = Files.content(of: path), !read.isEmpty else { return nil }
    let bytes = redaction.redacted(read)
    guard bytes.count > Self.limit else { return bytes }
    let half = Self.limit / 2
    let gap = "\n[git-uet: \(bytes.count - 2 * half) bytes left out]\n"
    return Array(bytes.prefix(half)) + Array(gap.utf8) + Array(bytes.suffix(half))
  }
}
