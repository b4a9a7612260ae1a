/// What a request is answered with.
struct PageAnswer: Hashable, Sendable {
  enum Status: Int, Hashable, Sendable {
    case ok = 200
    case badRequest = 400
    case notFound = 404
    case methodNotAllowed = 405
    case timeout = 408
    case misdirected = 421
    case headTooLarge = 431
    case unavailable = 503

    var words: String {
      switch self {
      case .ok: "OK"
      case .badRequest: "Bad Request"
      case .notFound: "Not Found"
      case .methodNotAllowed: "Method Not Allowed"
      case .timeout: "Request Timeout"
      case .misdirected: "Misdirected Request"
      case .headTooLarge: "Request Header Fields Too Large"
      case .unavailable: "Service Unavailable"
      }
    }
  }

  let status: Status
  var contentType = "text/plain; charset=utf-8"
  let body: String

  init(_ status: Status, _ body: String? = nil) {
    (self.status, self.body) = (status, body ?? status.words + "\n")
  }

  init(_ contentType: String, _ body: String) {
    (status, self.contentType, self.body) = (.ok, contentType, body)
  }

  /// As it is sent; each is the last of its connection.
  func bytes(withBody: Bool) -> [UInt8] {
    let length = body.utf8.count
    let allow = status == .methodNotAllowed ? "Allow: GET, HEAD\r\n" : ""
    let head =
      "HTTP/1.1 \(status.rawValue) \(status.words)\r\nContent-Type: \(contentType)\r\n"
      + "Content-Length: \(length)\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
      + "\(allow)Connection: close\r\n\r\n"
    return Array((withBody ? head + body : head).utf8)
  }
}
