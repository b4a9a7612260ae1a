import UETModel

/// A pattern of workstream ids: `*` stands for any text, `?` for one character.
struct IDPattern: Hashable, Sendable {
  private let bytes: [UInt8]
  /// The text before the first wildcard.
  let prefix: String

  /// nil unless the text holds a wildcard and could match an id.
  init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count <= WorkstreamID.maximumLength, bytes.contains(where: Self.isWildcard),
      bytes.allSatisfy({ Self.isWildcard($0) || WorkstreamID.isAllowed($0) })
    else { return nil }
    self.bytes = bytes
    prefix = String(decoding: bytes.prefix { !Self.isWildcard($0) }, as: UTF8.self)
  }

  private static func isWildcard(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?")
  }

  /// Whether the whole id matches; the last `*` met is the only place to come back to.
  func matches(_ id: WorkstreamID) -> Bool {
    let text = Array(id.rawValue.utf8)
    var (place, index) = (0, 0)
    var retry: (place: Int, index: Int)?
    while index < text.count {
      if place < bytes.count, bytes[place] == UInt8(ascii: "*") {
        retry = (place + 1, index)
        place += 1
      } else if place < bytes.count,
        bytes[place] == UInt8(ascii: "?") || bytes[place] == text[index]
      {
        (place, index) = (place + 1, index + 1)
      } else if let last = retry {
        retry = (last.place, last.index + 1)
        (place, index) = (last.place, last.index + 1)
      } else {
        return false
      }
    }
    return bytes[place...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
