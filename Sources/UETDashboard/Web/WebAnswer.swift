/// What a request is answered with.
package struct WebAnswer: Sendable {
  package enum Body: Sendable {
    case whole([UInt8])
    /// Pieces as they come, until the reader is gone.
    case stream(AsyncStream<[UInt8]>)
  }

  package var status: Int
  package var fields: [(name: String, value: String)]
  package var body: Body

  init(_ status: Int, _ type: String, _ body: [UInt8], _ fields: [(String, String)] = []) {
    self.status = status
    self.fields = [("content-type", type)] + fields.map { (name: $0.0, value: $0.1) }
    self.body = .whole(body)
  }

  static func html(_ status: Int = 200, _ page: String) -> WebAnswer {
    WebAnswer(status, "text/html; charset=utf-8", Array(page.utf8))
  }

  static func text(_ status: Int, _ words: String) -> WebAnswer {
    WebAnswer(status, "text/plain; charset=utf-8", Array((words + "\n").utf8))
  }

  /// To another place of this server, to be read there.
  static func see(_ path: String, _ fields: [(String, String)] = []) -> WebAnswer {
    WebAnswer(303, "text/plain; charset=utf-8", [], [("location", path)] + fields)
  }

  static func events(_ pieces: AsyncStream<[UInt8]>) -> WebAnswer {
    var answer = WebAnswer(200, "text/event-stream; charset=utf-8", [])
    answer.body = .stream(pieces)
    return answer
  }
}
