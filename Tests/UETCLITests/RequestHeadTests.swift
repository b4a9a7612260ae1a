import Testing

@testable import UETCLI

/// Requests to the server of figures, and the address it has.
@Suite struct RequestHeadTests {
  private func read(_ text: String) -> RequestHead.Reading { RequestHead.read(Array(text.utf8)) }

  @Test func aWholeHeadIsRead() throws {
    let text =
      "GET /metrics?x=1 HTTP/1.1\r\nHost: LocalHost:9464\r\nAccept: a\r\naccept:  b \r\n\r\n"
    guard case .head(let head) = read(text + "more") else {
      Issue.record("\(read(text))")
      return
    }
    #expect(head.method == "GET" && head.path == "/metrics" && head.host == "localhost")
    #expect(head.fields["accept"] == "a, b")
    for end in text.indices { #expect(read(String(text[..<end])) == .incomplete) }
  }

  @Test(arguments: [
    "GET /metrics HTTP/1.1\r\n\r\n", "GET  /x HTTP/1.0\r\n\r\n", "GET x HTTP/1.0\r\n\r\n",
    "GET /x HTTP/2\r\n\r\n", "\r\n\r\n", "GET /x HTTP/1.0\r\nno field\r\n\r\n",
    "GET /x HTTP/1.0\r\n : y\r\n\r\n", "GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "GET /é HTTP/1.0\r\n\r\n", "GET /x HTTP/1.0\r\na\r\n\r\n",
  ])
  func whatIsNoRequestIsRefused(_ text: String) { #expect(read(text) == .malformed) }

  @Test func noHeadIsTooLong() {
    let long = String(repeating: "a", count: RequestHead.longest)
    #expect(read("GET /" + long) == .tooLong)
    #expect(read("GET /\(long) HTTP/1.0\r\n\r\n") == .tooLong)
  }

  @Test func answersSayTheirLength() {
    let page = PageAnswer(.methodNotAllowed)
    let text = String(decoding: page.bytes(withBody: true), as: UTF8.self)
    #expect(text.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\n"))
    #expect(
      text.contains("\r\nContent-Length: 19\r\n") && text.contains("\r\nAllow: GET, HEAD\r\n"))
    #expect(text.hasSuffix("\r\n\r\nMethod Not Allowed\n"))
    #expect(!String(decoding: page.bytes(withBody: false), as: UTF8.self).hasSuffix("d\n"))
  }
}
