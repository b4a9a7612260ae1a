import Testing
import UETModel

@testable import UETTools

/// The client's half of conversations as real agents were seen to hold them.
@Suite struct ACPConversationTests {
  private typealias Effect = ACPConversation.Effect

  private func conversation(
    _ change: (inout ACPSettings) -> Void = { _ in }
  ) throws -> ACPConversation {
    var settings = ACPSettings(folder: "/w", promptFile: "/s/prompt.md")
    settings.policy.writes = [try ScopePattern("src"), try ScopePattern("*.md")]
    change(&settings)
    return ACPConversation(settings, prompt: "Append", version: "1.0") { path in
      path.hasPrefix("/w/") ? String(path.dropFirst(3)) : path.hasPrefix("/") ? nil : path
    }
  }

  private func message(_ text: String) throws -> JSONObject {
    try #require(try JSONValue(parsing: Array(text.utf8)[...]).object)
  }

  /// What is sent, as text; notes as they are.
  private func words(_ effects: [Effect]) -> [String] {
    effects.map { effect in
      switch effect {
      case .send(let message): JSONValue.object(message).encoded()
      case .note(let text): "note: \(text)"
      case .fault(let text): "fault: \(text)"
      case .progress(let percent, let text): "progress: \(percent) \(text ?? "")"
      case .close: "close"
      }
    }
  }

  private func take(_ text: String, _ conversation: inout ACPConversation) throws -> [String] {
    words(conversation.take(try message(text)))
  }

  private static let greeting =
    #"{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":1,"agentCapabilities":{"loadSession":true}}}"#
  private static let vibesSession = """
    {"jsonrpc":"2.0","id":2,"result":{"sessionId":"s1","modes":{"currentModeId":"accept-edits",\
    "availableModes":[{"id":"ask","name":"Ask"},{"id":"accept-edits","name":"x"},\
    {"id":"auto-approve","name":"y"}]},"configOptions":[{"currentValue":"mock","options":\
    [{"value":"mock","name":"mock"},{"value":"mistral-medium-3.5","name":"z"}],"id":"model",\
    "name":"Model","category":"model","type":"select"}]}}
    """
  private static let prompt = """
    {"jsonrpc":"2.0","id":3,"method":"session/prompt","params":{"sessionId":"s1",\
    "prompt":[{"type":"text","text":"Append"}]}}
    """

  /// One that works on its prompt.
  private func prompted(
    _ change: (inout ACPSettings) -> Void = { _ in }
  ) throws -> ACPConversation {
    var talk = try conversation(change)
    _ = talk.begin()
    _ = try take(Self.greeting, &talk)
    #expect(try take(Self.vibesSession, &talk) == [Self.prompt])
    return talk
  }

  @Test func itGreetsOpensAndAsks() throws {
    var talk = try conversation()
    let first = words(talk.begin())
    #expect(
      first.count == 1 && first[0].contains(#""method":"initialize","params":{"protocolVersion":1"#)
    )
    #expect(
      first[0].contains(#""fs":{"readTextFile":false,"writeTextFile":false},"terminal":false"#))
    #expect(talk.patience == 60)
    #expect(
      try take(Self.greeting, &talk) == [
        #"{"jsonrpc":"2.0","id":2,"method":"session/new","params":{"cwd":"/w","mcpServers":[]}}"#
      ])
    #expect(try take(Self.vibesSession, &talk) == [Self.prompt])
    #expect(talk.patience == nil && !talk.isOver)
    #expect(
      try take(#"{"jsonrpc":"2.0","id":3,"result":{"stopReason":"end_turn"}}"#, &talk) == ["close"])
    #expect(talk.isOver)
  }

  @Test func modeAndModelAreChosenWhereTheyDiffer() throws {
    var talk = try conversation { ($0.mode, $0.model) = ("auto-approve", "mistral-medium-3.5") }
    _ = talk.begin()
    _ = try take(Self.greeting, &talk)
    let mode = try take(Self.vibesSession, &talk)
    #expect(
      mode.first?.contains(
        #""session/set_mode","params":{"sessionId":"s1","modeId":"auto-approve"}"#) == true)
    let model = try take(#"{"jsonrpc":"2.0","id":3,"result":{}}"#, &talk)
    #expect(model.first?.contains(#""configId":"model","value":"mistral-medium-3.5""#) == true)
    let asked = try take(#"{"jsonrpc":"2.0","id":4,"result":{"configOptions":[]}}"#, &talk)
    #expect(asked.first?.contains("session/prompt") == true)
    // What it is already is not asked for.
    _ = try prompted { ($0.mode, $0.model) = ("accept-edits", "mock") }
  }

  @Test(arguments: [
    ("turbo", "mock", "fault: it has no mode 'turbo', but ask, accept-edits, auto-approve"),
    ("ask", "gpt-9", "fault: it has no model 'gpt-9', but mock, mistral-medium-3.5"),
  ])
  func whatItDoesNotOfferIsNamed(mode: String, model: String, words: String) throws {
    var talk = try conversation { ($0.mode, $0.model) = (mode, model) }
    _ = talk.begin()
    _ = try take(Self.greeting, &talk)
    #expect(try take(Self.vibesSession, &talk) == [words, "close"])
  }

  @Test func anotherVersionIsRefused() throws {
    for (version, words) in [("2", "version 2"), ("null", "no version")] {
      var talk = try conversation()
      _ = talk.begin()
      let said = try take(#"{"id":1,"result":{"protocolVersion":\#(version)}}"#, &talk)
      #expect(
        said.first?.hasPrefix("fault: it speaks \(words) of the Agent") == true && talk.isOver)
    }
  }

  @Test func aSessionIsTakenUpWhereThatCanBe() throws {
    var talk = try conversation { $0.resumes = "old" }
    _ = talk.begin()
    let load = try take(Self.greeting, &talk)
    #expect(
      load.first?.contains(
        #""session/load","params":{"cwd":"/w","mcpServers":[],"sessionId":"old"}"#) == true)
    let again = try take(#"{"id":2,"error":{"code":-32002,"message":"not found"}}"#, &talk)
    #expect(again.count == 2 && again[1].contains("session/new"))
    var other = try conversation { $0.resumes = "old" }
    _ = other.begin()
    let new = try take(#"{"id":1,"result":{"protocolVersion":1}}"#, &other)
    #expect(new.count == 2 && new[1].contains("session/new"))
  }

  private static let options = """
    "options":[{"optionId":"a1","kind":"allow_once"},{"optionId":"a2","kind":"allow_always"},\
    {"optionId":"r1","kind":"reject_once"}]
    """

  /// `call` is what the agent told of the call before, `asked` what the request says of it.
  private static let requests: [(call: String, asked: String, answer: String)] = [
    (#""kind":"execute","title":"ls","rawInput":{"command":"ls"}"#, "", "a1"),
    ("", #""kind":"edit","locations":[{"path":"/w/src/a.c"}]"#, "a1"),
    ("", #""kind":"edit","locations":[{"path":"/w/src/a.c"},{"path":"/w/Makefile"}]"#, "r1"),
    ("", #""kind":"edit","locations":[{"path":"/etc/passwd"}]"#, "r1"),
    ("", #""kind":"edit","rawInput":{"file_path":"/w/other"}"#, "r1"),
    ("", #""kind":"edit","rawInput":{"file_path":"/w/README.md"}"#, "a1"),
    ("", #""kind":"move","locations":[{"path":"/w/.git/config"}]"#, "r1"),
    // An edit is one by what it shows, too.
    (#""kind":"other","content":[{"type":"diff","path":"/w/x","newText":"y"}]"#, "", "r1"),
    (#""kind":"edit","locations":[{"path":"/w/x"}]"#, #""title":"edit x""#, "r1"),
    (#""kind":"read","locations":[{"path":"/etc/hosts"}]"#, "", "a1"),
    (#""kind":"fetch""#, "", "r1"),
    ("", "", "a1"),
  ]

  @Test func requestsAreAnsweredByTheScopeAndTheRules() throws {
    for (call, asked, answer) in Self.requests {
      var talk = try prompted { $0.policy.rules = [.fetch: false] }
      if !call.isEmpty {
        let told = """
          {"method":"session/update","params":{"sessionId":"s1","update":\
          {"sessionUpdate":"tool_call","toolCallId":"c",\(call)}}}
          """
        #expect(try take(told, &talk).isEmpty)
      }
      let comma = asked.isEmpty ? "" : ","
      let said = try take(
        """
        {"id":"q","method":"session/request_permission","params":{"sessionId":"s1",\
        "toolCall":{"toolCallId":"c"\(comma)\(asked)},\(Self.options)}}
        """, &talk)
      #expect(
        said.last == """
          {"jsonrpc":"2.0","id":"q","result":{"outcome":{"outcome":"selected","optionId":"\(answer)"}}}
          """, "\(call) \(asked)")
      #expect(said.count == (answer == "r1" ? 2 : 1))
      if answer == "r1" { #expect(said[0].hasPrefix("note: refused ")) }
    }
  }

  @Test func withoutAFittingOptionTheRequestIsCancelled() throws {
    var talk = try prompted()
    let said = try take(
      #"{"id":7,"method":"session/request_permission","params":{"toolCall":{},"options":[]}}"#,
      &talk)
    #expect(said == [#"{"jsonrpc":"2.0","id":7,"result":{"outcome":{"outcome":"cancelled"}}}"#])
  }

  /// It was told that neither is offered.
  @Test(arguments: ["fs/read_text_file", "fs/write_text_file", "terminal/create", "x/y"])
  func filesAndTerminalsAreNotOffered(method: String) throws {
    var talk = try prompted()
    let said = try take(#"{"id":7,"method":"\#(method)","params":{}}"#, &talk)
    #expect(said.count == 1 && said[0].contains(#""id":7,"error":{"code":-32601"#))
    #expect(try take(#"{"method":"x/y"}"#, &talk).isEmpty)
  }

  @Test func aCancelIsSaidOnceAndNotWaitedForLong() throws {
    var talk = try prompted()
    let said = words(talk.cancel("stop"))
    #expect(
      said == [
        "note: stop",
        #"{"jsonrpc":"2.0","method":"session/cancel","params":{"sessionId":"s1"}}"#,
      ])
    #expect(talk.patience == 3)
    // What is asked meanwhile is cancelled as well.
    let asked = try take(
      #"{"id":7,"method":"session/request_permission","params":{"toolCall":{},\#(Self.options)}}"#,
      &talk)
    #expect(asked.last?.contains(#"{"outcome":"cancelled"}"#) == true)
    #expect(words(talk.lost()) == ["note: it did not answer that it stopped", "close"])
    // Before the prompt there is nothing to cancel.
    var early = try conversation()
    _ = early.begin()
    #expect(words(early.cancel("stop")) == ["note: stop", "close"])
  }

  @Test func silenceHasALimit() throws {
    var talk = try conversation()
    _ = talk.begin()
    #expect(words(talk.lost()) == ["fault: it did not answer 'initialize' within 60 s", "close"])
    var other = try conversation()
    _ = other.begin()
    _ = try take(Self.greeting, &other)
    #expect(words(other.lost()).first?.contains("'session/new'") == true)
    var working = try prompted()
    #expect(working.lost().isEmpty && !working.isOver)
  }

  @Test func itStopsAtItsLimitOfMoney() throws {
    var talk = try prompted { $0.maxCost = 0.005 }
    func cost(_ amount: String) -> String {
      """
      {"method":"session/update","params":{"update":{"sessionUpdate":"usage_update","used":1,\
      "cost":{"amount":\(amount),"currency":"USD"}}}}
      """
    }
    #expect(try take(cost("0.004"), &talk).isEmpty)
    let said = try take(cost("0.0061"), &talk)
    #expect(said.count == 2 && said[0] == "note: its limit of money was reached: 0.0050")
    #expect(try take(cost("0.007"), &talk).isEmpty)
  }

  @Test func endlessRetriesAreEnded() throws {
    var talk = try prompted()
    let retry = """
      {"method":"_session/retrying","params":{"category":"rate_limited","detail":"HTTP 429"}}
      """
    for _ in 0..<5 { #expect(try take(retry, &talk).isEmpty) }
    #expect(
      try take(retry, &talk).first
        == "note: it is asked to wait, again and again: rate_limited, HTTP 429")
  }

  @Test func aPlanIsProgress() throws {
    var talk = try prompted()
    let plan = """
      {"method":"session/update","params":{"update":{"sessionUpdate":"plan","entries":[\
      {"content":"read","status":"completed"},{"content":"write","status":"in_progress"},\
      {"content":"test","status":"pending"}]}}}
      """
    #expect(try take(plan, &talk) == ["progress: 33 write"])
    #expect(try take(plan, &talk).isEmpty)
  }

  @Test func settingsAreReadAsWritten() throws {
    var settings = ACPSettings(
      folder: "/w", promptFile: "/p", model: "m", mode: "auto", resumes: "s", maxCost: 1.5,
      servers: [["name": "uet"]], modelIsKnown: true)
    settings.policy = ToolPolicy(
      writes: [try ScopePattern("src/**/*.c")], rules: [.execute: false, .read: true])
    #expect(try ACPSettings(json: settings.json) == settings)
    #expect(throws: JSONShapeError.self) { try ACPSettings(json: ["folder": "/w"]) }
  }
}
