import Testing
import UETModel

@testable import UETTools

/// The server's half of the Model Context Protocol, message by message.
@Suite struct MCPSessionTests {
  /// What comes of some lines: answers as text, calls as `KEY: words of the command`.
  private func take(_ lines: String..., by session: inout MCPSession) -> [String] {
    words(session.take(Array((lines.joined(separator: "\n") + "\n").utf8)[...]))
  }

  private func words(_ effects: [MCPSession.Effect]) -> [String] {
    effects.map { effect in
      switch effect {
      case .reply(let value): value.encoded()
      case .call(let key, let call): "\(key): " + call.arguments.joined(separator: " ")
      case .stop(let key): "stop \(key)"
      }
    }
  }

  private func begun(
    _ version: String = "2025-06-18", isWorker: Bool = false
  ) -> MCPSession {
    var session = MCPSession(
      isWorker: isWorker, run: isWorker ? "20261130-000000-aaaa" : nil, version: "1.0")
    let said = take(
      """
      {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"\(version)"}}
      """, #"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, by: &session)
    #expect(said.count == 1)
    return session
  }

  private func call(_ name: String, _ arguments: String = "{}", id: String = "1") -> String {
    """
    {"jsonrpc":"2.0","id":\(id),"method":"tools/call",\
    "params":{"name":"\(name)","arguments":\(arguments)}}
    """
  }

  @Test(arguments: [
    ("2024-11-05", "2024-11-05"), ("2025-03-26", "2025-03-26"), ("2025-06-18", "2025-06-18"),
    ("2031-01-01", "2025-06-18"), ("", "2025-06-18"),
  ])
  func theVersionIsAgreedOn(asked: String, answer: String) {
    var session = MCPSession(isWorker: false, run: nil, version: "1.0")
    let said = take(
      """
      {"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"\(asked)"}}
      """, by: &session)
    #expect(said.count == 1 && said[0].hasPrefix(#"{"jsonrpc":"2.0","id":"a","result":"#))
    #expect(said[0].contains(#""protocolVersion":"\#(answer)","capabilities":{"tools":"#))
    #expect(said[0].contains(#""serverInfo":{"name":"git-uet","version":"1.0"}"#))
  }

  @Test func aWorkerIsOfferedMore() {
    func names(_ isWorker: Bool) -> [String] {
      var session = begun(isWorker: isWorker)
      let list = take(#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#, by: &session)
      let tools = try? JSONValue(parsing: Array(list[0].utf8)[...])["result"]?["tools"]?.array
      return (tools ?? []).compactMap { $0["name"]?.string }
    }
    #expect(names(false) == ["status", "plan", "show", "logs"])
    #expect(
      names(true) == names(false) + ["signal", "depends_on", "add_workstream", "ask", "answer"])
    var session = begun()
    #expect(take(call("signal", #"{"kind":"heartbeat"}"#), by: &session)[0].contains("-32602"))
  }

  private static let commands: [(tool: String, arguments: String, command: String)] = [
    ("status", "{}", "status --json --run=20261130-000000-aaaa"),
    ("status", #"{"run":"@"}"#, "status --json --run=@"),
    ("plan", #"{"workers":3}"#, "plan --json --workers=3"),
    (
      "show", #"{"workstream":"--help"}"#, "show --json --run=20261130-000000-aaaa -- --help"
    ),
    (
      "logs", #"{"workstream":"ws-a","run":"@","attempt":2,"gate":"-x"}"#,
      "logs --json --run=@ --attempt=2 --gate=-x -- ws-a"
    ),
    (
      "signal", #"{"kind":"progress","percent":40,"message":"half"}"#,
      "signal progress -- 40 half"
    ),
    ("signal", #"{"kind":"heartbeat"}"#, "signal heartbeat"),
    (
      "signal", #"{"kind":"usage","model":"m","input":1,"output":2,"total":true}"#,
      "signal usage --model=m --input=1 --output=2 --total"
    ),
    ("depends_on", #"{"workstream":"ws-b"}"#, "signal depends-on -- ws-b"),
    ("add_workstream", #"{"bundle":"id: ws-b"}"#, "signal add-workstream"),
  ]

  @Test func aCallIsACommand() {
    for (tool, arguments, command) in Self.commands {
      var session = begun(isWorker: true)
      #expect(take(call(tool, arguments), by: &session) == ["1: " + command])
    }
    var session = begun(isWorker: true)
    let said = session.take(
      Array((call("add_workstream", #"{"bundle":"id: ws-b"}"#) + "\n").utf8)[...])
    guard case .call(_, let call)? = said.first else { return #expect(Bool(false)) }
    #expect(call.file == "id: ws-b")
  }

  @Test(arguments: [
    (#"{"workstreams":"ws-a"}"#, "'show' has no argument 'workstreams'"),
    ("{}", "'workstream' is missing"), (#"{"workstream":7}"#, "'workstream' must be a text"),
    (#"{"workstream":"a\u0000b"}"#, "'workstream' must be a text"),
    ("[]", "'arguments' is no object"),
  ])
  func whatDoesNotFitIsSaid(arguments: String, words: String) {
    var session = begun()
    let said = take(call("show", arguments), by: &session)
    #expect(
      said == [
        """
        {"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"\(words)"}}
        """
      ])
  }

  @Test func whatACommandSaysIsTheResult() {
    var session = begun()
    _ = take(call("status"), by: &session)
    #expect(
      words(session.finished(1, status: 0, output: "{}\n", errors: "")) == [
        #"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"{}\n"}],"isError":false}}"#
      ])
    _ = take(call("status", id: #""b""#), by: &session)
    let said = words(
      session.finished(2, status: 2, output: "", errors: "error: no runs yet\nhint: start one\n"))
    #expect(said.count == 1 && said[0].contains(#""id":"b""#))
    #expect(said[0].contains(#"error: no runs yet\nhint: start one"#))
    #expect(said[0].contains(#""isError":true"#))
    // Nobody waits for it any more.
    #expect(session.finished(2, status: 0, output: "", errors: "").isEmpty)
    _ = take(call("status"), by: &session)
    let long = String(repeating: "x", count: 300_000)
    let cut = words(session.finished(3, status: 0, output: long, errors: ""))
    #expect(cut[0].utf8.count < 101_000 && cut[0].contains("200000 bytes left out"))
  }

  @Test func aCancelledCallHasNoAnswer() {
    var session = begun()
    _ = take(call("status", id: "9"), by: &session)
    let cancel =
      #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":9}}"#
    #expect(take(cancel, by: &session) == ["stop 1"])
    #expect(take(cancel, by: &session).isEmpty)
    #expect(session.finished(1, status: 0, output: "x", errors: "").isEmpty)
  }

  private static let faults: [(line: String, answer: String?)] = [
    ("nonsense", #""id":null,"error":{"code":-32700"#), ("", nil), (" \t\r", nil),
    ("{\"jsonrpc\":\"2.0\",\"id\":1", #"-32700"#), ("7", #""id":null,"error":{"code":-32600"#),
    (#"{"id":1,"method":"ping"}"#, "-32600"), (#"{"jsonrpc":"2.0","id":1}"#, "-32600"),
    (#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, "-32600"),
    (#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, "-32600"),
    (#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}"#, "-32602"),
    (#"{"jsonrpc":"2.0","id":1,"method":"resources/list"}"#, #""id":1,"error":{"code":-32601"#),
    (#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}}"#, "-32602"),
    (#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, #""id":1,"result":{}"#),
    (#"{"jsonrpc":"2.0","method":"notifications/whatever"}"#, nil),
    (#"{"jsonrpc":"2.0","id":1,"result":{}}"#, nil),
    (#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, "-32600"),
  ]

  @Test func mistakesAreAnsweredAsTheSpecificationSays() {
    for (line, answer) in Self.faults {
      var session = begun()
      let said = take(line, by: &session)
      #expect(said.count == (answer == nil ? 0 : 1), "\(line): \(said)")
      if let answer { #expect(said.first?.contains(answer) == true, "\(line): \(said)") }
    }
    var early = MCPSession(isWorker: false, run: nil, version: "1.0")
    #expect(take(call("status"), by: &early)[0].contains("'initialize' comes first"))
    #expect(
      take(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, by: &early)[0].contains("result"))
  }

  @Test func anIdIsAnsweredOnce() {
    var session = begun()
    #expect(take(call("status"), by: &session) == ["1: status --json"])
    #expect(take(call("plan"), by: &session)[0].contains("not answered yet"))
  }

  /// Only one version of the protocol has them.
  @Test func aBatchIsAnsweredAsOne() {
    var session = begun("2025-03-26")
    let ping = #"{"jsonrpc":"2.0","id":7,"method":"ping"}"#
    let said = take(
      "[\(ping),\(call("status")),{\"jsonrpc\":\"2.0\",\"method\":\"n\"}]", by: &session)
    #expect(said.count == 1 && said[0].hasSuffix(": status --json"))
    let key = Int(said[0].prefix { $0 != ":" }) ?? 0
    let all = words(session.finished(key, status: 0, output: "x", errors: ""))
    #expect(all.count == 1 && all[0].hasPrefix(#"[{"jsonrpc":"2.0","id":7,"result":{}},{"#))
    #expect(take(#"[{"jsonrpc":"2.0","method":"n"}]"#, by: &session).isEmpty)
    #expect(take("[\(ping)]", by: &session) == [#"[{"jsonrpc":"2.0","id":7,"result":{}}]"#])
  }

  @Test func aLineWithoutAnEndIsNotKept() {
    var session = begun()
    let piece = [UInt8](repeating: 0x78, count: 1 << 20)
    var said: [String] = []
    for _ in 0..<6 { said += words(session.take(piece[...])) }
    #expect(said.count == 1 && said[0].contains("-32700"))
    let rest = take("rest of it", #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#, by: &session)
    #expect(rest == [#"{"jsonrpc":"2.0","id":1,"result":{}}"#])
    // In pieces of one byte as well.
    var slow: [String] = []
    for byte in #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#.utf8 + [0x0A] {
      slow += words(session.take([byte]))
    }
    #expect(slow == rest)
  }

  /// The secret of the run stands in no file and no command line.
  @Test func anAgentIsToldOfItWithoutValues() throws {
    var request = Transcript().request
    #expect(!Claude.launch(request).argv.contains { $0.contains("mcp") })
    request.offersTools = true
    request.extraArguments = ["--verbose"]
    let claude = Claude.launch(request)
    #expect(claude.argv.contains("--mcp-config=/s/mcp.json"))
    #expect(claude.argv.contains("--allowedTools=mcp__uet"))
    let file = try #require(claude.inputs.first).text
    #expect(file.contains(#""UET_TOKEN": "${UET_TOKEN:-}""#) && file.contains(#""args": ["#))
    let codex = Codex.launch(request).argv.joined(separator: " ")
    #expect(
      codex.contains(#"-c mcp_servers.uet.command="git-uet" -c mcp_servers.uet.args=["mcp"]"#))
    #expect(codex.contains(#""UET_SOCKET","UET_SUPERVISOR","UET_TOKEN""#))
    let settings = try ACPSettings(
      json: JSONValue(parsing: Array(try #require(ACP.launch(request).inputs.first).text.utf8)[...])
    )
    let server = MCPEntry.filled(try #require(settings.servers.first), ["UET_TOKEN": "secret"])
    #expect(server["env"] == [["name": "UET_TOKEN", "value": "secret"]])
    var record = ACPRecord()
    let line = record.lines(
      ["method": "session/new", "params": ["mcpServers": [.object(server)]]], isAgents: false, at: 0
    )
    #expect(line[0].contains("UET_TOKEN") && !line[0].contains("secret"))
  }
}
