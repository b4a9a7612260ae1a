import Foundation
import Testing

/// Budgets over a real run; the agent is a script that says what claude was heard to say.
@Suite struct BudgetTests {
  /// One attempt's figures: 0.004 dollars.
  private static let usage = """
    {"claude-sonnet-5":{"inputTokens":1000,"outputTokens":50,"cacheReadInputTokens":5000,"cacheCreationInputTokens":200}}
    """
  private static let success =
    "echo '{\"subtype\":\"success\",\"is_error\":false,\"session_id\":\"s\",\"result\":\"ok\","
    + "\"modelUsage\":\(usage),\"type\":\"result\"}'"

  private func project(_ script: String, _ count: Int, _ more: String) throws -> Scratch {
    let scratch = try Scratch(variables: ["ANTHROPIC_API_KEY": "sk-ant-0123456789abcdef"])
    let program = try scratch.program(
      "agent", "#!/bin/sh\necho \"$@\" >> $TMPDIR/arguments\n\(script)\n")
    try scratch.write(
      ".uet/config.yaml",
      "tools: {claude: {command: [\(program.path)], model: claude-sonnet-5}}\n\(more)\n")
    for name in ["a", "b", "c", "d"].prefix(count) {
      try scratch.write(
        "workstreams/ws-\(name).yaml",
        "id: ws-\(name)\ntasks: [Write]\nfiles_scope: [\(name)]\ntool: claude\n")
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    return scratch
  }

  private func spending(_ scratch: Scratch) throws -> [String: Any] {
    let text = try scratch.uet("status", "--json").text
    let state = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    return try #require(state?["spending"] as? [String: Any], "\(text)")
  }

  @Test func aRunThatIsHaltedGoesOnWithMore() throws {
    let scratch = try project(
      "echo x > $(echo $UET_WORKSTREAM | cut -c4-); \(Self.success)", 4,
      "budget: {max_cost_total: 0.01}")
    let halted = try scratch.uet("run", "--workers", "2")
    let run = try scratch.onlyRun()
    #expect(halted.status == 4, "\(halted)")
    #expect(halted.text.contains("HALTED"), "\(halted)")
    #expect(halted.text.contains("the budget of the run has too little left"), "\(halted)")
    #expect(halted.text.contains("$0.0080 of $0.0100 spent"), "\(halted)")
    #expect(
      halted.text.contains(
        "hint: raise it and go on: git uet resume \(run) --budget +AMOUNT"), "\(halted)")
    #expect(!halted.errors.contains("has no effect"), "\(halted)")
    let arguments = scratch.kept("arguments").split(separator: "\n")
    #expect(arguments.count == 2 && arguments.allSatisfy { $0.contains("--max-budget-usd 0.005") })

    let wrong = try scratch.uet("resume", "--budget", "nowhere=1")
    #expect(wrong.status == 2 && wrong.errors.contains("no phase and no workstream"), "\(wrong)")
    #expect(try scratch.uet("resume", "--budget", "much").status == 2)
    #expect(try scratch.uet("resume").status == 4)
    let end = try scratch.uet("resume", "--budget", "+0.01")
    #expect(end.status == 0, "\(end)")
    let figures = try spending(scratch)
    #expect(figures["spent_usd"] as? Double == 0.016, "\(figures)")
    #expect(figures["reservations"] == nil && figures["assumed_usd"] == nil, "\(figures)")
    let events = try scratch.uet("events", "--json").text
    func count(_ type: String) -> Int { events.components(separatedBy: "\"\(type)\"").count - 1 }
    #expect(count("budget_reserved") == 4 && count("budget_settled") == 4)
    #expect(count("budget_overridden") == 1)
  }

  @Test func whatWasSpentBeforeACrashCountsOnce() throws {
    let line =
      "{\"type\":\"assistant\",\"message\":{\"id\":\"m1\",\"model\":\"claude-sonnet-5\",\"usage\":"
      + "{\"input_tokens\":1000,\"output_tokens\":50,\"cache_read_input_tokens\":5000,"
      + "\"cache_creation_input_tokens\":200}}}"
    let scratch = try project(
      """
      while test $# -gt 0; do test "$1" = --session-id && session=$2; shift; done
      if ! test -e $TMPDIR/began; then
        mkdir -p $HOME/.claude/projects/p
        echo '\(line)' > $HOME/.claude/projects/p/$session.jsonl
        touch $TMPDIR/began
        while :; do sleep 0.05; done
      fi
      echo x > a; \(Self.success)
      """, 1, "budget: {max_cost_total: 1}")
    let running = try scratch.direct(["run"])
    try scratch.wait("the agent to work") {
      FileManager.default.fileExists(atPath: (scratch.environment["TMPDIR"] ?? "") + "/began")
    }
    running.signal(SIGKILL)
    _ = running.finish()
    let resumed = try scratch.uet("resume", "--budget", "0.5")
    #expect(resumed.status == 0, "\(resumed)")
    let figures = try spending(scratch)
    #expect(figures["spent_usd"] as? Double == 0.008, "\(figures)")
    #expect(figures["assumed_usd"] == nil && figures["reservations"] == nil, "\(figures)")
    // What the first attempt had set aside is free again, but for what it spent.
    #expect(scratch.kept("arguments").contains("--max-budget-usd 0.49"))
  }

  @Test func whatAWorkerReportsIsPricedAndEndsItInTime() throws {
    let scratch = try Scratch()
    try scratch.write(".uet/config.yaml", "budget: {max_cost_per_task: 0.01}\n")
    try scratch.bundle(
      "ws-a", scope: ["a"],
      "touch a; git-uet signal usage --model claude-sonnet-5 --input 100000 --output 10\n"
        + "while :; do sleep 0.05; done")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let output = try scratch.uet("run")
    #expect(output.status == 1, "\(output)")
    #expect(output.text.contains("the budget of 'ws-a' is used up"), "\(output)")
    #expect(output.text.contains("it has spent $0.2001 of the $0.0100 that it may"), "\(output)")
    let cost = try scratch.uet("cost")
    #expect(cost.text.contains("$0.2001"), "\(cost)")
  }
}
