import UETModel

/// Notes results at the source: only in lines that are as they were when they were imported.
package struct Marking {
  package enum Outcome: Hashable, Sendable {
    case marked
    /// It is done there already.
    case already
    /// The file is an export only: this is to be run.
    case command([String])
    /// Why nothing is changed.
    case refused(String)
  }

  package struct Mark: Hashable, Sendable {
    package let workstream: WorkstreamID
    package let record: ImportRecord
    /// The item's title; empty where it is gone.
    package var title = ""
    package var outcome: Outcome
  }

  /// In the order of the workstreams.
  package private(set) var marks: [Mark] = []
  /// Files that change, with their new bytes.
  package private(set) var files: [WorkListFile] = []

  private var edits: [String: [(range: Range<Int>, text: String)]] = [:]
  private let bytes: [String: [UInt8]]

  /// - Parameters:
  ///   - done: The workstreams whose results are there, with what was imported of each.
  ///   - lists: Their lists, read anew.
  ///   - sources: The files that these were read from.
  package init(
    _ done: [(id: WorkstreamID, record: ImportRecord)], lists: [WorkList],
    sources: [WorkListFile]
  ) {
    bytes = Dictionary(sources.map { ($0.path, $0.bytes) }, uniquingKeysWith: { first, _ in first })
    var items: [ItemName: WorkItem] = [:]
    for list in lists {
      for item in list.items {
        items[ItemName(format: list.format, list: list.name, key: item.key)] = item
      }
    }
    for (id, record) in done {
      let item = items[record.name]
      let outcome = outcome(of: record, item)
      marks.append(Mark(workstream: id, record: record, title: item?.title ?? "", outcome: outcome))
    }
    files = edits.sorted { $0.key < $1.key }.map { path, edits in
      WorkListFile(path: path, bytes: Self.applied(edits, to: bytes[path] ?? []))
    }
  }

  private static func applied(
    _ edits: [(range: Range<Int>, text: String)], to bytes: [UInt8]
  ) -> [UInt8] {
    var result = bytes
    for edit in edits.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
      result.replaceSubrange(edit.range, with: edit.text.utf8)
    }
    return result
  }

  private mutating func outcome(of record: ImportRecord, _ item: WorkItem?) -> Outcome {
    switch record.name.format {
    case .beads: return .command(["bd", "close", record.name.key])
    case .github: return .command(["gh", "issue", "close", record.name.key])
    default: break
    }
    guard let item else { return .refused("it is not there any more") }
    if item.state == .done { return .already }
    guard let digest = record.digest else { return .refused("it has no place to note that") }
    guard let content = bytes[item.place.file] else { return .refused("its file is not there") }
    let edit: (Range<Int>, String)?
    switch item.tick {
    case .box(let now):
      guard now == digest else { return .refused("its line was changed since it was imported") }
      edit = Self.box(content, line: item.place.line, isUpper: record.name.format == .speckit)
    case .field(let now, let done):
      guard now == digest else { return .refused("its status was changed since it was imported") }
      edit = Self.field(content, done)
    case .member(let now):
      guard now == digest else { return .refused("it was changed since it was imported") }
      edit = Self.member(content, digest)
    case .nothing, .command: return .refused("it has no place to note that")
    }
    guard let edit else { return .refused("its place was not found again") }
    edits[item.place.file, default: []].append(edit)
    return .marked
  }

  /// The character in the box of a line.
  private static func box(
    _ bytes: [UInt8], line number: Int, isUpper: Bool
  ) -> (Range<Int>, String)? {
    let lines = TextLines(bytes).lines
    guard number > 0, number <= lines.count else { return nil }
    let line = lines[number - 1].bytes
    guard let open = line.firstIndex(of: UInt8(ascii: "[")),
      let close = line[open...].firstIndex(of: UInt8(ascii: "]"))
    else { return nil }
    return ((open + 1)..<close, isUpper ? "X" : "x")
  }

  /// The value of `status` in a front matter; quotes and a comment behind it stay.
  private static func field(_ bytes: [UInt8], _ done: String) -> (Range<Int>, String)? {
    let lines = TextLines(bytes).lines
    guard let entry = FrontMatter(headOf: lines)["status"] else { return nil }
    let line = lines[entry.line - 1].bytes
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
    let text = FrontMatter.withoutComment(String(decoding: value, as: UTF8.self))
    let end = value.startIndex + text.utf8.count
    let needsSpace = value.startIndex == colon + 1
    let quote = text.first.map { $0 == "'" || $0 == "\"" ? String($0) : "" } ?? ""
    return (value.startIndex..<end, (needsSpace ? " " : "") + quote + done + quote)
  }

  /// The status in the one object of a JSON file that has this digest.
  private static func member(_ bytes: [UInt8], _ digest: String) -> (Range<Int>, String)? {
    let skipped = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    let plain = bytes.withoutByteOrderMark
    guard let root = try? SourceJSON(parsing: plain) else { return nil }
    var found: [SourceJSON] = []
    collect(root, plain, digest, &found)
    guard found.count == 1, let object = found.first else { return nil }
    if let status = object["status"] {
      let range = status.range
      return ((range.lowerBound + skipped)..<(range.upperBound + skipped), "\"done\"")
    }
    let start = object.range.lowerBound + 1 + skipped
    return (start..<start, "\"status\": \"done\", ")
  }

  private static func collect(
    _ value: SourceJSON, _ bytes: [UInt8], _ digest: String, _ found: inout [SourceJSON]
  ) {
    switch value.value {
    case .array(let items): for item in items { collect(item, bytes, digest, &found) }
    case .object(let members):
      if value["id"] != nil, Digest.of(bytes[value.range]) == digest { found.append(value) }
      for member in members { collect(member.value, bytes, digest, &found) }
    default: break
    }
  }

  /// The files or folders that lists are read from anew: where an imported item stands.
  package static func origins(_ records: [ImportRecord]) -> [WorkListFormat: Set<String>] {
    var result: [WorkListFormat: Set<String>] = [:]
    for record in records {
      let parts = record.file.split(separator: "/", omittingEmptySubsequences: false)
      let path: [Substring]
      switch record.name.format {
      case .ccpm: path = parts.dropLast()
      case .backlog: path = parts.dropLast(2)
      case .beads, .github: continue
      default: path = parts
      }
      result[record.name.format, default: []].insert(path.joined(separator: "/"))
    }
    return result
  }
}
