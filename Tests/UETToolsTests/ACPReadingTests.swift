import Testing
import UETModel

@testable import UETTools

/// What is made of recorded conversations in the Agent Client Protocol.
@Suite struct ACPReadingTests {
  private static let opening = """
    {"dir":">","msg":{"id":1,"method":"initialize"}}
    {"dir":"<","msg":{"id":1,"result":{"protocolVersion":1,"agentInfo":{"name":"agent","version":"3"}}}}
    {"dir":">","msg":{"id":2,"method":"session/new"}}
    {"dir":"<","msg":{"id":2,"result":{"sessionId":"s1","configOptions":[{"id":"model","category":"model","currentValue":"mistral-medium-3.5","options":[{"value":"mistral-medium-3.5"}]}]}}}
    {"dir":">","msg":{"id":3,"method":"session/prompt"}}

    """

  private func read(
    _ more: String, _ ending: ToolEnding = .exited(0), opening: String = opening,
    _ change: (inout Transcript) -> Void = { _ in }
  ) -> ToolConclusion {
    var transcript = Transcript(opening + more, ending)
    change(&transcript)
    return transcript.read(by: ACP.self)
  }

  private static func answer(_ reason: String, _ usage: String = "") -> String {
    #"{"dir":"<","msg":{"id":3,"result":{"stopReason":"\#(reason)"\#(usage)}}}"# + "\n"
  }

  private static func said(_ text: String) -> String {
    """
    {"dir":"<","msg":{"method":"session/update","params":{"sessionId":"s1","update":\
    {"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"\(text)"}}}}}

    """
  }

  @Test func theStopReasonDecides() {
    #expect(read(Self.answer("end_turn")).outcome == .done)
    #expect(read(Self.answer("max_tokens")).outcome == .turnLimit)
    #expect(read(Self.answer("max_turn_requests")).outcome == .turnLimit)
    #expect(
      read(Self.said("I will not") + Self.answer("refusal")).outcome == .refused("I will not"))
    #expect(read(Self.answer("tired")).outcome == .failed("it stopped for 'tired'"))
    let done = read(Self.said("all is well") + Self.answer("end_turn"))
    #expect(done.session == "s1" && done.lastMessage == "all is well" && !done.isComplete)
  }

  /// gptme-acp answers a refused login so.
  @Test func aCancelThatNobodyAskedForIsAFailure() {
    let words = "Error: Error code: 401 - {'message': 'bad key'}"
    #expect(read(Self.said(words) + Self.answer("cancelled")).outcome == .notLoggedIn(words))
    #expect(read(Self.said(words) + Self.answer("cancelled")).isComplete)
    guard case .failed = read(Self.answer("cancelled")).outcome else {
      return #expect(Bool(false), "not failed")
    }
  }

  /// openhands answers a cancel with "end_turn".
  @Test(arguments: ["end_turn", "cancelled"])
  func whatWasCancelledIsInterrupted(reason: String) {
    let cancel = #"{"dir":">","msg":{"method":"session/cancel"}}"# + "\n"
    #expect(read(cancel + Self.answer(reason)).outcome == .interrupted)
    #expect(read(cancel, .stopped).outcome == .interrupted)
    let limit = #"{"dir":"!","note":"its limit of money was reached: 0.0050"}"# + "\n"
    #expect(read(limit + cancel + Self.answer(reason)).outcome == .outOfBudget)
    let wait = #"{"dir":"!","note":"it is asked to wait, again and again: rate_limited, HTTP 429"}"#
    #expect(read(wait + "\n" + cancel).outcome == .rateLimited(wait: nil))
  }

  @Test func errorsAreToldByCodeAndWords() {
    func error(_ id: Int, _ members: String) -> String {
      #"{"dir":"<","msg":{"id":\#(id),"error":{\#(members)}}}"# + "\n"
    }
    let key = "Invalid API key (from env var K). Please check your API key and try again."
    #expect(
      read(error(3, #""code":-31002,"message":"\#(key)","data":null"#)).outcome == .notLoggedIn(key)
    )
    #expect(
      read(error(3, #""code":-31001,"message":"Rate limit exceeded for m.""#)).outcome
        == .rateLimited(wait: nil))
    #expect(
      read(
        error(
          3,
          #""code":-32603,"message":"Internal error","data":{"details":"litellm.AuthenticationError"}"#
        )
      )
      .outcome == .notLoggedIn("Internal error"))
    #expect(
      read(error(3, #""code":-32603,"message":"Oops""#)).outcome == .failed("Oops (error -32603)"))
    let opening = Self.opening.split(separator: "\n").prefix(3).joined(separator: "\n") + "\n"
    #expect(
      read(error(2, #""code":-32000,"message":"Authentication required""#), opening: opening)
        .outcome
        == .notLoggedIn("Authentication required"))
    #expect(
      read(error(2, #""code":-32602,"message":"cwd""#), opening: opening).outcome
        == .unusable("session/new: cwd (error -32602)"))
  }

  @Test func whatIsNoAgentIsUnusable() {
    #expect(
      read("", .exited(0), opening: "kimi-cli is no longer maintained\n").outcome
        == .unusable("kimi-cli is no longer maintained"))
    #expect(read("", .exited(0), opening: "").outcome == .unusable("it said nothing"))
    let fault = #"{"dir":"!","fault":"it did not answer 'initialize' within 60 s"}"# + "\n"
    #expect(
      read(fault, .exited(1), opening: "").outcome
        == .unusable("it did not answer 'initialize' within 60 s"))
    #expect(read("panic: oops\n", .exited(1)).outcome == .failed("panic: oops"))
  }

  /// Vendors count differently; the total tells how.
  @Test(arguments: [
    // vibe: cached is part of input.
    (2000, 100, 800, 0, 0, 2100, TokenCounts(input: 1200, cacheRead: 800, output: 100)),
    (
      1000, 50, 400, 200, 0, 1650,
      TokenCounts(input: 1000, cacheRead: 400, cacheWrite5m: 200, output: 50)
    ),
    (1000, 50, 0, 0, 20, 1050, TokenCounts(input: 1000, output: 50, reasoning: 20)),
    (1000, 50, 0, 0, 20, 1070, TokenCounts(input: 1000, output: 70, reasoning: 20)),
    (10, 50, 5000, 0, 0, 60, TokenCounts(input: 10, cacheRead: 5000, output: 50)),
  ])
  func usageIsCountedOnce(
    input: Int, output: Int, read: Int, written: Int, thought: Int, total: Int, counts: TokenCounts
  ) {
    let usage = """
      ,"usage":{"totalTokens":\(total),"inputTokens":\(input),"outputTokens":\(output),\
      "cachedReadTokens":\(read),"cachedWriteTokens":\(written),"thoughtTokens":\(thought)}
      """
    let end = self.read(Self.answer("end_turn", usage))
    #expect(end.usage.map(\.counts) == [counts] && end.isComplete)
    #expect(end.usage.first?.model == "mistral-medium-3.5")
  }

  private static func vibe(_ input: Int, _ output: Int, _ cost: Double) -> String {
    """
    {"dir":"<","msg":{"method":"session/update","params":{"sessionId":"s1","update":{"used":1050,\
    "size":202144,"cost":{"amount":\(cost),"currency":"USD"},"_meta":{"steps":2,"promptTokens":\
    \(input),"completionTokens":\(output),"cachedTokens":0},"sessionUpdate":"usage_update"}}}}

    """
  }

  @Test func withoutAnAnswerUpdatesTellTheSum() {
    let end = read(Self.vibe(1000, 50, 0.002) + Self.vibe(2000, 100, 0.005), .signalled(9))
    #expect(end.usage.map(\.counts) == [TokenCounts(input: 2000, output: 100)])
    #expect(end.usage.first?.reportedCost == 0.005 && !end.isComplete)
    #expect(end.outcome == .interrupted)
  }

  @Test func openhandsTellsItInItsOwnWay() {
    let update = """
      {"dir":"<","msg":{"method":"session/update","params":{"_meta":{"field_meta":{"openhands.dev/metrics":\
      {"input_tokens":2000,"output_tokens":100,"cache_read_tokens":800,"reasoning_tokens":40,"cost":0.005}}},\
      "update":{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"done"}}}}}

      """
    let end = read(update + Self.answer("end_turn"))
    let counts = TokenCounts(input: 1200, cacheRead: 800, output: 100, reasoning: 40)
    #expect(end.usage.map(\.counts) == [counts] && end.isComplete)
  }

  /// Before its prompt a session that was taken up tells what earlier attempts used.
  @Test func aResumedSessionCountsFromWhereItWasTakenUp() {
    let opening = Self.opening.replacing("session/new", with: "session/load")
    let lines = opening.split(separator: "\n")
    let begun = lines.dropLast().joined(separator: "\n") + "\n" + Self.vibe(1000, 50, 0.002)
    let end = read(
      lines.suffix(1).joined() + "\n" + Self.vibe(3000, 90, 0.006)
        + Self.answer("end_turn"), opening: begun
    ) { $0.request.resumes = "s1" }
    #expect(end.usage.map(\.counts) == [TokenCounts(input: 2000, output: 40)] && end.isComplete)
    #expect(end.usage.first?.reportedCost.map { ($0 * 1000).rounded() } == 4)
  }

  @Test func aProgramThatHidesRequestsIsNotComplete() {
    let opening = Self.opening.replacing("\"agent\"", with: "\"@mistralai/mistral-vibe\"")
    let usage = #","usage":{"totalTokens":60,"inputTokens":10,"outputTokens":50}"#
    let end = read(Self.answer("end_turn", usage), opening: opening)
    #expect(end.usage.total.output == 50 && !end.isComplete)
  }

  @Test func aModelThatCannotBeChosenIsWarnedOf() {
    let opening = Self.opening.replacing("configOptions", with: "other")
    let end = read(Self.answer("end_turn"), opening: opening) { $0.request.model = "opus" }
    #expect(end.warnings.count == 1 && end.warnings[0].contains("'opus'"))
    let known = read(Self.answer("end_turn"), opening: opening) {
      ($0.request.model, $0.request.command) = ("gpt-4o", ["/x/gptme-acp"])
    }
    #expect(known.warnings.isEmpty)
  }

  @Test func itIsStartedThroughTheClient() throws {
    var request = Transcript().request
    (request.program, request.command) = ("gptme-acp", ["gptme-acp"])
    (request.model, request.extraArguments) = ("openai/gpt-4o", ["--verbose"])
    request.policy.writes = [try ScopePattern("src")]
    let launch = ACP.launch(request)
    #expect(launch.front == ["git-uet", "acp-client", "--settings", "/s/acp.json", "--"])
    #expect(launch.argv == ["gptme-acp", "--verbose"] && !launch.readsPrompt)
    #expect(launch.environment == ["MODEL": "openai/gpt-4o"] && launch.farewell > 0)
    let settings = try ACPSettings(
      json: try JSONValue(parsing: Array(try #require(launch.inputs.first).text.utf8)[...]))
    #expect(settings.folder == "/w" && settings.modelIsKnown)
    #expect(settings.policy.writes.map(\.text) == ["src"])
    #expect(ACP.loginVariables(of: ["/opt/bin/vibe-acp"]) == Vibe.loginVariables)
    #expect(ACP.loginVariables(of: ["my-agent"]).isEmpty)
    #expect(ACP.loginVariables.contains("GEMINI_API_KEY"))
  }

  @Test func theRecordJoinsPiecesAndShortensTexts() throws {
    var record = ACPRecord()
    func piece(_ text: String, _ kind: String = "agent_message_chunk") -> JSONObject {
      [
        "method": "session/update",
        "params": [
          "update": [
            "sessionUpdate": .string(kind), "content": ["type": "text", "text": .string(text)],
          ]
        ],
      ]
    }
    #expect(record.lines(piece("al"), isAgents: true, at: 0.5).isEmpty)
    #expect(record.lines(piece("l"), isAgents: true, at: 0.6).isEmpty)
    let thought = record.lines(piece("hm", "agent_thought_chunk"), isAgents: true, at: 0.7)
    #expect(
      thought.count == 1 && thought[0].contains(#""text":"all""#)
        && thought[0].contains(#""t":0.5"#))
    let long = String(repeating: "x", count: 10_000)
    let lines = record.lines(["result": .string(long)], isAgents: false, at: 1)
    #expect(
      lines.count == 2 && lines[1].utf8.count < 4200 && lines[1].contains("6000 bytes left out"))
    #expect(record.flush().isEmpty)
    #expect(record.note("n", at: 2) == [#"{"t":2.0,"dir":"!","note":"n"}"#])
  }
}
