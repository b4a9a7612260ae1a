import Foundation
import Testing

/// From another tool's list to landed work and back, by the program itself.
@Suite struct ImportTests {
  private static let list = "openspec/changes/tidy/tasks.md"
  private static let tasks = """
    ## 1. Core
    - [x] 1.1 Split src/a.txt
    - [ ] 1.2 Write src/a.txt
    - [ ] 1.3 Write new.txt below src/ as src/new.txt (depends on 1.2)
    - [~] 1.4 Something without a path

    """

  private func scene(_ text: String = Self.tasks) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      tools:
        note: {adapter: command, command: [sh, scripts/note.sh]}
      gates:
        GATE_UNIT: {command: ["true"], timeout: 1m}
      integration: {target: main, gates: [GATE_UNIT]}

      """)
    try scratch.write(
      "scripts/note.sh",
      """
      case $UET_WORKSTREAM in
      *-1-2) echo work >> src/a.txt ;;
      *) cat src/a.txt > src/new.txt ;;
      esac

      """)
    try scratch.write("src/a.txt", "a\n")
    try scratch.write(Self.list, text)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=list")
    return scratch
  }

  @Test func fromAListToLandedWorkAndBack() throws {
    let scratch = try scene()
    let dry = try scratch.uet("import", "openspec", "--dry-run")
    #expect(dry.status == 0 && dry.text.contains("would be: 3 added"), "\(dry)")
    #expect(dry.text.contains("tasks.md:5: warning: '[~]' is no box to OpenSpec"), "\(dry)")
    #expect(dry.text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(dry)")
    #expect(scratch.read("workstreams/openspec-tidy.json") == nil)
    let first = try scratch.uet("import", "openspec")
    #expect(first.status == 0 && first.text.contains("3 added; 1 done or dropped"), "\(first)")
    let bundle = scratch.read("workstreams/openspec-tidy.json")
    let again = try scratch.uet("import", "openspec")
    #expect(again.text.contains("3 unchanged"), "\(again)")
    #expect(scratch.read("workstreams/openspec-tidy.json") == bundle)

    let valid = try scratch.uet("validate")
    #expect(valid.status == 0, "\(valid)")
    #expect(valid.errors.contains("the scopes of 3 workstreams are proposed"), "\(valid)")
    #expect(valid.errors.contains("1 of them everything"), "\(valid)")
    let refused = try scratch.uet("run")
    #expect(refused.status == 2, "\(refused)")
    #expect(refused.errors.contains("git uet import --confirm"), "\(refused)")

    let confirmed = try scratch.uet("import", "--confirm", "ws-tidy-1-2", "ws-tidy-1-3")
    #expect(confirmed.text.contains("2 workstreams confirmed"), "\(confirmed)")
    let changes = zip(
      (bundle ?? "").split(separator: "\n"),
      (scratch.read("workstreams/openspec-tidy.json") ?? "").split(separator: "\n")
    ).filter { $0 != $1 }
    #expect(changes.map(\.1) == Array(repeating: "      \"proposed\": false,", count: 2))
    let unknown = try scratch.uet("import", "--confirm", "ws-none")
    #expect(unknown.status == 2 && unknown.errors.contains("ws-none"), "\(unknown)")

    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let run = try scratch.uet("run", "ws-tidy-1-3")
    #expect(run.status == 0, "\(run)")
    let early = try scratch.uet("import", "--mark-done")
    #expect(early.text.contains("0 ticked off; 3 not landed yet"), "\(early)")
    let landed = try scratch.uet("integrate", "--land", "main", "--update-checkout")
    #expect(landed.status == 0, "\(landed)")
    #expect(try scratch.git("show", "main:src/new.txt") == "a\nwork")

    // What was changed at the source meanwhile is not ticked off.
    let text = Self.tasks.replacingOccurrences(of: "Write new.txt", with: "Write  new.txt")
    try scratch.write(Self.list, text)
    let marked = try scratch.uet("import", "--mark-done")
    #expect(marked.text.contains("1 ticked off; 1 not landed yet"), "\(marked)")
    #expect(marked.text.contains("1.3 is left: its line was changed"), "\(marked)")
    #expect(
      scratch.read(Self.list) == text.replacingOccurrences(of: "- [ ] 1.2", with: "- [x] 1.2"))
    let last = try scratch.uet("import", "openspec")
    #expect(last.text.contains("- ws-tidy-1-2  done at the source"), "\(last)")
    #expect(scratch.read("workstreams/openspec-tidy.json")?.contains("ws-tidy-1-2\"") == false)
  }

  @Test func confirmingKeepsAllOtherBytesOfYAML() throws {
    let scratch = try scene()
    let text = """
      # mine
      - id: ws-one
        proposed: true   # look
        tasks: [x]
        files_scope: [src]
        tool: note
      - {id: ws-two, tasks: [x], files_scope: [src], tool: note, "proposed": true}

      """
    try scratch.write("workstreams/a.yaml", text)
    let output = try scratch.uet("import", "--confirm")
    #expect(output.status == 0, "\(output)")
    #expect(
      scratch.read("workstreams/a.yaml") == text.replacingOccurrences(of: "true", with: "false"))
    #expect(try scratch.uet("validate", "--strict").status == 0)
  }

  @Test func aRunTakesProposedScopesWhenTold() throws {
    let scratch = try scene()
    #expect(try scratch.uet("import", "openspec").status == 0)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run", "ws-tidy-1-2", "--dry-run").status == 2)
    let run = try scratch.uet("run", "ws-tidy-1-2", "--accept-proposed")
    #expect(run.status == 0, "\(run)")
  }

  /// Paths that are gone are found in the history; the lists of hosts come by their own programs.
  @Test func historyAndPrograms() throws {
    let scratch = try scene("- [ ] 1.1 Bring lib/old.txt back\n")
    try scratch.write("lib/old.txt", "x\n")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=old")
    try scratch.git("rm", "--quiet", "lib/old.txt")
    try scratch.git("commit", "--quiet", "--message=gone")
    let output = try scratch.uet("import", "openspec", "--format", "json")
    #expect(output.text.contains("\"state\": \"existed\""), "\(output)")

    let tools = scratch.root.appendingPathComponent("tools").path
    try FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: true)
    let script = """
      #!/bin/sh
      case "$*" in
      *--json) printf 'Specify one or more comma-separated fields for `--json`:\\n  body\\n  number\\n  state\\n  title\\n' >&2; exit 1 ;;
      *'--json number,title,body,state') echo '[{"number": 7, "title": "Fix src/a.txt", "body": "", "state": "OPEN"}]' ;;
      *) echo "no such field" >&2; exit 1 ;;
      esac

      """
    try Data(script.utf8).write(to: URL(fileURLWithPath: tools + "/gh"))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: tools + "/gh")
    let path = tools + ":" + (scratch.environment["PATH"] ?? "")
    let issues = try Scratch.start(
      Scratch.gitProgram, ["uet", "import", "github"], scratch.path,
      scratch.environment.merging(["PATH": path]) { $1 }
    ).finish()
    #expect(issues.status == 0 && issues.text.contains("+ ws-issue-7  src/a.txt"), "\(issues)")
    #expect(issues.text.contains("1 issue without relations"), "\(issues)")
  }

  /// What is in a file that cannot be read may have been imported before.
  @Test func nothingIsImportedBesideABrokenFile() throws {
    let scratch = try scene()
    #expect(try scratch.uet("import", "openspec").status == 0)
    let text = try #require(scratch.read("workstreams/openspec-tidy.json"))
    try scratch.write("workstreams/mine.json", String(text.dropLast(8)))
    try FileManager.default.removeItem(atPath: scratch.path + "/workstreams/openspec-tidy.json")
    let output = try scratch.running(["import", "openspec"]).finish()
    #expect(output.status == 2 && output.errors.contains("'workstreams/mine.json'"), "\(output)")
    #expect(scratch.read("workstreams/openspec-tidy.json") == nil)
  }

  @Test func slipsAreToldWithWhatToType() throws {
    let scratch = try scene()
    for (words, part) in [
      (["import"], "one of openspec, speckit"), (["import", "jira"], "'jira' is none of"),
      (["import", "speckit"], "git uet import speckit PATH"),
      (["import", "openspec", "nowhere"], "there is no file or folder"),
      (["import", "openspec", "--list", "other"], "there are 'tidy'"),
      (["import", "openspec", "--tool", "none"], "there is no tool 'none'"),
      (["import", "--confirm", "--mark-done"], "do not go together"),
    ] {
      let output = try scratch.running(words).finish()
      #expect(output.status == 2 && output.errors.contains(part), "\(words): \(output)")
    }
  }
}
