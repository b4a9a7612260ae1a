import UETModel
import UETScheduling
import UETSystem
import UETWorkers

/// The ends of what the attempts and gates of a run print now, looked at from time to time.
///
/// Only what has grown since is read, and of that no more than is shown, so that it does not matter
/// how much is printed.
package struct LogTails: Sendable {
  private let logs: AttemptLogs
  private var sizes: [String: Int] = [:]

  /// Enough for a line that is wider than any screen.
  private static let lineLimit = 2048

  package init(_ project: Project, run: RunID) { logs = project.logs(of: run) }

  /// The folder in which the logs grow.
  package var folder: String { logs.folder }

  /// The last line with anything in it of each log that has changed since this was asked last, of
  /// the workstreams that are at work or tested; ready to be shown.
  package mutating func news(_ state: RunState) -> [WorkstreamID: String] {
    var lines: [WorkstreamID: String] = [:]
    var seen: [String: Int] = [:]
    for record in state.workstreams {
      for path in paths(of: record) {
        let size = Files.size(path)
        seen[path] = size
        guard size != sizes[path] ?? 0 else { continue }
        if let line = Self.lastLine(whole(path, Self.lineLimit).bytes) { lines[record.id] = line }
      }
    }
    sizes = seen
    return lines
  }

  /// The end of what a workstream prints now, at most `limit` bytes of each log, as lines ready to
  /// be shown; nil where it is not at work.
  package func lines(of record: WorkstreamRecord, limit: Int) -> [String]? {
    let paths = paths(of: record)
    if paths.isEmpty { return nil }
    return paths.flatMap { path -> [String] in
      let (bytes, isCut) = whole(path, limit)
      return (isCut ? ["[the end of it]"] : []) + LogText.lines(of: bytes)
    }
  }

  /// What the last bytes of a log hold of whole lines, without secrets. Of one that has begun only,
  /// or of which the beginning is not read, a part of a secret might be shown.
  private func whole(_ path: String, _ limit: Int) -> (bytes: [UInt8], isCut: Bool) {
    let bytes = Files.tail(path, limit: limit)
    guard let end = bytes.lastIndex(where: Self.endsLine) else { return ([], false) }
    let isCut = bytes.count == limit
    let start = isCut ? (bytes.firstIndex(where: Self.endsLine) ?? end) + 1 : 0
    if start > end { return ([], isCut) }
    return (logs.redaction.redacted(Array(bytes[start..<end])), isCut)
  }

  private static func endsLine(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }

  /// The last line with anything in it, ready to be shown. Only that is looked at closely.
  private static func lastLine(_ bytes: [UInt8]) -> String? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let start = rest.lastIndex(where: endsLine).map { $0 + 1 } ?? rest.startIndex
      let line = LogText.lines(of: rest[start...]).joined(separator: " ")
      if saysSomething(line) { return line }
      rest = rest[..<max(rest.startIndex, start - 1)]
    }
    return nil
  }

  private static func saysSomething(_ line: String) -> Bool {
    line.utf8.contains { $0 != 0x20 && $0 != 0x09 }
  }

  /// The tool's log first, then that of the gate that runs.
  private func paths(of record: WorkstreamRecord) -> [String] {
    let gates = record.gates.filter { $0.result == .running }
    if record.state == .queued {
      return gates.map { "\(logs.folder)/\(record.id).integration.\($0.name).log" }
    }
    guard record.state == .running, let attempt = record.lastAttempt else { return [] }
    let name = AttemptName(record.id, attempt.number)
    return [logs.output(name)] + gates.map { logs.gate($0.name, name) }
  }
}

extension LogText {
  /// All of a log as lines ready to be shown.
  package static func lines(of bytes: some Sequence<UInt8>) -> [String] {
    var text = LogText()
    let shown = text.take(bytes) + text.finish()
    return shown.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}
