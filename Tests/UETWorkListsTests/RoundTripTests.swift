import Testing
import UETModel
import UETTestSupport

@testable import UETWorkLists

/// Random lists, written as each tool writes them, are read back as they were; importing them twice
/// changes nothing, and what a person edits survives.
@Suite struct RoundTripTests {
  @Test(arguments: WorkListFormat.allCases) func readBack(_ format: WorkListFormat) {
    let failure = Seeds(short: 40, long: 400).firstFailure(filter: "RoundTripTests/readBack") {
      seed in
      var random = RandomList(seed: seed)
      let lists = WorkListReader.read(format, random.files(format))
      try Violation.unless(lists.count == 1, "\(lists.count) lists")
      let items = Dictionary(uniqueKeysWithValues: lists[0].items.map { ($0.key, $0) })
      for task in random.tasks {
        let id = RandomList.id(task.number, format)
        guard let item = items[id] else { throw Violation("\(id) is not there") }
        try Violation.unless((item.state == .done) == task.isDone, "state of \(id)")
        let waits = Set(item.edges.compactMap(\.target))
        // What is closed on a host is not waited for.
        let wanted = task.waits.filter { format != .github || !random.tasks[$0 - 1].isDone }
        let all = Set(task.waits.map { RandomList.id($0, format) })
        let needed = Set(wanted.map { RandomList.id($0, format) })
        try Violation.unless(
          waits.isSuperset(of: needed) && waits.isSubset(of: all), "\(id) waits for \(waits)")
        try Violation.unless(
          Set(item.paths.map(\.text)) == Set(task.paths), "paths of \(id): \(item.paths)")
      }
      try Violation.unless(items.count == random.tasks.count, "\(items.count) items")
    }
    #expect(failure == nil, "\(format): \(failure ?? "")")
  }

  @Test(arguments: WorkListFormat.allCases) func importTwice(_ format: WorkListFormat) {
    let failure = Seeds(short: 20, long: 200).firstFailure(filter: "RoundTripTests/importTwice") {
      seed in
      var random = RandomList(seed: seed)
      let files = random.files(format)
      var bundles: [String: [UInt8]] = [:]
      try Self.take(format, files, &bundles)
      let before = bundles
      try Self.take(format, files, &bundles)
      try Violation.unless(bundles == before, "the second import wrote something")
      guard let (path, edited) = Self.edit(bundles, &random.generator) else { return }
      bundles[path] = edited
      try Self.take(format, files, &bundles)
      try Violation.unless(bundles[path] == edited, "an edit was lost in\n\(Self.text(edited))")
      // Others come and go around it.
      var other = random
      other.tasks.append(
        RandomList.Task(
          number: random.tasks.count + 1, title: "one more", isDone: false, waits: [], paths: []))
      for index in other.tasks.indices.dropLast() where other.generator.oneIn(3) {
        other.tasks[index].isDone = true
      }
      try Self.take(format, other.files(format), &bundles)
      let text = Self.text(bundles[path] ?? [])
      try Violation.unless(text.contains("by hand"), "an edit was lost in\n\(text)")
      _ = try SourceJSON(parsing: bundles[path] ?? [])
    }
    #expect(failure == nil, "\(format): \(failure ?? "")")
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static func take(
    _ format: WorkListFormat, _ files: [WorkListFile], _ bundles: inout [String: [UInt8]]
  ) throws {
    let folder = BundleFolder(
      path: "w", files: bundles.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    let drafts = Drafting.drafts(
      of: WorkListReader.read(format, files), in: RepositoryPaths(),
      DraftOptions(tool: "t", known: folder.known, taken: folder.taken))
    for file in Importing.outcome(of: drafts, into: folder).files {
      bundles[file.path] = file.bytes
    }
  }

  /// Writes something of a person's into a random workstream.
  private static func edit(
    _ bundles: [String: [UInt8]], _ generator: inout SeededGenerator
  ) -> (String, [UInt8])? {
    guard let (path, bytes) = bundles.first, let root = try? SourceJSON(parsing: bytes),
      let entry = root["workstreams"]?.array?.randomElement(using: &generator)
    else { return nil }
    var result = bytes
    switch Int.random(in: 0...2, using: &generator) {
    case 0:
      guard let tasks = entry["tasks"] else { return nil }
      result.replaceSubrange(tasks.range, with: "[ \"done by hand\" ]".utf8)
    case 1:
      guard let scope = entry["files_scope"] else { return nil }
      result.replaceSubrange(scope.range, with: "[\"by hand/x.c\"]".utf8)
    default:
      let start = entry.range.lowerBound + 1
      result.replaceSubrange(start..<start, with: "\"risk\": \"by hand\",".utf8)
    }
    return (path, result)
  }
}

/// Damaged lists: nothing crashes, and nothing is empty without a word.
@Suite struct DamagedListTests {
  @Test(arguments: WorkListFormat.allCases) func damaged(_ format: WorkListFormat) {
    let failure = Seeds(short: 30, long: 400).firstFailure(filter: "DamagedListTests") { seed in
      var random = RandomList(seed: seed, count: 8)
      let whole = random.files(format)
      for _ in 0..<20 {
        let files = whole.map { file in
          WorkListFile(path: file.path, bytes: Self.damage(file.bytes, &random.generator))
        }
        let lists = WorkListReader.read(format, files)
        let drafts = Drafting.drafts(
          of: lists, in: RepositoryPaths(files: ["src/a/x.c"]),
          DraftOptions(tool: "t", ordersPhases: true))
        let outcome = Importing.outcome(of: drafts, into: BundleFolder(path: "w", files: []))
        let isEmpty = lists.allSatisfy(\.items.isEmpty)
        try Violation.unless(!isEmpty || !outcome.findings.isEmpty, "nothing read, and no word")
        for finding in outcome.findings {
          let isSafe = finding.message.unicodeScalars.allSatisfy(\.isHarmless)
          try Violation.unless(isSafe, "unsafe: \(finding.message.debugDescription)")
        }
        for file in outcome.files { _ = try SourceJSON(parsing: file.bytes ?? []) }
        let ids = drafts.flatMap { $0.drafts.map(\.id) }
        try Violation.unless(Set(ids).count == ids.count, "an id is there twice")
      }
    }
    #expect(failure == nil, "\(format): \(failure ?? "")")
  }

  private static let pieces = [
    "- [", "]", "[ ] ", "T001", "1.1", "---\n", "```\n", "<!--", "\"", "{", "}", "[", ",", ":",
    "\n",
    "\u{0}", "\u{1B}[2J", "->", "depends on ", "T001-T999999999999999999", "0", "é", "—", "→",
    "status: ",
    "**",
  ]

  private static func damage(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      let end = min(bytes.count, place + Int.random(in: 0...30, using: &generator))
      switch Int.random(in: 0...4, using: &generator) {
      case 0: bytes.removeSubrange(place..<end)
      case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 2: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 3: bytes.removeSubrange(place...)
      default: bytes.insert(contentsOf: pieces.randomElement(using: &generator)!.utf8, at: place)
      }
    }
    return bytes
  }
}
