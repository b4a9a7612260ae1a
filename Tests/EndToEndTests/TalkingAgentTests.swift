import Foundation
import Testing

/// Agents that are talked with in the Agent Client Protocol, played by a script.
@Suite struct TalkingAgentTests {
  /// `working` is what it does at its prompt, `answer "..."` says a line.
  private func project(
    _ working: String, opening: String = "", tool: String = "", more: String = ""
  ) throws -> Scratch {
    let scratch = try Scratch(variables: ["AGENT_KEY": "key-0123456789"])
    let script = """
      #!/bin/sh
      say() { printf '%s\\n' "$1"; }
      update() { say "{\\"jsonrpc\\":\\"2.0\\",\\"method\\":\\"session/update\\",\\"params\\":{\\"sessionId\\":\\"s1\\",\\"update\\":$1}}"; }
      hear() { read -r line; echo "$line" >> $TMPDIR/heard; }
      ended() { say "{\\"jsonrpc\\":\\"2.0\\",\\"id\\":3,\\"result\\":{\\"stopReason\\":\\"$1\\"$2}}"; }
      \(opening)
      hear; say '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1}}'
      hear; say '{"jsonrpc":"2.0","id":2,"result":{"sessionId":"s1"}}'
      hear
      \(working)
      """
    let program = try scratch.program("agent", script)
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      retry: {max_attempts: 1}
      tools: {mine: {adapter: acp, command: [\(program.path)], pass_env: [AGENT_KEY]\(tool)}}
      """)
    try scratch.write(
      "workstreams/ws-a.yaml",
      "id: ws-a\ntasks: [Append a line]\nfiles_scope: [a]\ntool: mine\n\(more)\n")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    return scratch
  }

  private static let usage =
    #",\"usage\":{\"totalTokens\":2100,\"inputTokens\":2000,\"outputTokens\":100,\"cachedReadTokens\":800}"#

  private static func permission(_ path: String) -> String {
    """
    say '{"jsonrpc":"2.0","id":9,"method":"session/request_permission","params":{"sessionId":"s1","toolCall":{"toolCallId":"c","kind":"edit","title":"write it","locations":[{"path":"'"$PWD"'/\(path)"}]},"options":[{"optionId":"yes","kind":"allow_once"},{"optionId":"no","kind":"reject_once"}]}}'
    hear
    """
  }

  @Test func itIsAskedAnsweredAndCounted() throws {
    let scratch = try project(
      """
      \(Self.permission("a")); \(Self.permission("b"))
      case $line in *'"no"'*) echo edited > a;; esac
      update '{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"with '$AGENT_KEY'"}}'
      update '{"sessionUpdate":"plan","entries":[{"content":"all","status":"completed"}]}'
      echo "a word" >&2
      ended end_turn "\(Self.usage)"
      cat > /dev/null
      """, more: "model: claude-sonnet-5")
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    let run = try scratch.onlyRun()
    #expect(try scratch.git("show", "uet/\(run)/ws-a:a") == "edited")
    let heard = scratch.kept("heard")
    #expect(heard.contains(#""method":"session/prompt""#) && heard.contains("1. Append a line"))
    #expect(heard.contains(#""optionId":"yes""#) && heard.contains(#""optionId":"no""#))
    let log = try scratch.uet("logs", run, "ws-a").text
    #expect(log.contains("refused write it: "), "\(log)")
    #expect(log.contains("/b' is outside the scope"), "\(log)")
    #expect(log.contains("with [AGENT_KEY]") && log.contains("a word"), "\(log)")
    let cost = try scratch.uet("cost", "--json").text
    #expect(cost.contains("\"input_tokens\": 2000") && cost.contains("\"output_tokens\": 100"))
    let events = try scratch.uet("events", "--json").text
    #expect(events.contains("\"percent\":100"), "\(events)")
    #expect(events.contains("\"cache_read\":800"), "\(events)")
  }

  /// It alone is told first, so that it can say what it used; what it started ends with it.
  @Test func aCancelIsSaidToItFirst() throws {
    let scratch = try project(
      """
      sleep 300 & echo $! > $TMPDIR/child
      trap 'echo TERM >> $TMPDIR/heard' TERM
      hear; ended end_turn "\(Self.usage)"; hear
      """)
    let running = try scratch.running(["run"])
    let limit = Date().addingTimeInterval(60)
    while scratch.kept("child").isEmpty, Date() < limit { usleep(20_000) }
    #expect(try scratch.uet("cancel", "ws-a").status == 0)
    let output = running.finish()
    #expect(output.text.contains("cancelled"), "\(output)")
    let heard = scratch.kept("heard")
    #expect(heard.contains(#""method":"session/cancel""#) && !heard.contains("TERM"), "\(heard)")
    let events = try scratch.uet("events", "--json").text
    #expect(events.contains("\"output\":100"), "\(events)")
    let child = scratch.kept("child").trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(kill(try #require(Int32(child)), 0) != 0)
  }

  @Test(arguments: [
    ("echo 'it is no longer maintained'; exit 0", "the program cannot be used: it is no longer"),
    (
      #"hear; say '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":2}}'; cat > /dev/null"#,
      "it speaks version 2 of the Agent Client Protocol"
    ),
    (
      #"hear; say '{"id":1,"result":{"protocolVersion":1}}'; hear; say '{"id":2,"error":{"code":-32000,"message":"Authentication required"}}'; hear"#,
      "it is not logged in (Authentication required)"
    ),
  ])
  func whatCannotBeTalkedWithIsSaid(opening: String, words: String) throws {
    let scratch = try project("", opening: opening + "; exit 0")
    let output = try scratch.uet("run")
    #expect(output.status == 1 && output.text.contains(words), "\(output)")
  }

  @Test func whatIsMissingIsSaidBefore() throws {
    let scratch = try project("")
    try scratch.write(".uet/config.yaml", "version: 1\ntools: {mine: {adapter: acp}}\n")
    let output = try scratch.uet("run")
    #expect(output.status == 2, "\(output)")
    #expect(output.errors.contains("tool 'mine' needs a 'command'"), "\(output)")
    try scratch.write(
      ".uet/config.yaml", "version: 1\ntools: {mine: {adapter: acp, command: [no-such-agent]}}\n")
    #expect(try scratch.uet("run").errors.contains("'no-such-agent'"))
    let client = try scratch.uet("acp-client", "--settings", "none", "--", "x")
    #expect(client.errors.contains("cannot read 'none'"))
  }
}
