/// The head of a request by HTTP/1.1, as far as one that only answers with pages needs it.
struct RequestHead: Hashable, Sendable {
  let method: String
  /// Without what follows a question mark.
  let path: String
  /// Names in lower case; of one that comes twice the values, joined.
  let fields: [String: String]

  /// More is refused.
  static let longest = 8 << 10

  enum Reading: Hashable, Sendable {
    /// More is to come.
    case incomplete
    case head(RequestHead)
    case malformed
    case tooLong
  }

  /// Reads what has come so far.
  static func read(_ bytes: [UInt8]) -> Reading {
    guard let end = end(of: bytes) else { return bytes.count > longest ? .tooLong : .incomplete }
    if end > longest { return .tooLong }
    // Nothing that counts here is anything else.
    guard bytes[..<end].allSatisfy({ $0 < 0x80 }) else { return .malformed }
    var lines = String(decoding: bytes[..<end], as: UTF8.self).split(
      omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    if lines.isEmpty { return .malformed }
    return head(lines.removeFirst(), lines).map(Reading.head) ?? .malformed
  }

  /// Where the empty line begins that ends it.
  private static func end(of bytes: [UInt8]) -> Int? {
    let mark = Array("\r\n\r\n".utf8)
    guard bytes.count >= mark.count else { return nil }
    return (0...(bytes.count - mark.count)).first {
      bytes[$0..<$0 + mark.count].elementsEqual(mark)
    }
  }

  private static func head(_ first: Substring, _ rest: [Substring]) -> RequestHead? {
    let words = first.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, ["HTTP/1.1", "HTTP/1.0"].contains(words[2]), !words[0].isEmpty,
      words[1].hasPrefix("/")
    else { return nil }
    var fields: [String: String] = [:]
    for line in rest {
      guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else { return nil }
      let name = line[..<colon].lowercased()
      if name.contains(where: \.isWhitespace) { return nil }
      let value = String(line[line.index(after: colon)...]).trimmed
      // Who names two hosts means to be taken for one or the other.
      if name == "host", fields[name] != nil { return nil }
      fields[name] = fields[name].map { $0 + ", " + value } ?? value
    }
    if words[2] == "HTTP/1.1", fields["host"] == nil { return nil }
    let path = words[1].prefix { $0 != "?" }
    return RequestHead(method: String(words[0]), path: String(path), fields: fields)
  }

  /// The name of the host that is asked, without a port and brackets; nil where none is named.
  var host: String? {
    guard let text = fields["host"] else { return nil }
    if text.hasPrefix("[") { return text.dropFirst().prefix { $0 != "]" }.lowercased() }
    return text.prefix { $0 != ":" }.lowercased()
  }
}

extension String {
  fileprivate var trimmed: String {
    let rest = drop { $0 == " " || $0 == "\t" }
    let end = rest.lastIndex { $0 != " " && $0 != "\t" }
    return end.map { String(rest[...$0]) } ?? ""
  }
}
