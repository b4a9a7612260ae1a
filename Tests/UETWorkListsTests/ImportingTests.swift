import Testing
import UETModel

@testable import UETWorkLists

/// Importing again: what follows the source, what stays, and what goes.
@Suite struct ImportingTests {
  /// A folder of bundles in memory.
  private struct Folder {
    var files: [String: String] = [:]
    var format = WorkListFormat.openspec
    var source = "c/tasks.md"

    func outcome(_ text: String, paths: [String] = []) -> ImportOutcome {
      let sorted = files.sorted { $0.key < $1.key }
      let folder = BundleFolder(
        path: "w", files: sorted.map { ($0.key, Array($0.value.utf8)) })
      let lists = WorkListReader.read(format, [WorkListFile(source, text)])
      let drafts = Drafting.drafts(
        of: lists, in: RepositoryPaths(files: paths),
        DraftOptions(tool: "t", known: folder.known, taken: folder.taken))
      return Importing.outcome(of: drafts, into: folder)
    }

    mutating func take(_ text: String, paths: [String] = []) -> ImportOutcome {
      let outcome = outcome(text, paths: paths)
      for file in outcome.files {
        files[file.path] = file.bytes.map { String(decoding: $0, as: UTF8.self) }
      }
      return outcome
    }

    var text: String { files["w/openspec-c.json"] ?? "" }

    mutating func edit(_ old: String, _ new: String) {
      #expect(text.contains(old), "\(old) is not in \(text)")
      files["w/openspec-c.json"] = text.replacing(old, with: new)
    }
  }

  private func actions(_ outcome: ImportOutcome) -> [String] {
    outcome.changes.map { "\($0.name.key) \($0.action.rawValue)" }
  }

  private static let first = "- [ ] 1.1 Write src/a.c\n- [ ] 1.2 Write src/b.c (after 1.1)\n"

  @Test func nothingNewWritesNothing() {
    var folder = Folder()
    #expect(actions(folder.take(Self.first)) == ["1.1 added", "1.2 added"])
    let again = folder.outcome(Self.first)
    #expect(again.files.isEmpty && actions(again) == ["1.1 unchanged", "1.2 unchanged"])
  }

  /// Some editors put a byte order mark before what they save.
  @Test func aByteOrderMarkHidesNothingAndStays() {
    var folder = Folder()
    _ = folder.take(Self.first)
    folder.files["w/renamed.json"] = "\u{FEFF}" + folder.text
    folder.files["w/openspec-c.json"] = nil
    #expect(folder.outcome(Self.first).files.isEmpty)
    let outcome = folder.take(Self.first + "- [ ] 1.3 New\n")
    #expect(actions(outcome) == ["1.1 unchanged", "1.2 unchanged", "1.3 added"])
    #expect(outcome.files.map(\.path) == ["w/renamed.json"])
    #expect(outcome.files.first?.bytes?.starts(with: Array("\u{FEFF}{".utf8)) == true)
  }

  @Test func whatNobodyTouchedFollowsTheSource() {
    var folder = Folder()
    _ = folder.take(Self.first)
    let outcome = folder.take(
      "- [ ] 1.1 Write src/a.c and src/c.c\n- [ ] 1.2 Write src/b.c\n- [ ] 1.3 New\n")
    #expect(actions(outcome) == ["1.1 updated", "1.2 updated", "1.3 added"])
    #expect(outcome.changes[0].fields == ["tasks", "files_scope", "files_create"])
    #expect(outcome.changes[1].fields == ["tasks", "depends_on"])
    #expect(folder.text.contains(#""files_scope": ["src/a.c", "src/c.c"]"#))
    #expect(
      folder.outcome(
        "- [ ] 1.1 Write src/a.c and src/c.c\n- [ ] 1.2 Write src/b.c\n- [ ] 1.3 New\n"
      ).files.isEmpty)
  }

  @Test func whatWasEditedStaysAndIsTold() {
    var folder = Folder()
    _ = folder.take(Self.first)
    folder.edit(
      #""files_scope": ["src/a.c"]"#, #""files_scope":   [ "src/mine.c" ], "risk": "high""#)
    #expect(folder.outcome(Self.first).files.isEmpty)
    let changed = Self.first.replacing("src/a.c", with: "src/z.c")
    for _ in 0..<2 {
      let outcome = folder.take(changed)
      let difference = outcome.changes[0].differences
      #expect(difference == [.init(field: "files_scope", source: #"["src/z.c"]"#)])
      #expect(folder.text.contains(#""files_scope":   [ "src/mine.c" ], "risk": "high""#))
      #expect(folder.text.contains("Write src/z.c"), "its other fields follow")
    }
  }

  @Test func aConfirmedScopeIsAsGoodAsWritten() {
    var folder = Folder()
    _ = folder.take(Self.first)
    folder.edit(#""proposed": true"#, #""proposed": false"#)
    #expect(folder.outcome(Self.first).files.isEmpty)
    let outcome = folder.take(Self.first.replacing("src/a.c", with: "src/z.c"))
    #expect(outcome.changes[0].differences.map(\.field) == ["files_scope", "files_create"])
    #expect(outcome.changes[0].fields == ["tasks"])
    #expect(folder.text.contains(#""files_scope": ["src/a.c"]"#))
    #expect(!folder.text.contains(#""proposed": true"#))
  }

  @Test func whatIsDoneOrGoneIsRemoved() {
    var folder = Folder()
    _ = folder.take(Self.first + "- [ ] 1.3 third\n- [ ] 1.4 fourth\n")
    folder.edit(#""proposed": true"#, #""proposed": false"#)
    let outcome = folder.take("- [x] 1.1 Write src/a.c\n- [ ] 1.2 Write src/b.c (after 1.1)\n")
    #expect(
      actions(outcome) == ["1.2 updated", "1.1 removed", "1.3 removed", "1.4 removed"])
    #expect(outcome.changes.map(\.reason).compactMap { $0 }.count == 3)
    let root = try? SourceJSON(parsing: Array(folder.text.utf8))
    #expect(root?["workstreams"]?.array?.map { $0["id"]?.string } == ["ws-c-1-2"])
    let all = folder.take("- [x] 1.1 Write src/a.c\n- [x] 1.2 Write src/b.c (after 1.1)\n")
    #expect(all.files.map(\.path) == ["w/openspec-c.json"] && all.files[0].bytes == nil)
  }

  @Test func whatWasEditedOrIsNeededIsKept() {
    var folder = Folder()
    _ = folder.take(Self.first)
    folder.files["w/own.json"] = """
      {"id": "ws-own", "tasks": ["x"], "tool": "t", "files_scope": ["z"], "depends_on": ["ws-c-1-2"]}
      """
    folder.edit("Write src/a.c", "Write it by hand")
    let outcome = folder.take("- [x] 1.1 Write src/a.c\n- [x] 1.2 Write src/b.c (after 1.1)\n")
    #expect(actions(outcome) == ["1.1 kept", "1.2 kept"])
    #expect(outcome.files.isEmpty)
    #expect(outcome.changes[0].reason?.contains("edited by hand") == true)
    #expect(outcome.changes[1].reason?.contains("others depend on it") == true)
  }

  @Test func aFileMayBeRenamedAndWorkstreamsMoved() {
    var folder = Folder()
    _ = folder.take(Self.first)
    folder.files["w/renamed.json"] = folder.text
    folder.files["w/openspec-c.json"] = nil
    let outcome = folder.take(Self.first + "- [ ] 1.3 third\n")
    #expect(outcome.files.map(\.path) == ["w/renamed.json"])
    #expect(actions(outcome) == ["1.1 unchanged", "1.2 unchanged", "1.3 added"])
  }

  @Test func whatCannotBeReadRemovesNothing() {
    var folder = Folder(format: .taskmaster, source: "tasks.json")
    let whole = #"{"tasks": [{"id": 1, "title": "a", "status": "pending", "dependencies": []}]}"#
    _ = folder.take(whole)
    for text in [String(whole.dropLast(3)), "", "{}", "[]", #"{"tasks": []}"#, "null"] {
      let outcome = folder.outcome(text)
      #expect(outcome.files.isEmpty && !outcome.findings.isEmpty, "\(text)")
    }
  }

  @Test func filesOfOthersAreLeftAlone() {
    var folder = Folder()
    folder.files["w/openspec-c.json"] = "no json at all"
    let outcome = folder.outcome(Self.first)
    #expect(outcome.files.isEmpty && outcome.findings.contains { $0.code == "not_written" })
  }

  @Test func whatIsInYAMLIsOnlyNamed() throws {
    var folder = Folder()
    _ = folder.take(Self.first)
    let root = try SourceJSON(parsing: Array(folder.text.utf8))
    var bundles = BundleFolder(path: "w", files: [])
    let entry = try #require(root["workstreams"]?.array?.first)
    bundles.add(
      id: WorkstreamID("ws-c-1-1")!, imported: entry["imported"]?.json, dependsOn: [],
      file: "w/x.yaml")
    let lists = WorkListReader.read(.openspec, [WorkListFile("c/tasks.md", Self.first)])
    let drafts = Drafting.drafts(
      of: lists, in: RepositoryPaths(),
      DraftOptions(tool: "t", known: bundles.known, taken: bundles.taken))
    let outcome = Importing.outcome(of: drafts, into: bundles)
    #expect(actions(outcome) == ["1.1 unchanged", "1.2 added"])
    #expect(outcome.findings.contains { $0.place.file == "w/x.yaml" })
  }
}
