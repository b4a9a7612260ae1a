import UETModel

/// One message to a browser that listens.
struct News: Sendable {
  enum Kind: String, Sendable {
    /// Something happened, in words.
    case event
    /// Something on the page is not as it was.
    case change
    /// What came between is too much to be told: the page is to be taken anew.
    case reset
    /// A piece of a log.
    case log
  }

  let kind: Kind
  /// The place in the record after which to go on.
  let position: Int?
  let data: JSONValue

  /// As the stream has it.
  var bytes: [UInt8] {
    var text = ""
    if let position { text += "id: \(position)\n" }
    // One line: an encoded document has no line breaks.
    return Array((text + "event: \(kind.rawValue)\ndata: \(data.encoded())\n\n").utf8)
  }

  /// Said from time to time, so that a dead connection is noticed.
  static let alive = Array(": alive\n\n".utf8)
}
