import UETModel

/// The server's half of the Model Context Protocol over lines of JSON: bytes in, answers and calls
/// out. It runs nothing itself.
package struct MCPSession: Sendable {
  package enum Effect: Hashable, Sendable {
    /// A line to the client.
    case reply(JSONValue)
    /// A command to be run; its end is told by `finished`.
    case call(key: Int, MCPCall)
    /// Nobody waits for that command any more.
    case stop(key: Int)
  }

  /// The oldest first.
  package static let versions = ["2024-11-05", "2025-03-26", "2025-06-18"]
  /// A longer line is answered with an error and not read.
  static let longestLine = 4 << 20
  /// Bytes of a command's output that are passed on.
  static let longestText = 100_000

  private let tools: [MCPTool]
  private let run: String?
  private let program: String
  private var version: String?
  private var pending: [UInt8] = []
  private var isSkipping = false
  private var lastKey = 0
  /// Calls that are not answered: whose they are, and in which batch they came.
  private var calls: [Int: (id: JSONValue, batch: Int?)] = [:]
  /// What is to be answered together: how many answers are open, and those that are there.
  private var batches: [Int: (open: Int, answers: [JSONValue])] = [:]

  /// `isWorker`: whether a run started it. `run`: what is meant where none is named.
  package init(isWorker: Bool, run: String?, version: String) {
    tools = MCPTool.all.filter { isWorker || $0.audience == .all }
    self.run = run
    program = version
  }

  package mutating func take(_ bytes: ArraySlice<UInt8>) -> [Effect] {
    var effects: [Effect] = []
    var rest = bytes
    while let end = rest.firstIndex(of: 0x0A) {
      let line = pending + rest[..<end]
      rest = rest[(end + 1)...]
      pending = []
      if isSkipping {
        isSkipping = false
      } else if line.count > Self.longestLine {
        effects += tooLong
      } else {
        effects += take(line: line)
      }
    }
    guard !isSkipping else { return effects }
    pending += rest
    guard pending.count > Self.longestLine else { return effects }
    (pending, isSkipping) = ([], true)
    return effects + tooLong
  }

  private var tooLong: [Effect] {
    [.reply(Self.error(.null, -32700, "a message is longer than \(Self.longestLine) bytes"))]
  }

  private mutating func take(line: [UInt8]) -> [Effect] {
    guard line.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { return [] }
    let value: JSONValue
    do { value = try JSONValue(parsing: line[...]) } catch {
      return [.reply(Self.error(.null, -32700, "no JSON: \(error.description)"))]
    }
    // The one version that has them.
    guard let messages = value.array, version == "2025-03-26", !messages.isEmpty else {
      return take(message: value, batch: nil)
    }
    lastKey += 1
    let batch = lastKey
    // One more, so that none is answered before all are read.
    batches[batch] = (messages.count + 1, [])
    var effects: [Effect] = []
    for message in messages { effects += take(message: message, batch: batch) }
    return effects + answered(nil, batch)
  }

  private mutating func take(message: JSONValue, batch: Int?) -> [Effect] {
    guard let object = message.object, object.string("jsonrpc") == "2.0" else {
      return answered(Self.error(.null, -32600, "no message of JSON-RPC 2.0"), batch)
    }
    guard let method = object.string("method") else {
      let isAnswer = object["result"] != nil || object["error"] != nil
      let error = Self.error(.null, -32600, "a message has no method")
      return answered(isAnswer ? nil : error, batch)
    }
    guard let id = object["id"] else { return hear(method, object) + answered(nil, batch) }
    guard id.string != nil || id.integer != nil else {
      return answered(Self.error(.null, -32600, "'id' is neither a text nor a number"), batch)
    }
    let parameters = object["params"] ?? .object(JSONObject())
    guard let parameters = parameters.object else {
      return answered(Self.error(id, -32602, "'params' is no object"), batch)
    }
    return request(id, method, parameters, batch)
  }

  /// Notifications are never answered.
  private mutating func hear(_ method: String, _ object: JSONObject) -> [Effect] {
    guard method == "notifications/cancelled",
      let id = object.object("params")?["requestId"],
      let (key, call) = calls.first(where: { $0.value.id == id })
    else { return [] }
    calls[key] = nil
    return [.stop(key: key)] + answered(nil, call.batch)
  }

  private mutating func request(
    _ id: JSONValue, _ method: String, _ parameters: JSONObject, _ batch: Int?
  ) -> [Effect] {
    switch method {
    case "ping": return answered(Self.result(id, JSONObject()), batch)
    case "initialize": return answered(Self.result(id, greeting(parameters)), batch)
    case _ where version == nil:
      return answered(Self.error(id, -32600, "'initialize' comes first"), batch)
    case "tools/list":
      if parameters["cursor"] != nil {
        return answered(Self.error(id, -32602, "there is no such cursor"), batch)
      }
      return answered(Self.result(id, ["tools": .array(tools.map(\.json))]), batch)
    case "tools/call": return call(id, parameters, batch)
    default:
      return answered(
        Self.error(id, -32601, "unknown method '\(FaultWords.firstLine(method))'"), batch)
    }
  }

  private mutating func greeting(_ parameters: JSONObject) -> JSONObject {
    let asked = parameters.string("protocolVersion") ?? ""
    let chosen = Self.versions.contains(asked) ? asked : Self.versions[Self.versions.count - 1]
    version = chosen
    return [
      "protocolVersion": .string(chosen), "capabilities": ["tools": ["listChanged": false]],
      "serverInfo": ["name": "git-uet", "version": .string(program)],
      "instructions": .string(
        "git-uet runs many workstreams on this repository, each by a worker in a worktree of its own. "
          + (tools.contains { $0.audience == .workers }
            ? "You are one of these workers: look around, and report on your own work."
            : "Look at what it plans and does.")),
    ]
  }

  private mutating func call(
    _ id: JSONValue, _ parameters: JSONObject, _ batch: Int?
  ) -> [Effect] {
    guard !calls.values.contains(where: { $0.id == id }) else {
      return answered(Self.error(id, -32600, "a request of this id is not answered yet"), batch)
    }
    let name = parameters.string("name") ?? ""
    guard let tool = tools.first(where: { $0.name == name }) else {
      return answered(
        Self.error(id, -32602, "unknown tool '\(FaultWords.firstLine(name))'"), batch)
    }
    let arguments = parameters["arguments"] ?? .null
    guard let object = arguments == .null ? JSONObject() : arguments.object else {
      return answered(Self.error(id, -32602, "'arguments' is no object"), batch)
    }
    do throws(MCPTool.Misfit) {
      let call = try tool.call(object, run: run)
      lastKey += 1
      calls[lastKey] = (id, batch)
      return [.call(key: lastKey, call)]
    } catch {
      return answered(Self.error(id, -32602, error.words), batch)
    }
  }

  /// A command has ended: its status, nil for one that could not be run, and what it printed.
  package mutating func finished(
    _ key: Int, status: Int32?, output: String, errors: String
  ) -> [Effect] {
    guard let (id, batch) = calls.removeValue(forKey: key) else { return [] }
    var texts = [output, errors].map(Self.shortened).filter { !$0.isEmpty }
    if texts.isEmpty { texts = [status == 0 ? "done" : "it failed and said nothing"] }
    let content = texts.map { text -> JSONValue in ["type": "text", "text": .string(text)] }
    return answered(
      Self.result(id, ["content": .array(content), "isError": .bool(status != 0)]), batch)
  }

  /// Sends an answer, by itself or with the others of its batch; nil for a message that has none.
  private mutating func answered(_ answer: JSONValue?, _ batch: Int?) -> [Effect] {
    guard let batch, let (open, answers) = batches[batch] else {
      return answer.map { [.reply($0)] } ?? []
    }
    let all = answers + (answer.map { [$0] } ?? [])
    batches[batch] = open > 1 ? (open - 1, all) : nil
    return open > 1 || all.isEmpty ? [] : [.reply(.array(all))]
  }

  private static func result(_ id: JSONValue, _ result: JSONObject) -> JSONValue {
    ["jsonrpc": "2.0", "id": id, "result": .object(result)]
  }

  private static func error(_ id: JSONValue, _ code: Int64, _ words: String) -> JSONValue {
    ["jsonrpc": "2.0", "id": id, "error": ["code": .integer(code), "message": .string(words)]]
  }

  /// The end says more than the middle.
  private static func shortened(_ text: String) -> String {
    text.shortened(head: longestText / 4, tail: longestText * 3 / 4, gap: "\n")
  }
}
