import Testing
import UETModel

@testable import UETTools

/// What other programs were seen to do against a model that serves 1000 tokens in, 400 of them
/// cached, and 50 out.
@Suite struct OtherAgentsTests {
  private let once = TokenCounts(input: 600, cacheRead: 400, output: 50, reasoning: 20)

  private static let rollout = """
    {"timestamp":"2026-11-29T15:07:01.644Z","type":"turn_context","payload":{"model":"gpt-5.1-codex"}}
    {"timestamp":"2026-11-29T15:07:04.644Z","ordinal":10,"type":"token_usage_record","payload":{"response_id":"r1",\
    "usage":{"input_tokens":1000,"cached_input_tokens":400,"cache_write_input_tokens":0,"output_tokens":50,\
    "reasoning_output_tokens":20},"thread_token_usage":{"input_tokens":9000}}}
    """

  /// codex 0.163: cached is part of input, reasoning of output; an `error` item may be harmless.
  @Test func codexIsUnderstood() {
    let begin = """
      {"type":"thread.started","thread_id":"t-1"}
      {"type":"item.completed","item":{"id":"item_0","type":"error","message":"Model metadata not found."}}
      {"type":"turn.started"}

      """
    let usage =
      #""usage":{"input_tokens":1000,"cached_input_tokens":400,"output_tokens":50,"reasoning_output_tokens":20}"#
    let said =
      #"{"type":"item.completed","item":{"id":"i","type":"agent_message","text":"hello"}}"# + "\n"
    let done = Transcript(begin + said + #"{"type":"turn.completed",\#(usage)}"#)
    var end = done.read(by: Codex.self)
    #expect(end.outcome == .done && end.usage.map(\.counts) == [once] && end.session == "t-1")
    #expect(
      end.lastMessage == "hello" && end.usage[0].model == nil && end.usage[0].extent == .session)

    // Of a resumed thread the printed sum is of all its turns; the rollout tells the requests and
    // the model.
    var resumed = Transcript(
      begin + #"{"type":"turn.completed",\#(usage.replacing("1000", with: "2000"))}"#)
    resumed.request.resumes = "t-1"
    end = resumed.read(by: Codex.self)
    #expect(end.usage.isEmpty && !end.isComplete)
    end = resumed.with("/h/sessions/2026/rollout-x-t-1.jsonl", Self.rollout).read(by: Codex.self)
    #expect(
      end.usage.map(\.counts) == [once] && end.usage[0].model == "gpt-5.1-codex" && end.isComplete)

    // Killed in a command.
    let killed = Transcript(begin, .signalled(9)).with("/h/rollout-x-t-1.jsonl", Self.rollout)
    end = killed.read(by: Codex.self)
    #expect(end.outcome == .interrupted && end.usage.map(\.counts) == [once] && end.isComplete)
    // Another worktree's.
    #expect(
      Transcript(begin).with("/h/rollout-x-t-2.jsonl", Self.rollout).read(by: Codex.self).usage
        .isEmpty)
  }

  @Test func codexTakesUpASessionWhereItIsThere() {
    var gone = Transcript(
      "Error: thread/resume: thread/resume failed: no rollout found for thread id t-0 (code -32600)",
      .exited(1))
    #expect(gone.read(by: Codex.self).outcome != .sessionGone)
    gone.request.resumes = "t-0"
    let end = gone.read(by: Codex.self)
    #expect(end.outcome == .sessionGone && end.usage.isEmpty && end.isComplete)
    #expect(Codex.launch(gone.request).argv.suffix(3) == ["resume", "t-0", "-"])
  }

  /// Its session's file has no request then: there was no answer to pay for.
  @Test func codexUsedNothingWhereEveryRequestWasRefused() {
    let words = "exceeded retry limit, last status: 429 Too Many Requests"
    let said = """
      {"type":"thread.started","thread_id":"t-1"}
      {"type":"turn.failed","error":{"message":"\(words)"}}
      """
    let refused = Transcript(said, .exited(1))
    #expect(!refused.read(by: Codex.self).isComplete)
    let file = #"{"type":"session_meta","payload":{"id":"t-1"}}"#
    let end = refused.with("/h/rollout-x-t-1.jsonl", file).read(by: Codex.self)
    #expect(end.outcome == .rateLimited(wait: nil) && end.usage.isEmpty && end.isComplete)
  }

  @Test func codexTellsWhyATurnFailed() {
    func end(_ message: String) -> ToolOutcome {
      Transcript(#"{"type":"turn.failed","error":{"message":"\#(message)"}}"#, .exited(1))
        .read(by: Codex.self).outcome
    }
    let refused =
      "unexpected status 401 Unauthorized: bad key, url: http://127.0.0.1:1/v1/responses"
    #expect(end(refused) == .notLoggedIn(refused))
    #expect(
      end("exceeded retry limit, last status: 429 Too Many Requests") == .rateLimited(wait: nil))
    #expect(end("rate limit reached, try again in 1m2.5s") == .rateLimited(wait: 62.5))
    let closed = "stream disconnected before completion: error sending request"
    #expect(end(closed) == .overloaded(closed))
    #expect(end("the patch does not apply") == .failed("the patch does not apply"))
  }

  /// aider 0.86: status 0 whatever happened; the figures are rounded.
  @Test func aiderIsUnderstood() {
    let head = "Aider v0.86.2\nMain model: openai/gpt-4o with diff edit format\n"
    let tokens =
      "Tokens: 1.2k sent, 400 cache hit, 50 received. Cost: $0.0030 message, $0.0030 session.\n"
    var end = Transcript(head + tokens).read(by: Aider.self)
    #expect(end.outcome == .done && end.usage[0].model == "openai/gpt-4o")
    #expect(end.usage.map(\.counts) == [TokenCounts(input: 800, cacheRead: 400, output: 50)])
    #expect(end.usage[0].source == .estimate && end.usage[0].reportedCost == 0.003)

    let limited = "litellm.RateLimitError: RateLimitError: OpenAIException - too many requests\n"
    #expect(Transcript(head + limited).read(by: Aider.self).outcome == .rateLimited(wait: nil))
    #expect(Transcript(head + limited + tokens).read(by: Aider.self).outcome == .done)
    let refused = "litellm.AuthenticationError: AuthenticationError: OpenAIException - bad key"
    #expect(Transcript(head + refused).read(by: Aider.self).outcome == .notLoggedIn(refused))

    let log = """
      {"event": "message_send_starting", "properties": {}}
      {"event": "message_send", "properties": {"main_model": "openai/REDACTED", "prompt_tokens": 1013, "completion_tokens": 50, "cost": 0.003}}
      """
    end = Transcript(head + tokens).with("/s/a.jsonl", log).read(by: Aider.self)
    #expect(end.usage.map(\.counts) == [TokenCounts(input: 1013, output: 50)])
  }

  /// vibe 3.0: what it prints has no figures; each answer stands in the journal twice.
  @Test func vibeIsUnderstood() {
    func export(_ outcome: String, steps: Int = 1, error: String = "null") -> String {
      """
      {"outcome":"\(outcome)","error":\(error),"session_id":"v-1","usage":{"input_tokens":\(1000 * steps),\
      "output_tokens":\(50 * steps),"cached_input_tokens":\(400 * steps)},"cost_usd":0.00267,"steps":\(steps),\
      "config":{"active_model":"devstral-2512"},"vibe_version":"3.0.3"}
      """
    }
    let usage =
      #""usage":{"input_tokens":1000,"cached_input_tokens":400,"output_tokens":50,"reasoning_tokens":20}"#
    let journal = """
      {"type":"action_result","payload":{"action_id":"a","result":{"result":{\(usage)},"type":"completion_succeeded"}}}
      {"type":"input","payload":{"input":{"command":{"action_id":"a","result":{\(usage)}}}}}
      """
    let line = #"{"sessionId":"v-1","type":"message","role":"user","content":[]}"#
    let path = "/h/.vibe/logs/session/unified/v-1/journal/0.jsonl"
    var end = Transcript(line).with("/s/export.json", export("finished")).read(by: Vibe.self)
    #expect(end.outcome == .done && end.usage.map(\.extent) == [.session])
    #expect(end.usage.total == TokenCounts(input: 600, cacheRead: 400, output: 50))
    end = Transcript(line).with("/s/export.json", export("finished")).with(path, journal)
      .read(by: Vibe.self)
    #expect(end.usage.map(\.counts) == [once] && end.usage[0].model == "devstral-2512")
    end = Transcript(line, .signalled(9)).with(path, journal).read(by: Vibe.self)
    #expect(end.outcome == .interrupted && end.usage.map(\.counts) == [once])

    // Ended from outside it reports no figures.
    let ended = Transcript(line, .exited(3)).with(
      "/s/export.json",
      #"{"outcome":"terminated","error":null,"session_id":"v-1","usage":null,"steps":null}"#)
    end = ended.read(by: Vibe.self)
    #expect(end.outcome == .interrupted && end.usage.isEmpty && !end.isComplete)
    end = ended.with(path, journal).read(by: Vibe.self)
    #expect(end.outcome == .interrupted && end.usage.map(\.counts) == [once] && end.isComplete)

    let key = #"{"message":"Invalid API key (from env var K).","code":"invalid_api_key"}"#
    let outcomes: [(String, ToolOutcome)] = [
      (export("price_limit", steps: 2), .outOfBudget), (export("turn_limit", steps: 3), .turnLimit),
      (export("terminated"), .interrupted), (export("deadline"), .interrupted),
    ]
    for (content, outcome) in outcomes {
      #expect(
        Transcript("", .exited(3)).with("/s/export.json", content).read(by: Vibe.self).outcome
          == outcome)
    }
    let refused = Transcript("", .exited(1)).with(
      "/s/export.json", export("config_error", error: key))
    #expect(
      refused.read(by: Vibe.self).outcome == .notLoggedIn("Invalid API key (from env var K)."))
    let limited = Transcript(
      "Error: Client error '429 Too Many Requests' for url 'http://x'", .exited(2))
    #expect(limited.read(by: Vibe.self).outcome == .rateLimited(wait: nil))
  }

  /// mini-swe-agent 2.4: limits give status 0 as well.
  @Test func miniIsUnderstood() {
    func trajectory(_ status: String, _ more: String = "") -> String {
      """
      {"info":{"model_stats":{"instance_cost":0.005,"api_calls":2},"mini_version":"2.4.6","exit_status":"\(status)"},
      "messages":[{"role":"assistant","extra":{"cost":0.0025,"response":{"model":"gpt-4o","usage":{"completion_tokens":50,
      "prompt_tokens":1000,"completion_tokens_details":{"reasoning_tokens":20},"prompt_tokens_details":{"cached_tokens":400}}}}}\(more)]}
      """
    }
    var transcript = Transcript("Exit:\nSubmitted").with(
      "/s/trajectory.json", trajectory("Submitted"))
    var end = transcript.read(by: Mini.self)
    #expect(
      end.outcome == .done && end.usage.map(\.counts) == [once] && end.usage[0].model == "gpt-4o")
    transcript = Transcript("").with("/s/trajectory.json", trajectory("LimitsExceeded"))
    #expect(transcript.read(by: Mini.self).outcome == .turnLimit)
    transcript.request.maxCost = 0.004
    #expect(transcript.read(by: Mini.self).outcome == .outOfBudget)
    let words = "litellm.AuthenticationError: OpenAIException - bad key"
    let failed = trajectory(
      "AuthenticationError", #",{"role":"exit","extra":{"exception_str":"\#(words)"}}"#)
    end = Transcript("", .exited(1)).with("/s/t.json", failed).read(by: Mini.self)
    #expect(end.outcome == .notLoggedIn("AuthenticationError"))
    // Killed in the first step: there is no file yet.
    end = Transcript("mini-swe-agent (step 1, $0.00):", .signalled(15)).read(by: Mini.self)
    #expect(end.outcome == .interrupted && end.usage.isEmpty && !end.isComplete)
  }

  /// gptme 0.35: statuses of sysexits.h, words wrapped at 80 columns.
  @Test func gptmeIsUnderstood() {
    let line = """
      {"type":"message","role":"assistant","content":"done","metadata":{"model":"openai/gpt-4o","usage":{"input_tokens":600,\
      "output_tokens":50,"cache_read_tokens":400,"reasoning_tokens":20},"cost":0.00475}}

      """
    let end = Transcript(line + line).read(by: Gptme.self)
    #expect(end.outcome == .done && end.usage.map(\.counts) == [once, once] && !end.isComplete)
    let refused = """
      · ERROR    Error code: 401 - {'type': 'error', 'error': {'type':
                 'authentication_error', 'message': 'bad key'}}
      """
    if case .notLoggedIn = Transcript(refused, .exited(76)).read(by: Gptme.self).outcome {
    } else {
      Issue.record("a refused login was not seen")
    }
    #expect(
      Transcript("· ERROR  Fatal", .exited(75)).read(by: Gptme.self).outcome
        == .rateLimited(wait: nil))
  }

  /// openhands 1.16: status 0 on a refused login; zeros in its file until the end.
  @Test func openHandsIsUnderstood() {
    func state(_ tokens: String) -> String {
      #"{"stats":{"usage_to_metrics":{"agent":{"token_usages":[\#(tokens)]},"condenser":{"token_usages":[]}}}}"#
    }
    let usage = """
      {"model":"openai/gpt-4o","prompt_tokens":1000,"completion_tokens":50,"cache_read_tokens":400,\
      "cache_write_tokens":0,"reasoning_tokens":20}
      """
    let said =
      "Agent is working\n"
      + #"{"kind":"ActionEvent","action":{"message":"done","kind":"FinishAction"}}"#
      + "\nConversation ID: b5c5\n"
    let path = "/h/.openhands/conversations/b5c5/base_state.json"
    var end = Transcript(said).with(path, state(usage)).read(by: OpenHands.self)
    #expect(end.outcome == .done && end.usage.map(\.counts) == [once] && end.isComplete)
    end = Transcript(said).with("/h/.openhands/conversations/ffff/base_state.json", state(usage))
      .read(by: OpenHands.self)
    #expect(end.usage.isEmpty && !end.isComplete, "another conversation's")
    end = Transcript("Agent is working", .signalled(9)).with(path, state("")).read(
      by: OpenHands.self)
    #expect(end.outcome == .interrupted && !end.isComplete, "zeros are not known to be all")
    let error =
      #"{"kind":"ConversationErrorEvent","code":"AuthenticationError","detail":"OpenAIException - bad key"}"#
    #expect(
      Transcript(error).read(by: OpenHands.self).outcome == .notLoggedIn("AuthenticationError"))
    #expect(
      Transcript("OSError: out of pty devices").read(by: OpenHands.self).outcome.isFaultOfTool)
  }

  /// Kimi CLI 1.51, and the later ones that do nothing.
  @Test func kimiIsUnderstood() {
    func wire(_ prompt: String) -> String {
      """
      {"message":{"type":"TurnBegin","payload":{"user_input":"\(prompt)"}}}
      {"message":{"type":"StatusUpdate","payload":{"token_usage":{"input_other":600,"output":50,"input_cache_read":400,"input_cache_creation":0},"message_id":"c1"}}}
      {"message":{"type":"StatusUpdate","payload":{"token_usage":{"input_other":600,"output":50,"input_cache_read":400,"input_cache_creation":0},"message_id":"c1"}}}
      """
    }
    let said = #"{"role":"assistant","content":"done"}"# + "\n"
    let ours = wire(#"Append a line \"edited\" to a.txt"#)
    var end = Transcript(said).with("/h/.kimi/sessions/x/y/wire.jsonl", ours).read(by: Kimi.self)
    #expect(
      end.outcome == .done
        && end.usage.map(\.counts) == [TokenCounts(input: 600, cacheRead: 400, output: 50)])
    end = Transcript(said).with("/h/.kimi/sessions/x/z/wire.jsonl", wire("other work")).read(
      by: Kimi.self)
    #expect(end.usage.isEmpty && !end.isComplete)
    #expect(
      Transcript(said + "Max number of steps reached: 3", .exited(1)).read(by: Kimi.self).outcome
        == .turnLimit)
    let notice = "kimi-cli is no longer maintained. Please use the new Kimi Code CLI."
    if case .unusable = Transcript(notice).read(by: Kimi.self).outcome {
    } else {
      Issue.record("a retired program is not one that is done")
    }
    let wrapped =
      "Error code: 401 - {'type': 'error', 'error': {'type': 'authentication_err\nor', 'm\nessage': 'bad key'}}"
    if case .notLoggedIn = Transcript(wrapped, .exited(1)).read(by: Kimi.self).outcome {
    } else {
      Issue.record("a refused login was not seen")
    }
  }

  /// claude 2.1.332 asks a provider that refuses for 186 s, mini 2.4.6 for 281 s, vibe 3.0.3 for
  /// 303 s.
  @Test func programsThatAskAgainForMinutesAreBounded() {
    let request = Transcript().request
    #expect(Claude.launch(request).environment["CLAUDE_CODE_MAX_RETRIES"] == "3")
    #expect(Mini.launch(request).environment["MSWEA_MODEL_RETRY_STOP_AFTER_ATTEMPT"] == "4")
    #expect(Vibe.launch(request).environment["VIBE_API_RETRY_MAX_ELAPSED_TIME"] == "30")
  }
}
