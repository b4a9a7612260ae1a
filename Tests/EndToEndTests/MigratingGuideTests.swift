import Foundation
import Testing
import UETModel
import UETTestSupport

/// Every command that docs/guide/migrating.md names for git-uet is run.
@Suite struct MigratingGuideTests {
  private static let guide = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../docs/guide/migrating.md").standardizedFileURL

  /// In the order of the page, each once.
  static func commands() throws -> [String] {
    var commands: [String] = []
    var isBlock = false
    for line in try String(contentsOf: guide, encoding: .utf8).split(separator: "\n") {
      if line.hasPrefix("```") {
        isBlock.toggle()
      } else if isBlock {
        let words = line.drop { $0 == "$" || $0 == " " }
        if words.hasPrefix("git uet ") { commands.append(String(words.prefix { $0 != "#" })) }
      } else {
        for span in line.split(separator: "`") where span.hasPrefix("git uet ") {
          commands.append(String(span))
        }
      }
    }
    var seen: Set<String> = []
    return commands.map { $0.trimmingCharacters(in: .whitespaces) }.filter {
      seen.insert($0).inserted
    }
  }

  /// Two workstreams, of which the second fails until somebody says that it may not, and a run of
  /// both.
  private func scene() throws -> (scratch: Scratch, run: String, other: String) {
    let scratch = try PipelineScene().scratch
    try scratch.write(".uet/config.yaml", "version: 1\nintegration: {target: main}\n")
    try scratch.bundle("ws-base", scope: ["base"], "echo base > base")
    try scratch.bundle(
      "ws-cache", scope: ["cache"], after: ["ws-base"],
      extra: "circuit_breaker: {max_attempts: 1}",
      "test -e '\(scratch.root.path)/ok' && echo cache > cache")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    // So that the branch may be moved.
    try scratch.git("checkout", "--quiet", "-b", "mine")
    let first = try scratch.uet("run")
    try #require(first.status == 1, "\(first)")
    let run = try newest(scratch)
    let imported = try scratch.uet("import", "uet-pipeline", PipelineScene.database)
    try #require(imported.status == 0, "\(imported)")
    let runs = try scratch.git("for-each-ref", "--format=%(refname)", "refs/uet/runs")
    let other = try #require(
      runs.split(separator: "\n").first { !$0.contains(run) }?.split(separator: "/")[3])
    return (scratch, run, String(other))
  }

  private func newest(_ scratch: Scratch) throws -> String {
    let output = try scratch.uet("runs", "--json")
    let runs = try JSONValue(parsing: output.text)["runs"]?.array ?? []
    return try #require(runs.first?["run"]?.string)
  }

  /// What a command needs to have something to do.
  private func prepare(_ words: [Substring], _ scratch: Scratch, _ run: String) throws {
    switch words[2] {
    case "resume", "replan", "cancel":
      _ = try scratch.uet("retry", run, "ws-cache")
    case "rollback":
      _ = try Data().write(to: scratch.root.appendingPathComponent("ok"))
      _ = try scratch.uet("retry", run, "ws-cache")
      _ = try scratch.uet("resume", run)
      _ = try scratch.uet("integrate", run, "--land", "main")
    default: break
    }
  }

  @Test func theGuideNamesTheCommandsOfTheirReference() throws {
    let text = try String(contentsOf: Self.guide, encoding: .utf8)
    for name in [
      "validate_plan", "run_workstream", "monitor_parallel", "view_events", "recovery.py list",
      "recovery.py recover", "recovery.py resume", "report_metrics.py show",
      "report_metrics.py export", "report_metrics.py compare", "cost_report", "simulate_plan",
      "rollback_workstream", "health_check", "monitor_execution", "generate_report", "compare_runs",
    ] {
      #expect(text.contains("| `\(name)"), "\(name) has no row")
    }
    #expect(try Self.commands().count > 40)
  }

  /// Those that change what others would look at.
  private static let changing: Set<Substring> = [
    "init", "run", "resume", "recover", "retry", "cancel", "replan", "rollback", "integrate",
    "import", "forget", "cache",
  ]

  private static func changes(_ command: String) -> Bool {
    changing.contains(command.split(separator: " ")[2])
  }

  private func works(
    _ command: String, _ scene: (scratch: Scratch, run: String, other: String)
  ) throws {
    let line = command.split(separator: " ").dropFirst(2).map { word in
      word == "RUN" ? scene.run : word == "OTHER" ? scene.other : String(word)
    }
    let output = try scene.scratch.running(line).finish()
    // A run whose workstream fails ends with 1, as it should.
    let mayFail = ["run", "resume"].contains(line[0])
    #expect(output.status == 0 || (mayFail && output.status == 1), "\(command): \(output)")
  }

  @Test func itsLooksWork() throws {
    let scene = try scene()
    for command in try Self.commands() where !Self.changes(command) { try works(command, scene) }
  }

  @Test(arguments: try Self.commands().filter(Self.changes))
  func itsStepsWork(_ command: String) throws {
    let scene = try scene()
    try prepare(command.split(separator: " "), scene.scratch, scene.run)
    try works(command, scene)
  }
}
