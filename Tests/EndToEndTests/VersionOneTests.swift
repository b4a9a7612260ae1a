import Foundation
import Testing
import UETLedger
import UETModel
import UETPlanning

/// What version 1 of bundles, ledger and outputs looks like was kept in `Version1`, and is read for
/// ever: members may be added to what is printed of it, but nothing that was there may change.
@Suite struct VersionOneTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Version1")

  private static func kept(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name), encoding: .utf8)
  }

  /// The kept runs by what they are called in `commands`.
  private static func runs() throws -> [String: String] {
    let lines = try kept("runs").split(separator: "\n").map { $0.split(separator: " ") }
    return Dictionary(uniqueKeysWithValues: lines.map { (String($0[0]), String($0[1])) })
  }

  /// The kept outputs, each with the words that printed it.
  private static func outputs() throws -> [(name: String, words: [String])] {
    let runs = try runs()
    return try kept("commands").split(separator: "\n").map { line in
      let words = line.split(separator: " ").map(String.init)
      return (words[0], words.dropFirst().map { runs[$0] ?? $0 })
    }
  }

  /// A clone of the kept repository, in which nothing else is known.
  private func clone() throws -> Scratch {
    let scratch = try Scratch(commit: false)
    let file = Self.folder.appending(path: "repository.bundle").path
    try scratch.git("checkout", "--quiet", "--orphan", "elsewhere")
    try scratch.git("fetch", "--quiet", file, "refs/*:refs/*")
    try scratch.git("checkout", "--quiet", "main")
    return scratch
  }

  @Test func whatIsPrintedIsWhatWasPrinted() throws {
    let scratch = try clone()
    for (name, words) in try Self.outputs() {
      let output = try scratch.running(words).finish()
      #expect(output.status == 0, "\(words): \(output)")
      let changes = try KeptOutput(name, Self.kept("outputs/\(name)")).changes(in: output.text)
      #expect(changes.isEmpty, "\(words) is not as it was: \(changes.prefix(5))")
    }
  }

  @Test func theSchemasDescribeWhatWasPrinted() throws {
    for (name, words) in try Self.outputs() {
      try OutputSchema.check(words, Self.kept("outputs/\(name)"))
    }
  }

  /// In the clone that started it, by its name and its key.
  @Test func aRunThatWasInterruptedGoesOn() throws {
    let scratch = try clone()
    let name = try Self.kept("clone").trimmingCharacters(in: .newlines)
    try scratch.git("config", "uet.cloneId", name)
    try scratch.write(".git/uet.key", Self.kept("uet.key"))
    let run = try #require(Self.runs()["INTERRUPTED"])
    let resumed = try scratch.uet("resume", run)
    #expect(resumed.status == 0, "\(resumed)")
    let landed = try scratch.uet("integrate", run, "--land", "main", "--update-checkout")
    #expect(landed.status == 0, "\(landed)")
    #expect(scratch.read("src/late") == "late\n")
    #expect(try scratch.uet("verify", run).status == 0)
  }

  @Test func theLibraryReadsTheRecord() throws {
    let scratch = try clone()
    let ledger = try RunLedger(repository: scratch.path)
    let names = try Self.runs()
    #expect(try ledger.runs() == [names["INTERRUPTED"], names["FINISHED"]])
    for (key, name) in names {
      let file = key.lowercased()
      let status = try JSONValue(parsing: Array(Self.kept("outputs/status-\(file).json").utf8))
      let run = try ledger.run(name)
      #expect(run.id == status["run"]?.string && run.status == status["status"]?.string)
      #expect(run.startedAt == status["started_at"]?.string)
      #expect(run.eventCount == status["sequence"]?.integer)
      let workstreams = status["workstreams"]?.array ?? []
      #expect(run.workstreams.map(\.id) == workstreams.map { $0["id"]?.string })
      #expect(run.workstreams.map(\.state) == workstreams.map { $0["state"]?.string })
      #expect(
        run.workstreams.map { $0.attempts.map(\.outcome) }
          == workstreams.map { ($0["attempts"]?.array ?? []).map { $0["outcome"]?.string } })
      let lines = try Self.kept("outputs/events-\(file).jsonl").split(separator: "\n")
      let events = try ledger.events(of: name)
      #expect(events.count == lines.count)
      for (event, line) in zip(events, lines) {
        let kept = try JSONValue(parsing: Array(line.utf8))
        #expect(event.number == kept["seq"]?.integer && event.type == kept["type"]?.string)
        #expect(event.at == kept["at"]?.string && event.workstream == kept["workstream"]?.string)
        let data = try JSONValue(parsing: Array(event.data.utf8))
        #expect(data == kept["data"] ?? .object(JSONObject()), "event \(event.number)")
      }
    }
  }

  @Test func theLibraryPlansTheBundles() throws {
    let folder = Self.folder.appending(path: "project/workstreams")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let bundles = BundleSet(
      try BundleFile.names(among: names).map {
        BundleFile(path: $0, bytes: Array(try Data(contentsOf: folder.appending(path: $0))))
      })
    let kept = try JSONValue(parsing: Array(Self.kept("outputs/plan.json").utf8))
    let plan = try bundles.plan(workers: 3)
    #expect(plan.items.count == kept["count"]?.integer)
    #expect(plan.makespan == kept["makespan"]?.double)
    #expect(plan.conflictCount == kept["conflicts_total"]?.integer)
    let starts = kept["schedule"]?.array?.map { ($0["id"]?.string ?? "", $0["start"]?.double) }
    #expect(
      Dictionary(uniqueKeysWithValues: plan.items.map { ($0.id, $0.start) })
        == Dictionary(uniqueKeysWithValues: starts ?? []))
  }

  @Test func whatChangesIsNoticed() throws {
    let kept = KeptOutput("x.json", #"{"a": [1, {"b": "x"}], "c": null}"#)
    #expect(try kept.changes(in: #"{"new": 1, "c": null, "a": [1, {"b": "x", "d": 2}]}"#) == [])
    #expect(try kept.changes(in: #"{"a": [1, {"b": "y"}], "c": null}"#).count == 1)
    #expect(try kept.changes(in: #"{"a": [1, {"b": "x"}, 2], "c": null}"#).count == 1)
    #expect(try kept.changes(in: #"{"a": [1, {"b": "x"}]}"#).count == 1)
    let lines = KeptOutput("x.jsonl", "{\"a\": 1}\n{\"a\": 2}\n")
    #expect(try lines.changes(in: "{\"a\": 1}\n{\"a\": 2, \"b\": 3}\n") == [])
    #expect(try lines.changes(in: "{\"a\": 1}\n").count == 1)
    let text = KeptOutput("x.txt", "one 1\ntwo 2\n")
    #expect(try text.changes(in: "two 2\nthree 3\none 1\n") == [])
    #expect(try text.changes(in: "one 1\ntwo 3\n").count == 1)
  }
}

/// An output as it was kept, to be found again in one of today.
private struct KeptOutput {
  private let name: String
  private let text: String

  init(_ name: String, _ text: String) { (self.name, self.text) = (name, text) }

  /// What was there and is not any more, or is something else.
  func changes(in now: String) throws -> [String] {
    switch name.split(separator: ".").last {
    case "json": return Self.changes(try Self.json(text), try Self.json(now), at: "")
    case "jsonl":
      let values = try [text, now].map { text in
        JSONValue.array(try text.split(separator: "\n").map { try Self.json(String($0)) })
      }
      return Self.changes(values[0], values[1], at: "")
    default:
      let lines = Set(now.split(separator: "\n"))
      // The program says its own version there.
      return text.split(separator: "\n").filter {
        !lines.contains($0) && !$0.hasPrefix("uet_build_info")
      }.map { "no line '\($0)'" }
    }
  }

  private static func json(_ text: String) throws -> JSONValue {
    try JSONValue(parsing: Array(text.utf8))
  }

  private static func changes(_ old: JSONValue, _ new: JSONValue, at place: String) -> [String] {
    // Names of variables of whoever asks.
    if place == "/environment/user" { return [] }
    if let members = old.object?.members, new.object != nil {
      return members.flatMap { member in
        new[member.key].map { changes(member.value, $0, at: "\(place)/\(member.key)") }
          ?? ["\(place)/\(member.key) is gone"]
      }
    }
    if let (items, others) = old.array.flatMap({ items in new.array.map { (items, $0) } }) {
      guard items.count == others.count else {
        return ["\(place) has \(others.count) members, not \(items.count)"]
      }
      return zip(items, others).enumerated().flatMap { number, pair in
        changes(pair.0, pair.1, at: "\(place)/\(number)")
      }
    }
    return old == new ? [] : ["\(place) is \(new.encoded()), not \(old.encoded())"]
  }
}
