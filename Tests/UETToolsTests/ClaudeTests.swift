import Testing
import UETModel

@testable import UETTools

/// What Claude Code 2.1.329 and 2.1.332 were seen to do, in their own words.
@Suite struct ClaudeTests {
  private static let start = """
    {"type":"system","subtype":"init","session_id":"s-1","model":"claude-sonnet-4-5","claude_code_version":"2.1.332"}
    {"type":"assistant","message":{"id":"m1","model":"claude-sonnet-4-5","usage":{"input_tokens":1000,"output_tokens":1}}}

    """

  private static func result(_ members: String) -> String {
    start + "{\"session_id\":\"s-1\",\(members),\"type\":\"result\",\"duration_ms\":391}\n"
  }

  private static let model = """
    {"claude-sonnet-4-5":{"inputTokens":1000,"outputTokens":50,"cacheReadInputTokens":5000,\
    "cacheCreationInputTokens":200,"webSearchRequests":0,"costUSD":0.006}}
    """

  private let once = TokenCounts(input: 1000, cacheRead: 5000, cacheWrite5m: 200, output: 50)

  @Test func aResultTellsTheSession() {
    let end = Transcript(
      Self.result(
        #""subtype":"success","is_error":false,"result":"hello","modelUsage":\#(Self.model)"#)
    ).read(by: Claude.self)
    #expect(end.outcome == .done && end.session == "s-1" && end.lastMessage == "hello")
    #expect(end.usage.map(\.counts) == [once] && end.usage.first?.extent == .session)
    #expect(end.usage.first?.model == "claude-sonnet-4-5" && end.warnings.isEmpty)
  }

  @Test func totalsOfAResumedSessionCountFromWhereItWasTakenUp() {
    let both = Self.model.replacing("1000", with: "2000").replacing(
      "\"outputTokens\":50", with: "\"outputTokens\":100")
    let end = Transcript(
      Self.result(
        """
        "subtype":"success","is_error":false,"modelUsage":\(both),\
        "model_usage_since_last_result":\(Self.model)
        """)
    ).read(by: Claude.self)
    #expect(end.usage.total == once)
  }

  /// The top-level `usage` is all zeros then.
  @Test func aStopForMoneyIsTold() {
    let end = Transcript(
      Self.result(
        """
        "subtype":"error_max_budget_usd","is_error":true,"usage":{"input_tokens":0,\
        "output_tokens":0},"errors":["Reached maximum budget ($0.0001)"],"modelUsage":\(Self.model)
        """), .exited(1)
    ).read(by: Claude.self)
    #expect(end.outcome == .outOfBudget && end.usage.total == once)
    let turns = Transcript(
      Self.result(#""subtype":"error_max_turns","is_error":true,"modelUsage":\#(Self.model)"#),
      .exited(1))
    #expect(turns.read(by: Claude.self).outcome == .turnLimit)
  }

  /// The subtype is "success" all the same.
  @Test(arguments: [
    (401, "Failed to authenticate. API Error: 401 bad key"),
    (429, "API Error: Request rejected (429) · too many requests"), (529, "Overloaded"),
  ])
  func anErrorOfTheProviderIsTold(status: Int, words: String) {
    let end = Transcript(
      Self.result(
        """
        "subtype":"success","is_error":true,"api_error_status":\(status),"result":"\(words)",\
        "modelUsage":{}
        """), .exited(1)
    ).read(by: Claude.self)
    switch status {
    case 401: #expect(end.outcome == .notLoggedIn(words))
    case 429: #expect(end.outcome == .rateLimited(wait: nil))
    default: #expect(end.outcome == .overloaded(words))
    }
    #expect(end.usage.isEmpty && end.isComplete)
  }

  /// An answer is several lines of one id; those of before the start are another attempt's.
  private static let session = """
    {"type":"user","message":{"content":"x"},"timestamp":"2026-11-21T01:08:00.000Z"}
    {"type":"assistant","timestamp":"2026-11-21T01:00:00.000Z","message":{"id":"m0","model":"claude-sonnet-4-5","usage":{"input_tokens":7,"output_tokens":7}}}
    {"type":"assistant","timestamp":"2026-11-21T01:08:59.458Z","message":{"id":"m1","model":"claude-sonnet-4-5","usage":{"input_tokens":1000,"cache_creation_input_tokens":200,"cache_read_input_tokens":5000,"output_tokens":3,"cache_creation":{"ephemeral_1h_input_tokens":0}}}}
    {"type":"assistant","timestamp":"2026-11-21T01:08:59.900Z","message":{"id":"m1","model":"claude-sonnet-4-5","usage":{"input_tokens":1000,"cache_creation_input_tokens":200,"cache_read_input_tokens":5000,"output_tokens":50,"service_tier":"standard"}}}
    """

  @Test(arguments: [ToolEnding.signalled(9), .exited(143), .stopped, .exited(0)])
  func withoutAResultTheSessionsFileTells(ending: ToolEnding) throws {
    var transcript = Transcript(Self.start, ending).with(
      "/h/.claude/projects/x/s-1.jsonl", Self.session)
    transcript.request.start = try #require(Timestamp("2026-11-21T01:08:00Z"))
    let end = transcript.read(by: Claude.self)
    #expect(end.outcome == .interrupted && end.isComplete)
    #expect(end.usage.map(\.counts) == [once] && end.usage.map(\.extent) == [.request])
    transcript.files = []
    #expect(!transcript.read(by: Claude.self).isComplete)
  }

  @Test func singleRequestsCountWhereTheyAreAll() throws {
    var transcript = Transcript(
      Self.result(#""subtype":"success","is_error":false,"modelUsage":\#(Self.model)"#)
    ).with("/x/s-1.jsonl", Self.session)
    transcript.request.start = try #require(Timestamp("2026-11-21T01:08:00Z"))
    #expect(transcript.read(by: Claude.self).usage.map(\.extent) == [.request])
    // A helper of the agent's own is not in the file: the sum counts then.
    let more = Self.model.replacing("\"outputTokens\":50", with: "\"outputTokens\":75")
    transcript.output = Array(
      Self.result(#""subtype":"success","is_error":false,"modelUsage":\#(more)"#).utf8)
    let end = transcript.read(by: Claude.self)
    #expect(end.usage.map(\.extent) == [.session] && end.usage.total.output == 75)
  }

  @Test func aSessionIsTakenUpWhereItIsThere() {
    var gone = Transcript(
      """
      No conversation found with session ID: s-0
      {"type":"result","subtype":"error_during_execution","is_error":true,"modelUsage":{},\
      "errors":["No conversation found with session ID: s-0"]}
      """, .exited(1))
    #expect(gone.read(by: Claude.self).outcome != .sessionGone)
    gone.request.resumes = "s-0"
    let end = gone.read(by: Claude.self)
    #expect(end.outcome == .sessionGone && end.usage.isEmpty && end.isComplete)

    let launch = Claude.launch(gone.request)
    #expect(launch.argv.contains("--resume") && !launch.argv.contains("--session-id"))
    #expect(
      launch.files.map(\.suffix) == ["/s-0.jsonl", "/\(gone.request.sessionName).jsonl"])
  }

  /// It becomes an argument of the next attempt's program.
  @Test(arguments: ["--model", "a b", "a/../b", "", "a\u{1B}"])
  func aSessionThatIsNoNameIsNone(name: String) {
    let line =
      #"{"session_id":\#(JSONValue.string(name).encoded()),"type":"result","subtype":"success"}"#
    #expect(Transcript(line).read(by: Claude.self).session == nil)
  }

  @Test func itIsCalledSoThatNothingAsks() {
    var request = Transcript().request
    request.model = "claude-sonnet-5"
    request.maxCost = 1.23456
    request.isRoot = true
    let launch = Claude.launch(request)
    #expect(
      launch.argv.starts(with: ["agent", "-p", "--output-format", "stream-json", "--verbose"]))
    #expect(launch.argv.contains("bypassPermissions") && launch.argv.contains("1.2345"))
    #expect(launch.readsPrompt && !launch.argv.contains(request.prompt))
    #expect(launch.environment["IS_SANDBOX"] == "1")
    request.extraArguments = ["--permission-mode", "dontAsk"]
    #expect(Claude.launch(request).argv.filter { $0 == "--permission-mode" }.count == 1)
  }
}
