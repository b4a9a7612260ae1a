import UETModel

/// A conversation as lines of JSON, which are the attempt's log: `{"t", "dir", "msg"}` for a
/// message, `dir` being `>` for the client's and `<` for the agent's, and `{"t", "dir": "!"}` with
/// a `note` or a `fault` for what the client has to say.
///
/// Long texts are shortened, and what an agent says in many pieces is one line.
package struct ACPRecord: Sendable {
  /// How the note begins by which a turn was cancelled for its cost.
  package static let limitReached = "its limit of money was reached:"
  /// How the note begins by which a turn was cancelled because the provider asks to wait.
  package static let waitAsked = "it is asked to wait, again and again:"
  /// How the note begins by which a turn was cancelled from outside.
  package static let stopAsked = "it is to stop"

  /// Bytes of a text that are kept: from its start, and from its end.
  private static let (head, tail) = (3000, 1000)
  /// Pieces of a message are told together up to this many bytes.
  private static let longestPiece = 2000

  private struct Pending: Sendable {
    var time: Double
    var message: JSONObject
    var kind: String
    var text: String
  }

  private var pending: Pending?

  package init() {}

  /// The lines that a message makes, each without its end; `time` in seconds from the start.
  package mutating func lines(
    _ message: JSONObject, isAgents: Bool, at time: Double
  ) -> [String] {
    if isAgents, let piece = Self.piece(message) {
      guard var last = pending, last.kind == piece.kind, last.text.utf8.count < Self.longestPiece
      else {
        let before = flush()
        pending = Pending(time: time, message: message, kind: piece.kind, text: piece.text)
        return before
      }
      last.text += piece.text
      last.message = message
      pending = last
      return []
    }
    return flush() + [Self.line(message, isAgents: isAgents, time)]
  }

  package mutating func note(_ text: String, isFault: Bool = false, at time: Double) -> [String] {
    let object: JSONObject = [
      "t": Self.rounded(time), "dir": "!", isFault ? "fault" : "note": .string(text),
    ]
    return flush() + [JSONValue.object(object).encoded()]
  }

  /// What is held back, as a line.
  package mutating func flush() -> [String] {
    guard let last = pending else { return [] }
    pending = nil
    var message = last.message
    var parameters = message.object("params") ?? JSONObject()
    var update = parameters.object("update") ?? JSONObject()
    update["content"] = ["type": "text", "text": .string(last.text)]
    parameters["update"] = .object(update)
    message["params"] = .object(parameters)
    return [Self.line(message, isAgents: true, last.time)]
  }

  private static func line(_ message: JSONObject, isAgents: Bool, _ time: Double) -> String {
    let message = isAgents ? message : MCPEntry.masked(message)
    let object: JSONObject = [
      "t": rounded(time), "dir": isAgents ? "<" : ">", "msg": shortened(.object(message)),
    ]
    return JSONValue.object(object).encoded()
  }

  private static func rounded(_ time: Double) -> JSONValue {
    .number((time * 100).rounded() / 100)
  }

  /// What kind of text a message is a piece of; nil for anything else.
  private static func piece(_ message: JSONObject) -> (kind: String, text: String)? {
    guard let update = message.object("params")?.object("update"),
      let kind = update.string("sessionUpdate"),
      ["agent_message_chunk", "agent_thought_chunk", "user_message_chunk"].contains(kind),
      let content = update.object("content"), content.string("type") == "text",
      let text = content.string("text")
    else { return nil }
    return (kind + (update.string("messageId") ?? ""), text)
  }

  private static func shortened(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): return .string(text.shortened(head: head, tail: tail))
    case .array(let items): return .array(items.map(shortened))
    case .object(let object):
      return .object(
        JSONObject(members: object.members.map { .init($0.key, shortened($0.value)) }))
    default: return value
    }
  }
}
