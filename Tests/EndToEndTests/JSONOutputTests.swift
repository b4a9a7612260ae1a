import Foundation
import Testing
import UETModel

/// Each command that prints JSON has a schema, and prints what that says; `Running` holds every
/// output against it.
@Suite struct JSONOutputTests {
  /// Runs a command that must print something, and end as it should; without `status` in any way.
  private func prints(_ scratch: Scratch, _ words: String..., status: Int32? = 0) throws {
    let output = try scratch.running(words).finish()
    #expect(!output.text.isEmpty, "\(words): \(output)")
    if let status { #expect(output.status == status, "\(words): \(output)") }
    #expect(!OutputSchema.names(words).isEmpty, "\(words) are not known to print JSON")
  }

  private func scene() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      gates:
        GATE_UNIT: {command: ["true"], timeout: 1m, inputs: ["src/**"]}
      integration: {target: main, gates: [GATE_UNIT]}

      """)
    try scratch.write("src/a.txt", "a\n")
    try scratch.write("src/b.txt", "b\n")
    try scratch.bundle("ws-one", scope: ["src/a.txt"], "echo one >> src/a.txt")
    try scratch.bundle("ws-two", scope: ["src/*.txt"], after: ["ws-one"], "echo two >> src/b.txt")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    try scratch.git("checkout", "--quiet", "-b", "mine")
    return scratch
  }

  @Test func whatBundlesComeTo() throws {
    let scratch = try scene()
    try prints(scratch, "plan", "--json")
    try prints(scratch, "plan", "--estimate", "--durations", "unit", "--json")
    try prints(scratch, "validate", "--json")
    try prints(scratch, "simulate", "--trials", "20", "--workers", "1..2", "--json")
    try prints(scratch, "simulate", "--trials", "20", "--budget", "5", "--json")
    try prints(scratch, "suggest", "--json")
    try prints(
      scratch, "add", "Write a third", "--scope", "src/c.txt", "--tool", "claude", "--dry-run",
      "--json")
    try scratch.write(
      "workstreams/three.yaml",
      "id: ws-three\ntasks: [Write c]\nfiles_scope: [src/c.txt]\ntool: claude\n")
    try prints(scratch, "prompt", "ws-three", "--json")
    try prints(scratch, "prices", "--json")
    try prints(scratch, "trust", "--json")
    try prints(scratch, "context", "ws-one", "--model", "claude-opus-4-1", "--format", "json")
    try scratch.bundle("ws-odd", scope: ["../up"], "true")
    try prints(scratch, "plan", "--json", status: 2)
    try prints(scratch, "validate", "--json", status: 2)
    try prints(scratch, "simulate", "--json", status: 2)
  }

  @Test func whatRunsLeave() throws {
    let scratch = try scene()
    try prints(scratch, "run", "--json")
    try prints(scratch, "status", "--json")
    try prints(scratch, "runs", "--json")
    try prints(scratch, "show", "ws-two", "--json")
    try prints(scratch, "prompt", "ws-two", "--run", "@", "--json")
    try prints(scratch, "logs", "ws-one", "--json")
    try prints(scratch, "gates", "--json")
    try prints(scratch, "gates", "--explain", "ws-one", "--json")
    try prints(scratch, "cost", "--json")
    try prints(scratch, "events", "--json")
    try prints(scratch, "report", "--json")
    try prints(scratch, "handoff", "ws-one", "--json")
    try prints(scratch, "review", "--json")
    try prints(scratch, "review", "ws-one", "--approve", "--json")
    try prints(scratch, "review", "ws-one", "--json")
    try prints(scratch, "open", "ws-one", "--json")
    try prints(scratch, "worktrees", "--json")
    try prints(scratch, "queue", "pause", "--reason", "later", "--json")
    try prints(scratch, "queue", "resume", "--json")
    try prints(scratch, "integrate", "--land", "main", "--json")
    try prints(scratch, "queue", "--json")
    try prints(scratch, "conflicts", "--json")
    // Whether a verdict of the very tree is on record depends on how the queue put it together.
    try prints(scratch, "reproduce", "ws-one", "--json", status: nil)
    try prints(scratch, "verify", "--json")
    try prints(scratch, "verify", "--landed", "--json")
    try prints(scratch, "rollback", "ws-two", "--dry-run", "--json")
    try prints(scratch, "rollback", "ws-two", "--json")
    try prints(scratch, "retry", "ws-two", "--json")
    try prints(scratch, "replan", "--dry-run", "--json")
    try prints(scratch, "resume", "--json")
    try prints(scratch, "replay", "--json")
    try prints(scratch, "run", "--json")
    try prints(scratch, "compare", "--json")
    try prints(scratch, "advise", "--trials", "24", "--json")
    try prints(scratch, "recover", "--list", "--json")
    try prints(scratch, "clean", "--force", "--json")
    try prints(scratch, "forget", "@", "--discard", "--json")
    try prints(scratch, "gc", "--older-than", "0s", "--unlanded", "--json")
    try prints(scratch, "runs", "--archived", "--json")
  }

  @Test func whatIsImported() throws {
    let scratch = try scene()
    try scratch.write("openspec/changes/tidy/tasks.md", "## 1. Core\n- [ ] 1.1 Write src/a.txt\n")
    try prints(scratch, "import", "openspec", "--tool", "shell", "--format", "json")
    try prints(scratch, "import", "--confirm", "--format", "json")
    try prints(scratch, "import", "--mark-done", "--format", "json")
  }

  @Test func eachCommandHasASchema() throws {
    let scratch = try Scratch()
    let help = try scratch.direct(["--experimental-dump-help"]).finish()
    let root = try JSONValue(parsing: Array(help.text.utf8))["command"]
    var count = 0
    for (words, command) in Self.commands(root ?? .null) {
      let arguments = command["arguments"]?.array ?? []
      let hasFlag = arguments.contains { $0["preferredName"]?["name"] == "json" }
      let hasFormat = arguments.contains { $0["allValues"]?.array?.contains("json") ?? false }
      guard hasFlag || hasFormat else { continue }
      let names = OutputSchema.names(words + ["--json"])
      #expect(!names.isEmpty && names.allSatisfy(OutputSchema.exists), "\(words): \(names)")
      count += 1
    }
    #expect(count > 40)
  }

  @Test func whatIsNotInTheSchemaIsFound() throws {
    let schema = try OutputSchema(file: "forget.schema.json")
    let sound: JSONObject = ["version": 1, "run": "r", "references": 3, "tip": "t"]
    #expect(try schema.problems(of: .object(sound)).isEmpty)
    let faults: [(String, JSONValue?)] = [
      ("version", 2), ("run", nil), ("references", "3"), ("references", 1.5), ("more", true),
    ]
    for (name, value) in faults {
      var broken = sound
      broken[name] = value
      #expect(try schema.problems(of: .object(broken)).count == 1, "\(name)")
    }
    // Through a reference to another file.
    let state: JSONValue = ["version": 1, "id": "ws-a", "state": "ASLEEP"]
    #expect(try OutputSchema(file: "show.schema.json").problems(of: state).count == 1)
  }

  private static func commands(_ command: JSONValue) -> [(words: [String], command: JSONValue)] {
    (command["subcommands"]?.array ?? []).flatMap { part in
      let name = part["commandName"]?.string ?? ""
      return [([name], part)]
        + commands(part).map { words, command in ([name] + words, command) }
    }
  }
}
