import Foundation
import Testing

/// What agents have to read, counted before they do.
@Suite struct ContextTests {
  private func project(_ model: String, program: String = "", files: Int = 3) throws -> Scratch {
    let scratch = try Scratch()
    let agent = try scratch.program("agent", "#!/bin/sh\n\(program)\n")
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      retry: {max_attempts: 1}
      tools: {aider: {command: [\(agent.path)], model: \(model)}, claude: {command: [\(agent.path)], model: \(model)}}
      """)
    for number in 0..<files {
      try scratch.write(
        "src/part\(number).py",
        "from .base import Base\n"
          + (0..<400).map { "def function_\($0)(value):  # why\n    return value + \($0)\n" }
          .joined())
    }
    try scratch.write("src/base.py", "class Base:\n    pass\n")
    try scratch.write("src/other.txt", "nothing\n")
    try scratch.write("tests/test_part0.py", "import src.part0\n")
    let names = (0..<files).map { "src/part\($0).py" }.joined(separator: ", ")
    try scratch.write(
      "workstreams/ws-a.yaml",
      "id: ws-a\ntasks: [Append a line]\nfiles_scope: [\(names)]\ntool: aider\n"
        + "estimated_context_tokens: 100\n")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=all")
    return scratch
  }

  @Test func contextNamesWhatIsNeededAndWhy() throws {
    let scratch = try project("gpt-4o")
    let output = try scratch.uet("context", "ws-a")
    #expect(output.status == 0, "\(output)")
    for words in [
      "ws-a with gpt-4o: about ", "may be changed: 3 files", "named by src/part0.py",
      "tests src/part0.py", "far from",
    ] { #expect(output.text.contains(words), "\(words): \(output.text)") }
    #expect(!output.text.contains("other.txt"))
    #expect(output.text.split(separator: "\n").allSatisfy { $0.unicodeScalars.count <= 80 })
    // A second time from what was kept, and the same.
    #expect(try scratch.uet("context", "ws-a").text == output.text)
    try scratch.git("config", "core.quotePath", "true")
    let cache = URL(fileURLWithPath: scratch.path + "/.git/uet/context-read")
    try Data("uet read files 1\n\u{28}".utf8).write(to: cache)
    #expect(try scratch.uet("context", "ws-a").text == output.text)

    let json = try scratch.uet("context", "ws-a", "--format", "json").text
    #expect(json.contains("\"window\": 128000") && json.contains("\"path\": \"src/base.py\""))
    let plan = try scratch.uet("plan", "--estimate").text
    #expect(
      plan.contains("Context, in tokens") && plan.contains("(its bundle says 100)"), "\(plan)")
  }

  @Test func packsAreSmallerByStrategy() throws {
    let scratch = try project("gpt-4o")
    let whole = try scratch.uet("context", "ws-a", "--pack", "-").text
    #expect(whole.hasPrefix("src/part0.py\n```\nfrom .base") && whole.contains("class Base:"))
    let small = try scratch.uet("context", "ws-a", "--pack", "-", "--room", "100").text
    #expect(small.contains("src/base.py") && !small.contains("function_1"))
  }

  @Test func partsTakeTheWholesPlace() throws {
    let scratch = try project("gpt-4o")
    let output = try scratch.uet("context", "ws-a", "--split", "--room", "9000")
    #expect(output.status == 0, "\(output)")
    try scratch.write("workstreams/ws-a.json", output.text)
    try FileManager.default.removeItem(
      at: URL(fileURLWithPath: scratch.path + "/workstreams/ws-a.yaml"))
    let plan = try scratch.uet("plan", "--json")
    #expect(plan.status == 0, "\(plan)")
    #expect(plan.text.contains("\"count\": 3") && plan.text.contains("ws-a-part-1"), "\(plan)")
    #expect(try scratch.uet("context", "ws-a", "--split", "--room", "999999").status != 0)
  }

  /// A program that opens all files of its scope is not started where they do not fit its model.
  @Test func whatDoesNotFitIsNotStarted() throws {
    // gpt-4 takes 8,192 tokens.
    let scratch = try project("gpt-4", program: "echo yes > $TMPDIR/started", files: 2)
    let output = try scratch.uet("run")
    let run = try scratch.onlyRun()
    #expect(output.status != 0 && scratch.kept("started").isEmpty, "\(output)")
    let events = try scratch.uet("events", run, "--json").text
    #expect(events.contains("E_CONTEXT_OVERFLOW"), "\(events)")
    #expect(events.contains("git uet context ws-a --split"), "\(events)")
    try scratch.git("config", "uet.context.overflow", "off")
    _ = try scratch.uet("run")
    #expect(scratch.kept("started") == "yes\n")
  }

  /// What programs tell of their requests is set beside what they were handed.
  @Test func pastAttemptsCalibrate() throws {
    let usage = "{\"gpt-4o\":{\"inputTokens\":30000,\"outputTokens\":5}}"
    let scratch = try project(
      "gpt-4o",
      program: """
        echo x >> src/part0.py
        echo '{"subtype":"success","is_error":false,"session_id":"s","result":"ok","num_turns":1,"modelUsage":\(usage),"type":"result"}'
        """)
    try scratch.write(
      "workstreams/ws-a.yaml",
      "id: ws-a\ntasks: [Append a line]\nfiles_scope: [src/part0.py]\ntool: claude\n")
    for _ in 0..<3 { _ = try scratch.uet("run") }
    let output = try scratch.uet("context", "ws-a")
    #expect(output.text.contains("median of 3"), "\(output)")
  }
}
