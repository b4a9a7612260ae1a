import Foundation
import Testing

/// Agent programs, played by scripts that say what the real ones were heard to say.
@Suite struct AgentTests {
  private static let secret = "sk-ant-0123456789abcdef"

  /// `claude` is a script; its arguments, input and variables are kept in `$TMPDIR`.
  private func project(_ script: String, tool: String = "", more: String = "") throws -> Scratch {
    let scratch = try Scratch(variables: [
      "ANTHROPIC_API_KEY": Self.secret, "OTHER": "other-0123456789",
    ])
    let program = try scratch.program("agent", "#!/bin/sh\n\(script)\n")
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      retry: {max_attempts: 1}
      gates: {GATE_UNIT: {command: [sh, -c, "env > $TMPDIR/gate"]}}
      tools: {claude: {command: [\(program.path)], model: claude-sonnet-5\(tool)}}
      """)
    try scratch.write(
      "workstreams/ws-a.yaml",
      """
      id: ws-a
      tasks: [Append a line]
      files_scope: [a]
      tool: claude
      test_gates: [{type: GATE_UNIT}]
      \(more)
      """)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    return scratch
  }

  private static let usage = """
    {"claude-sonnet-5":{"inputTokens":1000,"outputTokens":50,"cacheReadInputTokens":5000,"cacheCreationInputTokens":200}}
    """

  @Test func anAgentIsAskedCountedAndPriced() throws {
    let scratch = try project(
      """
      cat > $TMPDIR/input; echo "$@" > $TMPDIR/arguments; env > $TMPDIR/variables; echo edited > a
      echo "key $ANTHROPIC_API_KEY and $OTHER"
      echo '{"subtype":"success","is_error":false,"session_id":"s","result":"ok","modelUsage":\(Self.usage),"type":"result"}'
      """, tool: ", pass_env: [OTHER], env: {MODE: fast}, args: [--permission-mode, acceptEdits]",
      more: "max_cost_usd: 2.5")
    let output = try scratch.uet("run")
    let run = try scratch.onlyRun()
    #expect(output.status == 0, "\(output)")
    #expect(try scratch.git("show", "uet/\(run)/ws-a:a") == "edited")

    #expect(scratch.kept("input").contains("1. Append a line"))
    let arguments = scratch.kept("arguments")
    #expect(arguments.contains("--model claude-sonnet-5 --max-budget-usd 2.5000"), "\(arguments)")
    #expect(arguments.contains("--permission-mode acceptEdits") && !arguments.contains("bypass"))
    let variables = scratch.kept("variables")
    #expect(
      variables.contains("ANTHROPIC_API_KEY=\(Self.secret)") && variables.contains("MODE=fast"))
    let gate = scratch.kept("gate")
    #expect(gate.contains("UET_RUN=") && !gate.contains("ANTHROPIC") && !gate.contains("OTHER="))

    // 1000 x 2 + 5000 x 0.2 + 200 x 2.5 + 50 x 10 dollars for a million.
    let cost = try scratch.uet("cost", "--by", "model", "--json").text
    #expect(cost.contains("\"cost_usd\": 0.004"), "\(cost)")
    #expect(
      cost.contains("\"input_tokens\": 6200") && cost.contains("\"output_tokens\": 50"), "\(cost)")
    let events = try scratch.uet("events", "--json").text
    let bare = events.filter { $0 != " " }
    #expect(
      bare.contains("\"cache_read\":5000") && bare.contains("\"state\":\"priced\""), "\(events)")

    let log = try scratch.uet("logs", run, "ws-a").text
    #expect(log.contains("key [ANTHROPIC_API_KEY] and [OTHER]"), "\(log)")
  }

  /// What `prompt` shows is what the agent reads, also after a red gate, which it is told of.
  @Test func aPromptIsShownAsTheAgentGetsIt() throws {
    let scratch = try project(
      """
      cat > $TMPDIR/input.$UET_ATTEMPT; echo $UET_ATTEMPT >> a
      git-uet prompt ws-a --run @ > $TMPDIR/shown.$UET_ATTEMPT
      echo '{"subtype":"success","is_error":false,"result":"ok","modelUsage":{},"type":"result"}'
      """)
    let gate = #"sh, -c, "seq 1 2000; echo 'expected 3'; grep -q 2 a""#
    try scratch.write(
      ".uet/config.yaml",
      try #require(scratch.read(".uet/config.yaml"))
        .replacingOccurrences(of: "max_attempts: 1", with: "max_attempts: 2, initial: 0")
        .replacingOccurrences(of: #"sh, -c, "env > $TMPDIR/gate""#, with: gate)
        + "\nprompt: {preamble: rules.md, log_tokens: 100}\n")
    try scratch.write("rules.md", "No new dependencies.\n")
    let early = try scratch.uet("run")
    #expect(early.status == 2 && early.errors.contains("'rules.md' is no file of"), "\(early)")
    #expect(try scratch.uet("validate").status != 0)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=rules")
    let first = try scratch.uet("prompt", "ws-a")
    #expect(first.status == 0, "\(first)")
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")

    #expect(scratch.kept("input.1") == first.text && first.text.hasPrefix("No new dependencies."))
    let second = scratch.kept("input.2")
    #expect(second == scratch.kept("shown.2"), "\(second)")
    #expect(second.contains("Attempt 1 failed: GATE_UNIT is red"), "\(second)")
    #expect(second.hasSuffix("    2000\n    expected 3\n") && !second.contains("    1\n"))
    #expect(second.utf8.count < first.text.utf8.count + 1000)
    #expect(try scratch.uet("prompt", "ws-none").status == 2)
    #expect(try scratch.uet("prompt", "ws-none", "--run", "@").status == 2)
  }

  private static let toldSession = """
    {"subtype":"success","is_error":false,"session_id":"s-$UET_ATTEMPT","result":"ok",\
    "modelUsage":\(usage),"type":"result"}
    """

  /// The second attempt begins with a red gate's words, in the first one's session.
  private func tryTwice(
    _ script: String, tool: String = "", more: String = ""
  ) throws -> (Scratch, Scratch.Output) {
    let scratch = try project(
      """
      cat > $TMPDIR/input.$UET_ATTEMPT; echo "$@" >> $TMPDIR/arguments.$UET_ATTEMPT
      \(script)
      echo $UET_ATTEMPT >> a
      echo "\(Self.toldSession.replacingOccurrences(of: "\"", with: "\\\""))"
      """, tool: tool, more: more)
    try scratch.write(
      ".uet/config.yaml",
      try #require(scratch.read(".uet/config.yaml"))
        .replacingOccurrences(of: "max_attempts: 1", with: "max_attempts: 2, initial: 0")
        .replacingOccurrences(of: "env > $TMPDIR/gate", with: "grep -q 2 a"))
    return (scratch, try scratch.uet("run"))
  }

  @Test func anotherAttemptGoesOnWithTheSession() throws {
    let (scratch, output) = try tryTwice("")
    #expect(output.status == 0, "\(output)")
    let run = try scratch.onlyRun()
    #expect(!scratch.kept("arguments.1").contains("--resume"))
    #expect(scratch.kept("arguments.2").contains("--resume s-1 "), "\(output)")
    let kept = "refs/uet/salvage/\(run)/ws-a/1"
    #expect(
      scratch.kept("input.2").contains("git restore --source=\(kept) -- PATH"),
      "\(scratch.kept("input.2"))")
    #expect(try scratch.git("rev-parse", "--verify", kept).isEmpty == false)
    #expect(try scratch.uet("events", "--json").text.contains("\"session\":\"s-1\""))
  }

  @Test func asASettingEachAttemptBeginsAnew() throws {
    let (scratch, output) = try tryTwice("", tool: ", resume: false")
    #expect(output.status == 0, "\(output)")
    #expect(!scratch.kept("arguments.2").contains("--resume"))
    #expect(!scratch.kept("input.2").contains("You remember"))
  }

  @Test func aSessionThatIsGoneIsBegunAnew() throws {
    let (scratch, output) = try tryTwice(
      """
      case "$*" in *--resume*) echo "No conversation found with session ID: s-1"; exit 1 ;; esac
      """)
    #expect(output.status == 0, "\(output)")
    let words = "attempt 2 of 'ws-a' begins anew: the session of the one before it is gone"
    #expect((output.text + output.errors).contains(words), "\(output)")
    let calls = scratch.kept("arguments.2").split(separator: "\n")
    #expect(calls.count == 2 && calls[0].contains("--resume"), "\(calls)")
    #expect(calls.last?.contains("--session-id") == true, "\(calls)")
    #expect(!scratch.kept("input.2").contains("You remember"))
  }

  /// Names of variables are shown, values nowhere: not in what a worker says of itself either.
  @Test func variablesAreNamedAndTheirValuesKept() throws {
    let scratch = try project(
      """
      cat > /dev/null; echo edited > a
      git-uet signal progress 40 "with $OTHER"
      echo '{"subtype":"success","is_error":false,"result":"ok","modelUsage":{},"type":"result"}'
      """, tool: ", pass_env: [OTHER, ABSENT]")
    try scratch.write(
      ".uet/config.yaml",
      try #require(scratch.read(".uet/config.yaml")).replacingOccurrences(
        of: "tools: {",
        with: "tools: {mine: {command: [sh, -c, \"echo got $OTHER $MODE > b; cat b\"], "
          + "pass_env: [OTHER], env: {MODE: slow}}, "))
    try scratch.write(
      "workstreams/ws-b.yaml", "id: ws-b\ntasks: [Write]\nfiles_scope: [b]\ntool: mine\n")
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    let run = try scratch.onlyRun()
    #expect(try scratch.git("show", "uet/\(run)/ws-b:b") == "got other-0123456789 slow")
    #expect(try scratch.uet("logs", run, "ws-b").text.contains("got [OTHER] slow"))
    let events = try scratch.uet("events", "--json").text
    #expect(events.contains("with [OTHER]"), "\(events)")
    let shown = try scratch.uet("show", run, "ws-a")
    let lines = shown.text.split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("    claude ") && $0.contains("ANTHROPIC_API_KEY") })
    #expect(lines.contains { $0.hasPrefix("    not set") && $0.contains("ABSENT") }, "\(shown)")
    let doctor = try scratch.uet("doctor")
    #expect(doctor.text.contains("names what is not set: ABSENT"), "\(doctor)")
    #expect(doctor.text.contains("also gets MODE OTHER"), "\(doctor)")
    for text in [
      events, shown.text, doctor.text, try scratch.uet("show", run, "ws-a", "--json").text,
    ] {
      #expect(!text.contains("0123456789"), "\(text)")
    }
  }

  @Test func whatItSaysDecidesNotItsStatus() throws {
    let scratch = try project(
      """
      echo edited > a
      echo '{"subtype":"success","is_error":true,"api_error_status":401,"result":"bad key \(Self.secret)","type":"result"}'
      """)
    let output = try scratch.uet("run")
    #expect(output.status == 1 && output.text.contains("not logged in"), "\(output)")
    #expect(!output.text.contains(Self.secret), "\(output)")
  }

  @Test func aProgramThatIsMissingIsNamed() throws {
    let scratch = try project("exit 0")
    try FileManager.default.removeItem(at: scratch.root.appendingPathComponent("agent"))
    let output = try scratch.uet("run")
    #expect(output.status != 0 && (output.text + output.errors).contains("/agent'"), "\(output)")
  }

  @Test func aPriceOfOnesOwnCounts() throws {
    let scratch = try project("exit 0")
    try scratch.write(
      ".uet/prices.yaml",
      "book: house\nprices:\n  - {provider: house, model: claude-sonnet-5, input: 1, output: 1}\n")
    let shown = try scratch.uet("prices", "claude-sonnet-5")
    #expect(shown.status == 0 && shown.text.contains("house/claude-sonnet-5"), "\(shown)")
    let unknown = try scratch.uet("prices", "claude-opus-99")
    #expect(unknown.status == 2 && unknown.errors.contains("hint:"), "\(unknown)")
    try scratch.write(".uet/prices.yaml", "prices:\n  - {provider: house, model: x}\n")
    let broken = try scratch.uet("prices", "claude-sonnet-5")
    #expect(broken.errors.contains("line 2") && broken.text.contains("anthropic/"), "\(broken)")
  }

  @Test func providerThatAsksToWaitIsLeftAloneAndTheAttemptIsNoFailure() throws {
    let scratch = try project(
      """
      cat > /dev/null
      if [ -e $TMPDIR/told ]; then
        echo edited > a
        echo '{"type":"result","subtype":"success","is_error":false,"session_id":"s","result":"ok"}'
        exit
      fi
      touch $TMPDIR/told
      echo '{"type":"result","subtype":"success","is_error":true,"api_error_status":429,"session_id":"s","result":"API Error: 429, retry after 1 seconds"}'
      exit 1
      """)
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    #expect(output.text.contains("'anthropic' is not asked until "), "\(output)")
    #expect(
      output.text.contains("ws-a will be tried again: goes on when 'anthropic' may be asked again"))
    let events = try scratch.uet("events", "--json").text.filter { $0 != " " }
    #expect(events.contains("\"rate_limited\"") && events.contains("\"provider\":\"anthropic\""))
  }

  @Test func anotherToolTakesOverFromOneThatIsNotLoggedIn() throws {
    let scratch = try project(
      """
      cat > /dev/null
      echo '{"type":"result","subtype":"success","is_error":true,"api_error_status":401,"session_id":"s","result":"API Error: 401 invalid x-api-key"}'
      exit 1
      """, tool: ", fallback: [plain]}, plain: {command: [sh, -c, \"echo by hand > a\"]")
    try scratch.git("config", "uet.retry.maxAttempts", "2")
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    #expect(output.text.contains("ws-a goes to tool 'plain': 'claude' failed once: "), "\(output)")
    let run = try scratch.onlyRun()
    #expect(try scratch.git("show", "uet/\(run)/ws-a:a") == "by hand")
  }

  @Test func workstreamIsDoneByAToolThatCanDoIt() throws {
    let scratch = try project(
      "exit 1",
      tool: ", capabilities: [docs]}, able: {command: [sh, -c, \"echo able > a\"], "
        + "capabilities: [python]", more: "capability: python")
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    #expect(
      output.text.contains(
        "ws-a goes to tool 'able': 'claude' does not have the capability 'python'"), "\(output)")
  }

  @Test func limitThatConcernsNothingAndAnUnknownFallbackAreTold() throws {
    let scratch = try project("exit 1", tool: ", fallback: [codx]")
    let refused = try scratch.uet("run")
    #expect(refused.status == 2)
    #expect(
      refused.errors.contains(
        "tool 'claude' falls back on 'codx', which is not configured; did you mean 'codex'?"),
      "\(refused)")
    let other = try project("exit 1", tool: "}}\nlimits: {antropic: {concurrency: 1")
    let warned = try other.uet("run")
    #expect(
      warned.errors.contains(
        "warning: 'limits.antropic' concerns no workstream; their tools ask 'anthropic'"),
      "\(warned)")
  }
}
