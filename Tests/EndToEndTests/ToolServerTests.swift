import Foundation
import Testing

/// `git uet mcp`, as an agent's client talks with it.
@Suite struct ToolServerTests {
  private func serve(_ lines: [String], in scratch: Scratch) throws -> [String] {
    let input = scratch.root.appendingPathComponent("requests")
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: input)
    let output = try Scratch.start(
      "/bin/sh", ["-c", "git uet mcp < '\(input.path)'"], scratch.path, scratch.environment
    ).finish()
    #expect(output.status == 0 && output.errors.isEmpty, "\(output)")
    return output.text.split(separator: "\n").map(String.init)
  }

  private static let greeting =
    #"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}"#

  private static func call(_ id: Int, _ name: String, _ arguments: String = "{}") -> String {
    """
    {"jsonrpc":"2.0","id":\(id),"method":"tools/call",\
    "params":{"name":"\(name)","arguments":\(arguments)}}
    """
  }

  @Test func itSaysWhatTheCommandsSay() throws {
    let scratch = try Scratch()
    try scratch.bundle("ws-a", scope: ["a"], "echo hello; echo x > a")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let before = try serve(
      [Self.greeting, Self.call(1, "status"), Self.call(2, "plan")], in: scratch)
    #expect(before.count == 3, "\(before)")
    #expect(before[1].contains(#"error: no runs yet"#) && before[1].contains("hint: "), "\(before)")
    #expect(before[1].contains(#""isError":true"#) && before[2].contains(#""isError":false"#))
    #expect(try scratch.uet("run").status == 0)
    let after = try serve(
      [
        Self.greeting, Self.call(1, "status"), Self.call(2, "show", #"{"workstream":"ws-a"}"#),
        Self.call(3, "logs", #"{"workstream":"ws-a"}"#),
        Self.call(4, "show", #"{"workstream":"ws-b"}"#),
      ], in: scratch)
    #expect(after.count == 5, "\(after)")
    let status = try scratch.uet("status", "--json").text
    let result = try JSONSerialization.jsonObject(with: Data(after[1].utf8)) as? [String: Any]
    let content = (result?["result"] as? [String: Any])?["content"] as? [[String: Any]]
    #expect(content?.first?["text"] as? String == status)
    #expect(after[2].contains("SUCCEEDED") && after[3].contains("hello"))
    #expect(after[4].contains("no workstream 'ws-b'") && after[4].contains(#""isError":true"#))
  }

  /// Inside a worker it reports to the run, and cannot do more than the worker can.
  @Test func aWorkerReportsThroughIt() throws {
    let scratch = try Scratch()
    let bundle =
      #"id: ws-more\ntasks: [more]\ntool: shell\nfiles_scope: [sub/b]\ncommand: mkdir -p sub; echo y > sub/b\n"#
    let wide =
      #"id: ws-wide\ntasks: [more]\ntool: shell\nfiles_scope: [other]\ncommand: echo y > other\n"#
    let lines = [
      Self.greeting, Self.call(1, "signal", #"{"kind":"progress","percent":40,"message":"half"}"#),
      Self.call(2, "add_workstream", #"{"bundle":"\#(bundle)"}"#),
      Self.call(3, "add_workstream", #"{"bundle":"\#(wide)"}"#),
      Self.call(4, "depends_on", #"{"workstream":"ws-none"}"#), Self.call(5, "status"),
    ]
    try scratch.bundle(
      "ws-a", scope: ["sub", "answers"],
      "cat > $TMPDIR/in <<'END'\n\(lines.joined(separator: "\n"))\nEND\n"
        + "git-uet mcp < $TMPDIR/in > answers")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    let run = try scratch.onlyRun()
    let answers = try scratch.git("show", "uet/\(run)/ws-a:answers").split(separator: "\n")
    #expect(answers.count == 6, "\(answers)")
    #expect(answers[1].contains(#""isError":false"#) && answers[2].contains(#""isError":false"#))
    #expect(
      answers[3].contains(#""isError":true"#) && answers[3].contains("scope"), "\(answers[3])")
    #expect(answers[4].contains(#""isError":true"#) && answers[5].contains("RUNNING"))
    #expect(try scratch.git("show", "uet/\(run)/ws-more:sub/b") == "y")
    #expect(try scratch.uet("events", "--json").text.contains(#""message":"half""#))
  }
}
